//! OCSP: what an authority's responder says of one certificate at one moment.

mod request;

use std::{fmt, time::Duration};

use der::{
    Decode as _, Encode as _,
    asn1::{ObjectIdentifier, OctetStringRef},
};
use ring::digest::{self, SHA1_FOR_LEGACY_USE_ONLY, SHA256, SHA384, SHA512};

use crate::{
    algorithms::{self, Sha1},
    asn1::{
        Extension,
        certificate::public_key,
        contents,
        ocsp::{
            BASIC, BasicOcspResponse, CertId, CertStatus, NONCE, OcspResponse, ResponderId,
            ResponseData, SingleResponse, Status,
        },
    },
    certificate::Certificate,
    moment::Moment,
    name::Name,
};

pub use request::OcspRequest;

/// How far a responder's clock may be ahead of ours.
const CLOCK_SKEW: Duration = Duration::from_secs(5 * 60);

/// How long an answer counts that does not say how long it does.
///
/// Spec: Web eID authentication token, server validation, step 7.
const UNDATED_LIFETIME: Duration = Duration::from_secs(2 * 60);

/// An OCSP answer, read and not yet believed: whether its signer may speak for a certificate's
/// issuer is decided when that certificate is checked.
#[derive(Clone)]
pub struct OcspAnswer {
    der: Box<[u8]>,
    /// Must be in the answer.
    nonce: Option<Vec<u8>>,
}

/// Why bytes are not an answer that can be used.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum OcspError {
    /// Not a basic OCSP response in DER.
    #[error("it is not an OCSP answer in DER")]
    Der,
    /// The responder answers that it does not answer.
    #[error("the responder answers with error {status}")]
    Responder {
        /// Its OCSPResponseStatus: 1, 2, 3, 5 or 6.
        status: u8,
    },
    /// A critical extension whose meaning we do not apply.
    #[error("critical extension {oid} is not understood")]
    ExtensionNotUnderstood {
        /// Which.
        oid: ObjectIdentifier,
    },
}

/// What an answer says of a certificate.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Said {
    Good {
        as_of: Moment,
    },
    Revoked {
        since: Moment,
        reason: u8,
    },
    /// The responder does not know the certificate.
    Unknown,
}

impl OcspAnswer {
    /// Reads an answer in DER.
    ///
    /// # Errors
    /// [`OcspError`].
    ///
    /// Spec: RFC 6960 §4.2.
    pub fn from_der(der: impl Into<Box<[u8]>>) -> Result<Self, OcspError> {
        let der = der.into();
        let response = OcspResponse::from_der(&der).map_err(|_| OcspError::Der)?;
        if response.status != Status::Successful {
            let status = response.status as u8;
            return Err(OcspError::Responder { status });
        }
        let basic = basic(&der).ok_or(OcspError::Der)?;
        let data = ResponseData::from_der(basic.body.0).map_err(|_| OcspError::Der)?;
        let single = data
            .responses
            .iter()
            .filter_map(|one| one.extensions.as_ref());
        let lists = data.extensions.iter().chain(single);
        if let Some(unknown) = lists.flatten().find(|one| one.critical && one.oid != NONCE) {
            let oid = unknown.oid;
            return Err(OcspError::ExtensionNotUnderstood { oid });
        }
        Ok(Self { der, nonce: None })
    }

    /// Believes the answer only if it has the nonce of this request: then it was made for it, and
    /// not kept by somebody since before the certificate was revoked.
    #[must_use]
    pub fn to(mut self, request: &OcspRequest) -> Self {
        self.nonce = Some(request.nonce().to_vec());
        self
    }

    /// Whether it has the nonce of this request.
    #[must_use]
    pub fn has_nonce_of(&self, request: &OcspRequest) -> bool {
        let data = basic(&self.der).and_then(|basic| ResponseData::from_der(basic.body.0).ok());
        data.is_some_and(|data| has_nonce(&data, request.nonce()))
    }

    /// What it says of `certificate`, issued by `issuer`, if it is fresh at `now`; with the
    /// certificate of whoever signed it, where that is not the issuer itself.
    ///
    /// `None` where it is about another certificate, too old, or not signed by whom it says.
    pub(super) fn read(
        &self,
        certificate: &Certificate,
        issuer: &Certificate,
        now: Moment,
        sha1: Sha1,
    ) -> Option<(Said, Option<Certificate>)> {
        let basic = basic(&self.der)?;
        let data = ResponseData::from_der(basic.body.0).ok()?;
        if self
            .nonce
            .as_deref()
            .is_some_and(|nonce| !has_nonce(&data, nonce))
        {
            return None;
        }
        let is_meant = |one: &&SingleResponse<'_>| is_about(&one.certificate, certificate, issuer);
        let single = data.responses.iter().filter(is_meant).find(|one| {
            let end = one
                .next_update
                .unwrap_or(one.this_update.plus(UNDATED_LIFETIME));
            one.this_update <= now.plus(CLOCK_SKEW) && now <= end
        })?;
        let said = match &single.status {
            CertStatus::Good(_) => Said::Good {
                as_of: single.this_update,
            },
            CertStatus::Revoked(info) => Said::Revoked {
                since: info.time,
                reason: info.reason.map_or(0, |reason| reason as u8),
            },
            CertStatus::Unknown(_) => Said::Unknown,
        };
        let signer = signer(&basic, &data, issuer, sha1)?;
        Some((said, signer))
    }

    /// When what it says begins and ends to count, for every certificate that it is about, and when
    /// those of its signers are valid.
    pub(crate) fn moments(&self) -> Vec<Moment> {
        let basic = basic(&self.der);
        let signers = basic.iter().flat_map(certificates).flat_map(|signer| {
            let validity = signer.validity();
            let end = validity.not_after.plus(Duration::from_secs(1));
            [validity.not_before, end]
        });
        let data = basic
            .as_ref()
            .and_then(|basic| ResponseData::from_der(basic.body.0).ok());
        let responses = data.map(|data| data.responses).unwrap_or_default();
        let moments = responses.iter().flat_map(|one| {
            let end = one
                .next_update
                .unwrap_or(one.this_update.plus(UNDATED_LIFETIME));
            [
                one.this_update.minus(CLOCK_SKEW),
                end.plus(Duration::from_secs(1)),
            ]
        });
        moments.chain(signers).collect()
    }
}

/// The certificates that came with it, as far as they are looked at.
fn certificates(basic: &BasicOcspResponse<'_>) -> impl Iterator<Item = Certificate> {
    let certificates = basic.certificates.iter().flatten().take(MOST_CERTIFICATES);
    certificates.filter_map(|one| Certificate::from_der(one.0).ok())
}

fn basic(der: &[u8]) -> Option<BasicOcspResponse<'_>> {
    let bytes = OcspResponse::from_der(der).ok()?.bytes?;
    (bytes.kind == BASIC).then(|| BasicOcspResponse::from_der(bytes.response.as_bytes()).ok())?
}

/// Spec: RFC 8954 §2.1: an OCTET STRING within the OCTET STRING.
fn has_nonce(data: &ResponseData<'_>, nonce: &[u8]) -> bool {
    let mut extensions = data.extensions.iter().flatten();
    extensions.any(|one: &Extension<'_>| {
        let own = <&OctetStringRef>::from_der(one.value.as_bytes());
        one.oid == NONCE && own.is_ok_and(|own| own.as_bytes() == nonce)
    })
}

/// Spec: RFC 6960 §4.1.1, §3.2 (1).
fn is_about(id: &CertId<'_>, certificate: &Certificate, issuer: &Certificate) -> bool {
    let hashed = |bytes: &[u8]| hash(id.hash.oid, bytes);
    let key = key_bits(issuer);
    id.serial.as_bytes() == certificate.serial_bytes()
        && id.hash.is_plain()
        && hashed(issuer.subject_name().0).as_deref() == Some(id.issuer_name_hash.as_bytes())
        && key.and_then(hashed).as_deref() == Some(id.issuer_key_hash.as_bytes())
}

fn key_bits(certificate: &Certificate) -> Option<&[u8]> {
    public_key(certificate.key()).ok()?.key.as_bytes()
}

/// The hashes that identifiers are made with; SHA-1 names here and proves nothing.
fn hash(oid: ObjectIdentifier, bytes: &[u8]) -> Option<Vec<u8>> {
    const SHA_1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.14.3.2.26");
    const SHA_256: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.1");
    const SHA_384: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.2");
    const SHA_512: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.3");
    let algorithm = match oid {
        SHA_1 => &SHA1_FOR_LEGACY_USE_ONLY,
        SHA_256 => &SHA256,
        SHA_384 => &SHA384,
        SHA_512 => &SHA512,
        _ => return None,
    };
    Some(digest::digest(algorithm, bytes).as_ref().to_vec())
}

/// Who signed the answer: `Some(None)` for the issuer itself, `Some(Some(…))` for a certificate in
/// the answer, whose right to sign is not checked here.
#[allow(clippy::option_option)] // three outcomes, each with its own word above
fn signer(
    basic: &BasicOcspResponse<'_>,
    data: &ResponseData<'_>,
    issuer: &Certificate,
    sha1: Sha1,
) -> Option<Option<Certificate>> {
    let algorithm = contents(basic.algorithm.0).ok()?;
    let signature = basic.signature.as_bytes()?;
    let signed_by = |one: &Certificate| {
        let body = basic.body.0;
        algorithms::verify(one.key(), algorithm, body, signature, sha1).is_ok()
    };
    if is_named(&data.responder, issuer) {
        return signed_by(issuer).then_some(None);
    }
    let mut named = certificates(basic).filter(|one| is_named(&data.responder, one));
    named.find(signed_by).map(Some)
}

/// How many certificates of an answer are looked at.
const MOST_CERTIFICATES: usize = 4;

fn is_named(responder: &ResponderId<'_>, certificate: &Certificate) -> bool {
    match responder {
        ResponderId::Name(name) => {
            let der = name.to_der().unwrap_or_default();
            crate::name::check(&der).is_ok() && Name(&der).normal() == *certificate.normal_subject()
        }
        ResponderId::KeyHash(hash) => key_bits(certificate).is_some_and(|key| {
            let own = digest::digest(&SHA1_FOR_LEGACY_USE_ONLY, key);
            own.as_ref() == hash.as_bytes()
        }),
    }
}

impl fmt::Debug for OcspAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OcspAnswer({} bytes)", self.der.len())
    }
}
