//! Decrypting.
//!
//! Spec: docs/protocol.md, "Decrypt".

use chop_protocol::{DecryptAnswer, DecryptRequest, Wanted};
use chop_token::{Inventory, Signer, Use};
use tokio::sync::watch;

use crate::{
    Error, Keys, Purpose,
    cms::enveloped::{Envelope, EnvelopeError},
    operation::{Entered, Filter, Operation},
};

/// An envelope of a site is opened.
pub(crate) struct Decrypt<'a> {
    envelope: Envelope,
    issuers: &'a [String],
    wanted: Wanted,
}

impl<'a> Decrypt<'a> {
    // 1. What it is.
    pub(crate) fn new(
        request: &DecryptRequest,
        issuers: &'a [String],
    ) -> Result<Self, EnvelopeError> {
        Ok(Self {
            envelope: Envelope::parse(&request.envelope)?,
            issuers,
            wanted: Wanted::default(),
        })
    }

    fn filter(&self) -> Filter<'_> {
        Filter {
            wanted: &self.wanted,
            issuers: self.issuers,
        }
    }
}

impl Operation for Decrypt<'_> {
    type Answer = DecryptAnswer;

    // 3. What the window says.
    fn purpose(&self) -> Purpose {
        Purpose::Decrypt {
            size: self.envelope.size(),
        }
    }

    // 2. Who can.
    fn offers(&self, inventory: &Inventory) -> Vec<Signer> {
        let mut signers = self.filter().signers(inventory, Use::Decrypt);
        signers.retain(|signer| {
            let certificate = signer.certificate.as_ref();
            certificate.is_none_or(|it| self.envelope.key_for(&it.der).is_some())
        });
        signers
    }

    async fn carry_out<K: Keys>(
        &self,
        keys: &K,
        with: &Entered,
        _: &watch::Sender<usize>,
    ) -> Result<Result<DecryptAnswer, Error>, chop_token::Error> {
        let certificate = with.certificate(keys, Use::Decrypt).await?;
        if !self.filter().passes(&certificate, with.beside()) {
            return Ok(Err(Error::NoCertificate));
        }
        let Some(wrapped) = self.envelope.key_for(&certificate.der) else {
            return Ok(Err(Error::NoCertificate));
        };
        let (key, pin) = (&with.key, &with.pin);
        let content_key = keys
            .decrypt(key, &certificate, pin, wrapped.padding, wrapped.block)
            .await?;
        // 4. A key that is none ends as a wrong one does.
        Ok(match self.envelope.open(content_key) {
            // 5. The answer.
            Some(content) => Ok(DecryptAnswer { content }),
            None => Err(Error::NotDecrypted),
        })
    }
}
