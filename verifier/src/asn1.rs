//! The shapes of what comes in: certificates, lists, answers, signed messages.
//!
//! They borrow from the bytes they were read from, because signatures are over those very bytes:
//! nothing is ever encoded again and hoped to come out the same. Extensions, which are not signed
//! by themselves, are read with `x509-cert`. DER alone is taken; the reader is RustCrypto's `der`.

pub(crate) mod certificate;
pub(crate) mod cms;
pub(crate) mod crl;
pub(crate) mod ocsp;

use der::{
    AnyRef, Decode, Encode, Length, Reader, Sequence, Tag, Tagged as _, Writer,
    asn1::{BitStringRef, ObjectIdentifier},
};

/// A whole element as its bytes: tag, length and contents.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Tlv<'a>(pub(crate) &'a [u8]);

impl<'a> Decode<'a> for Tlv<'a> {
    type Error = der::Error;

    fn decode<R: Reader<'a>>(reader: &mut R) -> der::Result<Self> {
        reader.tlv_bytes().map(Self)
    }
}

impl Encode for Tlv<'_> {
    fn encoded_len(&self) -> der::Result<Length> {
        Length::try_from(self.0.len())
    }

    fn encode(&self, writer: &mut impl Writer) -> der::Result<()> {
        writer.write(self.0)
    }
}

/// `SIGNED { body }`: what certificates, lists and OCSP answers have in common.
///
/// Spec: RFC 5280 §4.1, §5.1.
#[derive(Clone, Debug, Sequence)]
pub(crate) struct Signed<'a> {
    pub(crate) body: Tlv<'a>,
    pub(crate) algorithm: Tlv<'a>,
    pub(crate) signature: BitStringRef<'a>,
}

/// Spec: RFC 5280 §4.1.1.2.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Sequence)]
pub(crate) struct Algorithm<'a> {
    pub(crate) oid: ObjectIdentifier,
    pub(crate) parameters: Option<AnyRef<'a>>,
}

impl Algorithm<'_> {
    /// Its parameters are absent or NULL, as they are for every hash.
    pub(crate) fn is_plain(&self) -> bool {
        self.parameters.is_none_or(AnyRef::is_null)
    }
}

/// Spec: RFC 5280 §4.1.2.7.
#[derive(Clone, Copy, Debug, Sequence)]
pub(crate) struct PublicKeyInfo<'a> {
    pub(crate) algorithm: Tlv<'a>,
    pub(crate) key: BitStringRef<'a>,
}

/// Spec: RFC 5280 §4.1.2.9.
#[derive(Clone, Debug, Sequence)]
pub(crate) struct Extension<'a> {
    pub(crate) oid: ObjectIdentifier,
    #[asn1(default = "no")]
    pub(crate) critical: bool,
    pub(crate) value: &'a der::asn1::OctetStringRef,
}

fn no() -> bool {
    false
}

/// What a SEQUENCE contains: its bytes without tag and length.
pub(crate) fn contents(tlv: &[u8]) -> der::Result<&[u8]> {
    let any = AnyRef::from_der(tlv)?;
    any.tag().assert_eq(Tag::Sequence)?;
    Ok(any.value())
}

/// Where `part` lies in `whole`; `part` must have been cut out of it.
pub(crate) fn span(whole: &[u8], part: &[u8]) -> std::ops::Range<usize> {
    let start = part.as_ptr().addr() - whole.as_ptr().addr();
    start..start + part.len()
}
