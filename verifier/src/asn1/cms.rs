//! A signed message.

use der::{
    AnyRef, Sequence, Tag, TagNumber, Tagged as _,
    asn1::{IntRef, ObjectIdentifier, OctetStringRef},
};

use super::{Algorithm, Tlv};

pub(crate) const SIGNED_DATA: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.2");
pub(crate) const DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.1");

/// Spec: RFC 5652 §3.
#[derive(Clone, Debug, Sequence)]
pub(crate) struct ContentInfo<'a> {
    pub(crate) kind: ObjectIdentifier,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT")]
    pub(crate) content: AnyRef<'a>,
}

/// Sets keep their order, because nobody needs another: they are not signed as such.
///
/// Spec: RFC 5652 §5.1.
#[derive(Clone, Debug, Sequence)]
pub(crate) struct SignedData<'a> {
    pub(crate) version: u8,
    pub(crate) digest_algorithms: AnyRef<'a>,
    pub(crate) content: EncapsulatedContent<'a>,
    /// CertificateSet, the contents of the implicitly tagged SET.
    #[asn1(context_specific = "0", tag_mode = "IMPLICIT", optional = "true")]
    pub(crate) certificates: Option<ImplicitSet<'a>>,
    #[asn1(context_specific = "1", tag_mode = "IMPLICIT", optional = "true")]
    pub(crate) crls: Option<ImplicitSet<'a>>,
    pub(crate) signers: AnyRef<'a>,
}

/// Spec: RFC 5652 §5.2.
#[derive(Clone, Debug, Sequence)]
pub(crate) struct EncapsulatedContent<'a> {
    pub(crate) kind: ObjectIdentifier,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    pub(crate) content: Option<&'a OctetStringRef>,
}

/// Spec: RFC 5652 §5.3.
#[derive(Clone, Debug, Sequence)]
pub(crate) struct SignerInfo<'a> {
    pub(crate) version: u8,
    /// [`SignerId`].
    pub(crate) signer: AnyRef<'a>,
    pub(crate) digest: Algorithm<'a>,
    /// The contents of the implicitly tagged SET: signed with the tag of a SET before them.
    #[asn1(context_specific = "0", tag_mode = "IMPLICIT", optional = "true")]
    pub(crate) attributes: Option<ImplicitSet<'a>>,
    pub(crate) algorithm: Tlv<'a>,
    pub(crate) signature: &'a OctetStringRef,
    #[asn1(context_specific = "1", tag_mode = "IMPLICIT", optional = "true")]
    pub(crate) unsigned_attributes: Option<ImplicitSet<'a>>,
}

/// Which certificate is the signer's.
///
/// Spec: RFC 5652 §5.3.
#[derive(Clone, Debug)]
pub(crate) enum SignerId<'a> {
    Serial(IssuerAndSerial<'a>),
    /// Its subjectKeyIdentifier.
    Key(&'a [u8]),
}

impl<'a> SignerId<'a> {
    /// The version of a SignerInfo that has it.
    pub(crate) fn version(&self) -> u8 {
        match self {
            Self::Serial(_) => 1,
            Self::Key(_) => 3,
        }
    }

    pub(crate) fn read(id: AnyRef<'a>) -> der::Result<Self> {
        if id.tag() == Tag::Sequence {
            return id.decode_as().map(Self::Serial);
        }
        id.tag().assert_eq(Tag::ContextSpecific {
            constructed: false,
            number: TagNumber(0),
        })?;
        Ok(Self::Key(id.value()))
    }
}

/// Spec: RFC 5652 §10.2.4.
#[derive(Clone, Debug, Sequence)]
pub(crate) struct IssuerAndSerial<'a> {
    pub(crate) issuer: Tlv<'a>,
    pub(crate) serial: IntRef<'a>,
}

/// Spec: RFC 5652 §5.3.
#[derive(Clone, Debug, Sequence)]
pub(crate) struct Attribute<'a> {
    pub(crate) oid: ObjectIdentifier,
    pub(crate) values: AnyRef<'a>,
}

/// The contents of a SET whose tag another one replaces.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct ImplicitSet<'a>(pub(crate) &'a [u8]);

impl der::FixedTag for ImplicitSet<'_> {
    const TAG: Tag = Tag::Set;
}

impl<'a> der::DecodeValue<'a> for ImplicitSet<'a> {
    type Error = der::Error;

    fn decode_value<R: der::Reader<'a>>(reader: &mut R, header: der::Header) -> der::Result<Self> {
        reader.read_slice(header.length()).map(Self)
    }
}

impl der::EncodeValue for ImplicitSet<'_> {
    fn value_len(&self) -> der::Result<der::Length> {
        der::Length::try_from(self.0.len())
    }

    fn encode_value(&self, writer: &mut impl der::Writer) -> der::Result<()> {
        writer.write(self.0)
    }
}

/// An element after the other, as a SET or a SEQUENCE has them.
pub(crate) fn elements<'a, T>(contents: &'a [u8]) -> der::Result<Vec<T>>
where
    T: der::Decode<'a, Error = der::Error>,
{
    let mut reader = der::SliceReader::new(contents)?;
    let mut found = Vec::new();
    while !der::Reader::is_finished(&reader) {
        found.push(T::decode(&mut reader)?);
    }
    Ok(found)
}

/// Spec: RFC 5035 §3, §4: ESSCertIDv2 with its surroundings.
#[derive(Clone, Debug, Sequence)]
pub(crate) struct SigningCertificateV2<'a> {
    pub(crate) certificates: Vec<EssCertIdV2<'a>>,
    pub(crate) policies: Option<AnyRef<'a>>,
}

/// Spec: RFC 5035 §4.
#[derive(Clone, Debug, Sequence)]
pub(crate) struct EssCertIdV2<'a> {
    /// SHA-256 unless it says otherwise.
    pub(crate) hash: Option<Algorithm<'a>>,
    pub(crate) certificate_hash: &'a OctetStringRef,
    pub(crate) issuer_serial: Option<IssuerSerial<'a>>,
}

/// Spec: RFC 5035 §5.
#[derive(Clone, Debug, Sequence)]
pub(crate) struct IssuerSerial<'a> {
    /// GeneralNames: one directoryName.
    pub(crate) issuer: Tlv<'a>,
    pub(crate) serial: IntRef<'a>,
}
