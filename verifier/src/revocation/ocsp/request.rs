//! The question.

use der::{
    Encode as _,
    asn1::{IntRef, OctetStringRef},
};
use ring::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};

use super::key_bits;
use crate::{
    asn1::{
        Algorithm, Extension,
        ocsp::{CertId, NONCE, OcspRequest as Grammar, Request, TbsRequest},
    },
    certificate::Certificate,
};

/// A question for an OCSP responder: the state of one certificate.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct OcspRequest {
    der: Vec<u8>,
    nonce: [u8; 32],
}

impl OcspRequest {
    /// Asks for `certificate`, issued by `issuer`.
    ///
    /// `nonce` is given in, because this crate has no source of randomness; it must come from a
    /// cryptographic one. The certificate is named with SHA-1, which every responder understands:
    /// it only names.
    ///
    /// Spec: RFC 6960 §4.1; RFC 8954.
    #[must_use]
    pub fn new(certificate: &Certificate, issuer: &Certificate, nonce: [u8; 32]) -> Self {
        let der = write(certificate, issuer, nonce).unwrap_or_default();
        Self { der, nonce }
    }

    /// The request, DER: the body of a POST with the type `application/ocsp-request`.
    #[must_use]
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    pub(super) fn nonce(&self) -> &[u8] {
        &self.nonce
    }
}

/// Fails for no certificate that could be read.
fn write(certificate: &Certificate, issuer: &Certificate, nonce: [u8; 32]) -> der::Result<Vec<u8>> {
    let sha1 = |bytes: &[u8]| digest(&SHA1_FOR_LEGACY_USE_ONLY, bytes);
    let (name, key) = (
        sha1(issuer.subject_name().0),
        sha1(key_bits(issuer).unwrap_or_default()),
    );
    let id = CertId {
        hash: Algorithm {
            oid: der::asn1::ObjectIdentifier::new_unwrap("1.3.14.3.2.26"),
            parameters: Some(der::AnyRef::NULL),
        },
        issuer_name_hash: OctetStringRef::new(name.as_ref())?,
        issuer_key_hash: OctetStringRef::new(key.as_ref())?,
        serial: IntRef::new(certificate.serial_bytes())?,
    };
    let nonce = OctetStringRef::new(&nonce)?.to_der()?;
    let nonce = Extension {
        oid: NONCE,
        critical: false,
        value: OctetStringRef::new(&nonce)?,
    };
    let body = TbsRequest {
        requests: vec![Request { certificate: id }],
        extensions: Some(vec![nonce]),
    };
    Grammar { body }.to_der()
}
