//! A certificate.

use der::{Sequence, asn1::BitStringRef, asn1::IntRef};

use super::{Extension, PublicKeyInfo, Tlv};
use crate::moment::Moment;

/// What an issuer signs.
///
/// Spec: RFC 5280 §4.1.
#[derive(Clone, Debug, Sequence)]
pub(crate) struct TbsCertificate<'a> {
    /// One less than the number: 2 is version 3.
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", default = "version_1")]
    pub(crate) version: u8,
    pub(crate) serial: IntRef<'a>,
    pub(crate) algorithm: Tlv<'a>,
    pub(crate) issuer: Tlv<'a>,
    pub(crate) validity: Validity,
    pub(crate) subject: Tlv<'a>,
    pub(crate) key: Tlv<'a>,
    #[asn1(context_specific = "1", tag_mode = "IMPLICIT", optional = "true")]
    pub(crate) issuer_unique_id: Option<BitStringRef<'a>>,
    #[asn1(context_specific = "2", tag_mode = "IMPLICIT", optional = "true")]
    pub(crate) subject_unique_id: Option<BitStringRef<'a>>,
    #[asn1(context_specific = "3", tag_mode = "EXPLICIT", optional = "true")]
    pub(crate) extensions: Option<Vec<Extension<'a>>>,
}

/// Both ends included.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Sequence)]
pub(crate) struct Validity {
    pub(crate) not_before: Moment,
    pub(crate) not_after: Moment,
}

fn version_1() -> u8 {
    0
}

/// The key of a certificate or of an anchor.
pub(crate) fn public_key(tlv: &[u8]) -> der::Result<PublicKeyInfo<'_>> {
    der::Decode::from_der(tlv)
}
