//! An OCSP request, as far as a responder of tests needs it.

use der::{
    AnyRef, Decode as _, Reader as _, Sequence, SliceReader, Tag, Tagged as _,
    asn1::{IntRef, ObjectIdentifier, OctetStringRef},
};

const NONCE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.48.1.2");

/// What is asked.
pub(crate) struct Question {
    /// The serial number of the first certificate that is asked about.
    pub(crate) serial: Vec<u8>,
    pub(crate) nonce: Option<Vec<u8>>,
}

/// Spec: RFC 6960 §4.1.1.
#[derive(Sequence)]
struct Request<'a> {
    certificate: CertId<'a>,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    extensions: Option<AnyRef<'a>>,
}

/// Spec: RFC 6960 §4.1.1.
#[derive(Sequence)]
struct CertId<'a> {
    hash: AnyRef<'a>,
    name: &'a OctetStringRef,
    key: &'a OctetStringRef,
    serial: IntRef<'a>,
}

/// Spec: RFC 5280 §4.1.2.9.
#[derive(Sequence)]
struct Extension<'a> {
    oid: ObjectIdentifier,
    critical: Option<bool>,
    value: &'a OctetStringRef,
}

impl Question {
    /// Reads DER; `None` for what is no request.
    pub(crate) fn read(der: &[u8]) -> Option<Self> {
        let request = AnyRef::from_der(der).ok()?;
        let mut parts = SliceReader::new(request.value()).ok()?;
        let body = AnyRef::decode(&mut parts).ok()?;
        let mut body = SliceReader::new(body.value()).ok()?;
        let (mut serial, mut nonce) = (None, None);
        while !body.is_finished() {
            let part = AnyRef::decode(&mut body).ok()?;
            match part.tag() {
                Tag::Sequence => {
                    let mut requests = SliceReader::new(part.value()).ok()?;
                    let first = Request::decode(&mut requests).ok()?;
                    serial = Some(first.certificate.serial.as_bytes().to_vec());
                }
                Tag::ContextSpecific { number, .. } if number.value() == 2 => {
                    let list: Vec<Extension<'_>> = Vec::from_der(part.value()).ok()?;
                    let found = list.iter().find(|one| one.oid == NONCE);
                    let inside = found.map(|one| <&OctetStringRef>::from_der(one.value.as_bytes()));
                    nonce = inside.transpose().ok()?.map(|it| it.as_bytes().to_vec());
                }
                // A version, or who asks: it does not matter here.
                _ => {}
            }
        }
        let serial = serial?;
        Some(Self { serial, nonce })
    }
}
