//! The signed attributes.

use std::time::SystemTime;

use chop_token::Hash;
use der::{
    Any, EncodeValue, Sequence, Tagged,
    asn1::{OctetString, PrintableStringRef, SetOfVec, Utf8StringRef},
    oid::ObjectIdentifier,
};
use ring::digest;
use x509_cert::{
    attr::{Attribute, Attributes},
    time::Time,
};

use super::{Content, Plan, Profile};
use crate::cms::{CmsError, DATA};

/// All of them, in DER's order.
pub(super) fn signed(plan: &Plan<'_>) -> Result<Attributes, CmsError> {
    let mut attributes = SetOfVec::new();
    attributes.insert(one(CONTENT_TYPE, &DATA)?)?;
    if let Some(time) = plan.time {
        attributes.insert(one(SIGNING_TIME, &signing_time(time)?)?)?;
    }
    let digest = match plan.content {
        Content::Attached(content) => digest(plan.hash, content),
        Content::Detached(digest) => digest.to_vec(),
    };
    attributes.insert(one(MESSAGE_DIGEST, &OctetString::new(digest)?)?)?;
    match plan.profile {
        Profile::Document => {
            attributes.insert(one(
                SIGNING_CERTIFICATE_V2,
                &signing_certificate(plan.certificate)?,
            )?)?;
        }
        Profile::Hipki { nonce, card_number } => {
            if let Some(nonce) = nonce {
                attributes.insert(text(NONCE, nonce)?)?;
            }
            if let Some(number) = card_number {
                attributes.insert(text(CARD_NUMBER, number)?)?;
            }
        }
    }
    Ok(attributes)
}

/// UTCTime until 2049 (RFC 5652 §11.3).
fn signing_time(time: SystemTime) -> Result<Time, CmsError> {
    Ok(Time::try_from(time)?)
}

/// The shortest string type that fits: servers of HiCOS pages strip two bytes and read the rest.
fn text(kind: ObjectIdentifier, text: &str) -> Result<Attribute, CmsError> {
    match PrintableStringRef::new(text) {
        Ok(printable) => one(kind, &printable),
        Err(_) => one(kind, &Utf8StringRef::new(text)?),
    }
}

fn one(kind: ObjectIdentifier, value: &(impl EncodeValue + Tagged)) -> Result<Attribute, CmsError> {
    let mut values = SetOfVec::new();
    values.insert(Any::encode_from(value)?)?;
    Ok(Attribute { oid: kind, values })
}

fn digest(hash: Hash, content: &[u8]) -> Vec<u8> {
    let algorithm = match hash {
        Hash::Sha1 => &digest::SHA1_FOR_LEGACY_USE_ONLY,
        Hash::Sha256 => &digest::SHA256,
        Hash::Sha384 => &digest::SHA384,
        Hash::Sha512 => &digest::SHA512,
    };
    digest::digest(algorithm, content).as_ref().to_vec()
}

/// The certificate's SHA-256, which is the default hash and so is not named (RFC 5035 §4).
fn signing_certificate(certificate: &[u8]) -> Result<SigningCertificateV2, CmsError> {
    let hash = digest(Hash::Sha256, certificate);
    Ok(SigningCertificateV2 {
        certs: vec![EssCertIdV2 {
            cert_hash: OctetString::new(hash)?,
        }],
    })
}

/// Spec: RFC 5035 §3.
#[derive(Sequence)]
struct SigningCertificateV2 {
    certs: Vec<EssCertIdV2>,
}

/// Spec: RFC 5035 §4; the issuer and serial number, which the signer's identifier has already, are
/// left out.
#[derive(Sequence)]
struct EssCertIdV2 {
    cert_hash: OctetString,
}

const CONTENT_TYPE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.3");
const MESSAGE_DIGEST: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.4");
const SIGNING_TIME: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.5");
const SIGNING_CERTIFICATE_V2: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.47");
const NONCE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.25.3");
const CARD_NUMBER: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.886.1.100.2.204");
