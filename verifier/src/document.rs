//! Signed documents: CAdES-BES, with the document inside the message or beside it.

use std::{sync::Arc, time::SystemTime};

use der::{Decode as _, Encode as _, asn1::ObjectIdentifier};
use x509_cert::ext::pkix::name::{GeneralName, GeneralNames};

use crate::{
    Certificate, Occasion, Refusal, Signer, Verifier,
    algorithms::Sha1,
    asn1::cms::{EssCertIdV2, SigningCertificateV2},
    cms::{Attributes, Hash, Message, MessageSigner},
    name::Name,
    path::Budget,
    verifier::{Entourage, Use},
};

/// Spec: RFC 2634 §5.4.
pub(crate) const SIGNING_CERTIFICATE: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.12");
/// Spec: RFC 5035 §3.
pub(crate) const SIGNING_CERTIFICATE_V2: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.47");

/// Where the document is.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Content<'a> {
    /// Inside the message; whoever asks gets it back.
    Attached,
    /// Beside it.
    Beside(&'a [u8]),
    /// Somewhere else: this is its hash, which must be the one that was signed.
    Digest(DigestKind, &'a [u8]),
}

/// Hashes of documents.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum DigestKind {
    /// 32 bytes.
    Sha256,
    /// 48 bytes.
    Sha384,
    /// 64 bytes.
    Sha512,
}

/// One verified signature of a document.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct DocumentSignature {
    /// Who signed.
    pub signer: Signer,
    /// When the signer's own clock says it signed: nobody else says so.
    pub signing_time: Option<SystemTime>,
}

/// A document all of whose signatures were verified.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Document {
    /// In the message's order; at least one.
    pub signatures: Vec<DocumentSignature>,
    /// The document, if it was inside.
    pub content: Option<Vec<u8>>,
}

impl Verifier {
    /// Checks a signed document: a CAdES-BES message in DER. Every signature in it has to hold.
    ///
    /// The occasion's moment is the one at which certificates have to be valid. A signature of this
    /// level proves no other: to look at an old one, choose a moment at which you know it was there.
    ///
    /// # Errors
    /// [`Refusal`]: the first check that failed, in the order of the steps below.
    ///
    /// Spec: ETSI EN 319 122-1 §5, §6.3 (B-B level); RFC 5652 §5; design D6.
    pub fn document<'a>(
        &self,
        unverified_message: &[u8],
        content: Content<'_>,
        occasion: impl Into<Occasion<'a>>,
    ) -> Result<Document, Refusal> {
        let occasion = occasion.into();
        let message = Message::read(unverified_message)?;
        let entourage = Entourage {
            extra: &message.unknown_to(self.anchors()),
            budget: &Budget::default(),
        };
        let mut signatures = Vec::with_capacity(message.signers.len());
        for signer in &message.signers {
            // 1. The document's hash is the signed one.
            signer.check_digest(&digest(signer, &message, content)?)?;
            // 2. The signature names its certificate, which a login's does not.
            let certificate = message.certificate_of(signer)?;
            check_named(&signer.attributes, &certificate)?;
            let signing_time = signer.signing_time()?;
            // 3. Whose certificate it is: purpose, chain, revocation, identity.
            let whose = (*certificate).clone();
            let verified = self.signer(whose, Use::Document, entourage, occasion)?;
            // 4. Its key signed the attributes.
            signer.check_signature(&certificate, Sha1::Refused)?;
            signatures.push(DocumentSignature {
                signer: verified,
                signing_time,
            });
        }
        Ok(Document {
            signatures,
            content: message.content.map(<[u8]>::to_vec),
        })
    }
}

/// The document's hash, of the kind that the signer used.
fn digest(
    signer: &MessageSigner<'_>,
    message: &Message<'_>,
    content: Content<'_>,
) -> Result<Vec<u8>, Refusal> {
    if signer.hash == Hash::Sha1 {
        return Err(Refusal::HashUnsupported);
    }
    match (content, message.content) {
        (Content::Attached, Some(inside)) => Ok(signer.hash.digest(inside)),
        (Content::Beside(document), None) => Ok(signer.hash.digest(document)),
        (Content::Digest(kind, digest), None) if kind.is(signer.hash) => Ok(digest.to_vec()),
        (Content::Digest(..), None) => Err(Refusal::HashUnsupported),
        (Content::Attached, None) | (_, Some(_)) => Err(Refusal::ContentPlace),
    }
}

impl DigestKind {
    fn is(self, hash: Hash) -> bool {
        matches!(
            (self, hash),
            (Self::Sha256, Hash::Sha256)
                | (Self::Sha384, Hash::Sha384)
                | (Self::Sha512, Hash::Sha512)
        )
    }
}

/// The signed attribute signingCertificateV2 is there, and its first entry is `certificate`.
///
/// Spec: RFC 5035 §3, §5.
fn check_named(attributes: &Attributes<'_>, certificate: &Arc<Certificate>) -> Result<(), Refusal> {
    let attribute = "signingCertificateV2";
    let wrong = Refusal::Attribute { attribute };
    let Some(value) = attributes.only(SIGNING_CERTIFICATE_V2, attribute)? else {
        return Err(Refusal::IsALogin);
    };
    let value: SigningCertificateV2<'_> = value.decode_as().map_err(|_| wrong.clone())?;
    let first = value.certificates.first().ok_or(wrong.clone())?;
    if names(first, certificate) {
        Ok(())
    } else {
        Err(wrong)
    }
}

fn names(id: &EssCertIdV2<'_>, certificate: &Certificate) -> bool {
    let hash = match &id.hash {
        None => Some(Hash::Sha256),
        Some(algorithm) => Hash::of(algorithm).filter(|hash| *hash != Hash::Sha1),
    };
    let same =
        hash.is_some_and(|hash| hash.digest(certificate.der()) == id.certificate_hash.as_bytes());
    let issuer = id.issuer_serial.as_ref().is_none_or(|id| {
        let names = GeneralNames::from_der(id.issuer.0).unwrap_or_default();
        let issuer = match names.as_slice() {
            [GeneralName::DirectoryName(name)] => name.to_der().unwrap_or_default(),
            _ => return false,
        };
        Name(&issuer).normal() == *certificate.normal_issuer()
            && id.serial.as_bytes() == certificate.serial_bytes()
    });
    same && issuer
}
