//! An OCSP answer.

use der::{
    AnyRef, Choice, Enumerated, Sequence,
    asn1::{IntRef, Null, ObjectIdentifier, OctetStringRef},
};

use super::{Algorithm, Extension, Tlv};
use crate::moment::Moment;

/// id-pkix-ocsp-basic: the only kind of answer there is.
pub(crate) const BASIC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.48.1.1");

/// id-pkix-ocsp-nonce.
pub(crate) const NONCE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.48.1.2");

/// Spec: RFC 6960 §4.2.1.
#[derive(Clone, Debug, Sequence)]
pub(crate) struct OcspResponse<'a> {
    pub(crate) status: Status,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    pub(crate) bytes: Option<ResponseBytes<'a>>,
}

/// Spec: RFC 6960 §4.2.1.
#[derive(Clone, Copy, Debug, Enumerated, Eq, PartialEq)]
#[asn1(type = "ENUMERATED")]
#[repr(u8)]
pub(crate) enum Status {
    Successful = 0,
    MalformedRequest = 1,
    InternalError = 2,
    TryLater = 3,
    SigRequired = 5,
    Unauthorized = 6,
}

/// Spec: RFC 6960 §4.2.1.
#[derive(Clone, Debug, Sequence)]
pub(crate) struct ResponseBytes<'a> {
    pub(crate) kind: ObjectIdentifier,
    pub(crate) response: &'a OctetStringRef,
}

/// Like a signed certificate, with certificates behind it.
///
/// Spec: RFC 6960 §4.2.1.
#[derive(Clone, Debug, Sequence)]
pub(crate) struct BasicOcspResponse<'a> {
    pub(crate) body: Tlv<'a>,
    pub(crate) algorithm: Tlv<'a>,
    pub(crate) signature: der::asn1::BitStringRef<'a>,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    pub(crate) certificates: Option<Vec<Tlv<'a>>>,
}

/// Spec: RFC 6960 §4.2.1.
#[derive(Clone, Debug, Sequence)]
pub(crate) struct ResponseData<'a> {
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", default = "version_1")]
    pub(crate) version: u8,
    pub(crate) responder: ResponderId<'a>,
    pub(crate) produced_at: Moment,
    pub(crate) responses: Vec<SingleResponse<'a>>,
    #[asn1(context_specific = "1", tag_mode = "EXPLICIT", optional = "true")]
    pub(crate) extensions: Option<Vec<Extension<'a>>>,
}

fn version_1() -> u8 {
    0
}

/// Spec: RFC 6960 §4.2.1.
#[derive(Choice, Clone, Debug)]
pub(crate) enum ResponderId<'a> {
    #[asn1(context_specific = "1", tag_mode = "EXPLICIT", constructed = "true")]
    Name(AnyRef<'a>),
    /// The SHA-1 of its public key.
    #[asn1(context_specific = "2", tag_mode = "EXPLICIT", constructed = "true")]
    KeyHash(&'a OctetStringRef),
}

/// Spec: RFC 6960 §4.2.1.
#[derive(Clone, Debug, Sequence)]
pub(crate) struct SingleResponse<'a> {
    pub(crate) certificate: CertId<'a>,
    pub(crate) status: CertStatus,
    pub(crate) this_update: Moment,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    pub(crate) next_update: Option<Moment>,
    #[asn1(context_specific = "1", tag_mode = "EXPLICIT", optional = "true")]
    pub(crate) extensions: Option<Vec<Extension<'a>>>,
}

/// Which certificate is meant. The hashes only name it, so that SHA-1 is as good as another.
///
/// Spec: RFC 6960 §4.1.1.
#[derive(Clone, Debug, Sequence)]
pub(crate) struct CertId<'a> {
    pub(crate) hash: Algorithm<'a>,
    pub(crate) issuer_name_hash: &'a OctetStringRef,
    pub(crate) issuer_key_hash: &'a OctetStringRef,
    pub(crate) serial: IntRef<'a>,
}

/// Spec: RFC 6960 §4.2.1.
#[derive(Choice, Clone, Debug)]
pub(crate) enum CertStatus {
    #[asn1(context_specific = "0", tag_mode = "IMPLICIT")]
    Good(Null),
    #[asn1(context_specific = "1", tag_mode = "IMPLICIT", constructed = "true")]
    Revoked(RevokedInfo),
    #[asn1(context_specific = "2", tag_mode = "IMPLICIT")]
    Unknown(Null),
}

/// Spec: RFC 6960 §4.2.1.
#[derive(Clone, Debug, Sequence)]
pub(crate) struct RevokedInfo {
    pub(crate) time: Moment,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    pub(crate) reason: Option<x509_cert::ext::pkix::CrlReason>,
}

/// Spec: RFC 6960 §4.1.1.
#[derive(Clone, Debug, Sequence)]
pub(crate) struct OcspRequest<'a> {
    pub(crate) body: TbsRequest<'a>,
}

/// Spec: RFC 6960 §4.1.1.
#[derive(Clone, Debug, Sequence)]
pub(crate) struct TbsRequest<'a> {
    pub(crate) requests: Vec<Request<'a>>,
    #[asn1(context_specific = "2", tag_mode = "EXPLICIT", optional = "true")]
    pub(crate) extensions: Option<Vec<Extension<'a>>>,
}

/// Spec: RFC 6960 §4.1.1.
#[derive(Clone, Debug, Sequence)]
pub(crate) struct Request<'a> {
    pub(crate) certificate: CertId<'a>,
}
