//! A certificate revocation list, without its entries: there may be a million of them.

use der::{AnyRef, Decode, DecodeValue, FixedTag, Header, Reader, Sequence, Tag, asn1::IntRef};

use super::{Extension, Tlv};
use crate::moment::Moment;

/// What an issuer of lists signs.
///
/// Spec: RFC 5280 §5.1.
pub(crate) struct TbsCertList<'a> {
    /// One less than the number: 1 is version 2. Absent in version 1.
    pub(crate) version: Option<u8>,
    pub(crate) algorithm: Tlv<'a>,
    pub(crate) issuer: Tlv<'a>,
    pub(crate) this_update: Moment,
    pub(crate) next_update: Option<Moment>,
    /// The contents of the SEQUENCE OF entries; empty if there is none.
    pub(crate) entries: &'a [u8],
    pub(crate) extensions: Vec<Extension<'a>>,
}

/// One revoked certificate.
///
/// Spec: RFC 5280 §5.3.
#[derive(Clone, Debug, Sequence)]
pub(crate) struct Entry<'a> {
    pub(crate) serial: IntRef<'a>,
    pub(crate) date: Moment,
    pub(crate) extensions: Option<AnyRef<'a>>,
}

/// By hand, because three optional fields in a row are told apart by their tags alone.
impl<'a> DecodeValue<'a> for TbsCertList<'a> {
    type Error = der::Error;

    fn decode_value<R: Reader<'a>>(reader: &mut R, header: Header) -> der::Result<Self> {
        reader.read_nested(header.length(), |reader| {
            let version = match next(reader) {
                Some(Tag::Integer) => Some(u8::decode(reader)?),
                _ => None,
            };
            let algorithm = Tlv::decode(reader)?;
            let issuer = Tlv::decode(reader)?;
            let this_update = Moment::decode(reader)?;
            let next_update = match next(reader) {
                Some(Tag::UtcTime | Tag::GeneralizedTime) => Some(Moment::decode(reader)?),
                _ => None,
            };
            let entries = match next(reader) {
                Some(Tag::Sequence) => AnyRef::decode(reader)?.value(),
                _ => &[],
            };
            let extensions = reader.context_specific(der::TagNumber(0), der::TagMode::Explicit)?;
            Ok(Self {
                version,
                algorithm,
                issuer,
                this_update,
                next_update,
                entries,
                extensions: extensions.unwrap_or_default(),
            })
        })
    }
}

fn next<'a>(reader: &impl Reader<'a>) -> Option<Tag> {
    (!reader.is_finished())
        .then(|| Tag::peek(reader).ok())
        .flatten()
}

impl FixedTag for TbsCertList<'_> {
    const TAG: Tag = Tag::Sequence;
}
