//! `DecryptData`.
//!
//! Spec: docs/hicos.md, "decrypt".

use base64::{Engine as _, engine::general_purpose::STANDARD};
use chop_token::{Certificate, Inventory, Padding, Signer, Use};
use serde::Serialize;
use tokio::sync::watch;

use super::{
    chosen::{Chosen, Wish},
    code::{Fault, Major},
    fields::Fields,
    sign::wish,
};
use crate::{
    Error, Keys, Purpose,
    cms::enveloped::{Envelope, EnvelopeError},
    operation::{Entered, Operation},
};

/// What a page wants decrypted.
pub(super) struct DecryptData {
    cipher: Cipher,
    size: usize,
    as_base64: bool,
    pub(super) wish: Wish,
}

enum Cipher {
    /// A CMS EnvelopedData.
    Envelope(Envelope),
    /// One RSA block with PKCS #1 padding.
    Block(Vec<u8>),
}

/// The answer.
#[derive(Debug, Serialize)]
pub(super) struct Decrypted {
    func: &'static str,
    last_error: i32,
    plain: String,
    ret_code: u32,
}

impl DecryptData {
    /// Reads a package. Only certificates of these `issuers` are used; of all, if there are none.
    ///
    /// # Errors
    /// What is missing or makes no sense.
    pub(super) fn read(fields: &Fields, issuers: &[String]) -> Result<Self, Fault> {
        let bytes = fields.base64("cipher").map_err(|_| Major::Base64)?;
        let bytes = bytes.filter(|bytes| !bytes.is_empty());
        let bytes = bytes.ok_or(Major::NoCipher)?;
        let size = bytes.len();
        // Pages name the kind, or do not; what it is can be seen.
        let cipher = match Envelope::parse(&bytes) {
            Ok(envelope) => Cipher::Envelope(envelope),
            Err(EnvelopeError::Unsupported { .. }) => return Err(Major::EnvelopeType.into()),
            Err(_) if is_block(size) => Cipher::Block(bytes),
            Err(_) => return Err(Major::EnvelopeFormat.into()),
        };
        Ok(Self {
            cipher,
            size,
            as_base64: fields
                .or_empty("plainEncoding")
                .eq_ignore_ascii_case("base64"),
            wish: wish(fields, issuers)?,
        })
    }
}

impl Operation for DecryptData {
    type Answer = Decrypted;

    fn purpose(&self) -> Purpose {
        Purpose::Decrypt { size: self.size }
    }

    fn offers(&self, inventory: &Inventory) -> Vec<Signer> {
        let chosen = self.wish.find(inventory, Use::Decrypt);
        chosen.iter().map(Chosen::signer).collect()
    }

    async fn carry_out<K: Keys>(
        &self,
        keys: &K,
        with: &Entered,
        _: &watch::Sender<usize>,
    ) -> Result<Result<Decrypted, Error>, chop_token::Error> {
        let certificate = with.certificate(keys, Use::Decrypt).await?;
        let oracle = matches!(self.cipher, Cipher::Block(_)) && signs(&certificate);
        if oracle || !self.wish.passes(&certificate) {
            return Ok(Err(Error::NoCertificate));
        }
        let (padding, block) = match &self.cipher {
            Cipher::Block(block) => (Padding::Pkcs1, block.as_slice()),
            Cipher::Envelope(envelope) => match envelope.key_for(&certificate.der) {
                Some(wrapped) => (wrapped.padding, wrapped.block),
                None => return Ok(Err(Error::NoCertificate)),
            },
        };
        let opened = keys
            .decrypt(&with.key, &certificate, &with.pin, padding, block)
            .await?;
        let plain = match &self.cipher {
            Cipher::Block(_) => opened.map(|plain| plain.to_vec()),
            Cipher::Envelope(envelope) => envelope.open(opened),
        };
        Ok(match plain {
            Some(plain) => Ok(Decrypted {
                func: "decrypt",
                last_error: 0,
                plain: match self.as_base64 {
                    true => STANDARD.encode(&plain),
                    false => String::from_utf8_lossy(&plain).into_owned(),
                },
                ret_code: 0,
            }),
            None => Err(Error::NotDecrypted),
        })
    }
}

/// Whether the certificate's key signs as well. Whoever may have bare blocks decrypted can have
/// anything signed with the same key, given enough of them (Bleichenbacher).
fn signs(certificate: &Certificate) -> bool {
    certificate.uses.sign || certificate.uses.sign_in
}

/// Whether it has the length of an RSA modulus of 2048 to 4096 bits.
fn is_block(size: usize) -> bool {
    matches!(size, 256..=512) && size.is_multiple_of(8)
}
