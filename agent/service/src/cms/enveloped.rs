//! EnvelopedData, from key transport recipients.
//!
//! Spec: RFC 5652 §6; RFC 3370 §4.2, §5.1; RFC 3560 (OAEP); RFC 3565 (AES).

mod content;

use chop_token::{Hash, Padding};
use cms::{
    content_info::ContentInfo,
    enveloped_data::{EnvelopedData, KeyTransRecipientInfo, RecipientIdentifier, RecipientInfo},
};
use der::{
    Any, Decode, Encode as _, EncodingRules, Reader as _, Sequence, SliceReader,
    oid::ObjectIdentifier,
};
use x509_cert::{
    Certificate,
    ext::pkix::SubjectKeyIdentifier,
    spki::{AlgorithmIdentifierOwned, AlgorithmIdentifierRef},
};
use zeroize::Zeroizing;

use super::RSA;
use content::Cipher;

/// An envelope that can be opened by whoever has one of the keys.
pub(crate) struct Envelope {
    recipients: Vec<Recipient>,
    cipher: Cipher,
    encrypted: Vec<u8>,
}

/// One recipient.
struct Recipient {
    id: RecipientIdentifier,
    padding: Padding,
    block: Vec<u8>,
}

/// The content key, encrypted to one recipient.
pub(crate) struct WrappedKey<'a> {
    pub(crate) padding: Padding,
    pub(crate) block: &'a [u8],
}

/// It is no envelope that this reads.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EnvelopeError {
    /// Not an EnvelopedData.
    #[error("the envelope is no CMS EnvelopedData")]
    Structure(#[from] der::Error),
    /// Another algorithm than those named in docs/protocol.md.
    #[error("the envelope's {what} is not supported")]
    Unsupported {
        /// Which part.
        what: &'static str,
    },
}

impl Envelope {
    /// Reads an envelope, DER or BER.
    ///
    /// # Errors
    /// [`EnvelopeError`], each variant as it says.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, EnvelopeError> {
        let info: ContentInfo = ber(bytes)?;
        if info.content_type != ENVELOPED_DATA {
            return Err(unsupported("content type"));
        }
        let envelope: EnvelopedData = ber(&info.content.to_der()?)?;
        let recipients: Vec<_> = envelope
            .recip_infos
            .0
            .iter()
            .filter_map(|recipient| match recipient {
                RecipientInfo::Ktri(recipient) => Recipient::of(recipient),
                _ => None,
            })
            .collect();
        if recipients.is_empty() {
            return Err(unsupported("kind of recipients"));
        }
        let content = envelope.encrypted_content;
        let cipher = Cipher::of(&content.content_enc_alg);
        Ok(Self {
            recipients,
            cipher: cipher.ok_or(unsupported("content encryption"))?,
            encrypted: content
                .encrypted_content
                .ok_or(unsupported("content, which is missing"))?
                .into_bytes()
                .into(),
        })
    }

    /// How many bytes are encrypted.
    pub(crate) fn size(&self) -> usize {
        self.encrypted.len()
    }

    /// The content key as it is encrypted to a certificate (DER), if that is a recipient.
    pub(crate) fn key_for(&self, certificate: &[u8]) -> Option<WrappedKey<'_>> {
        let certificate = Certificate::from_der(certificate).ok()?;
        let recipient = self.recipients.iter().find(|it| it.is(&certificate))?;
        Some(WrappedKey {
            padding: recipient.padding,
            block: &recipient.block,
        })
    }

    /// Decrypts the content. `key` is what the card made of the wrapped key, if anything: where it
    /// is no key of this cipher a random one takes its place, so that nothing tells the one failure
    /// from the other (RFC 3218 §2.3.2).
    ///
    /// `None` if what comes out is no content.
    pub(crate) fn open(&self, key: Option<Zeroizing<Vec<u8>>>) -> Option<Vec<u8>> {
        let mut other = Zeroizing::new(vec![0; self.cipher.key_length()]);
        let random = ring::rand::SystemRandom::new();
        ring::rand::SecureRandom::fill(&random, &mut other).ok()?;
        let key = match key {
            Some(key) if self.cipher.takes(&key) => key,
            _ => other,
        };
        self.cipher.decrypt(&key, &self.encrypted)
    }
}

impl Recipient {
    fn of(recipient: &KeyTransRecipientInfo) -> Option<Self> {
        Some(Self {
            id: recipient.rid.clone(),
            padding: padding(&recipient.key_enc_alg)?,
            block: recipient.enc_key.as_bytes().to_vec(),
        })
    }

    fn is(&self, certificate: &Certificate) -> bool {
        let fields = certificate.tbs_certificate();
        match &self.id {
            RecipientIdentifier::IssuerAndSerialNumber(id) => {
                id.issuer == *fields.issuer() && id.serial_number == *fields.serial_number()
            }
            RecipientIdentifier::SubjectKeyIdentifier(id) => fields
                .get_extension::<SubjectKeyIdentifier>()
                .is_ok_and(|found| found.is_some_and(|(_, its)| its == *id)),
        }
    }
}

fn padding(algorithm: &AlgorithmIdentifierOwned) -> Option<Padding> {
    match algorithm.oid {
        RSA => Some(Padding::Pkcs1),
        OAEP => match &algorithm.parameters {
            None => Some(Padding::Oaep(Hash::Sha1)),
            Some(parameters) => oaep(parameters),
        },
        _ => None,
    }
}

/// MGF1 with the same hash and no label: what cards can.
fn oaep(parameters: &Any) -> Option<Padding> {
    let parameters: OaepParameters<'_> = parameters.decode_as().ok()?;
    let digest = parameters.hash.map_or(Some(Hash::Sha1), |it| hash(it.oid));
    let mask = match parameters.mask {
        None => Some(Hash::Sha1),
        Some(mask) if mask.oid == MGF1 => {
            let of: AlgorithmIdentifierRef<'_> = mask.parameters?.decode_as().ok()?;
            hash(of.oid)
        }
        Some(_) => None,
    };
    let suits = digest == mask && parameters.label.is_none();
    digest.filter(|_| suits).map(Padding::Oaep)
}

fn hash(oid: ObjectIdentifier) -> Option<Hash> {
    match oid.to_string().as_str() {
        "1.3.14.3.2.26" => Some(Hash::Sha1),
        "2.16.840.1.101.3.4.2.1" => Some(Hash::Sha256),
        "2.16.840.1.101.3.4.2.2" => Some(Hash::Sha384),
        "2.16.840.1.101.3.4.2.3" => Some(Hash::Sha512),
        _ => None,
    }
}

/// Spec: RFC 8017 A.2.1.
#[derive(Sequence)]
struct OaepParameters<'a> {
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    hash: Option<AlgorithmIdentifierRef<'a>>,
    #[asn1(context_specific = "1", tag_mode = "EXPLICIT", optional = "true")]
    mask: Option<AlgorithmIdentifierRef<'a>>,
    #[asn1(context_specific = "2", tag_mode = "EXPLICIT", optional = "true")]
    label: Option<AlgorithmIdentifierRef<'a>>,
}

/// Reads BER's indefinite lengths too, which others write.
fn ber<T: for<'a> Decode<'a, Error = der::Error>>(bytes: &[u8]) -> der::Result<T> {
    let mut reader = SliceReader::new_with_encoding_rules(bytes, EncodingRules::Ber)?;
    let value = T::decode(&mut reader)?;
    reader.finish()?;
    Ok(value)
}

fn unsupported(what: &'static str) -> EnvelopeError {
    EnvelopeError::Unsupported { what }
}

const ENVELOPED_DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.3");
const OAEP: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.7");
const MGF1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.8");

#[cfg(test)]
mod tests;
