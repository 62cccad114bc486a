//! The texts in a certificate's names and attributes.

use std::fmt;

use x509_cert::{
    der::{
        Tag, Tagged as _,
        asn1::{Any, ObjectIdentifier},
    },
    name::Name,
};

use crate::Refusal;

pub(crate) const COMMON_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.3");
pub(crate) const SERIAL_NUMBER: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.5");
pub(crate) const ORGANIZATION: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.10");
pub(crate) const ORGANIZATIONAL_UNIT: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.11");

/// Attribute types and how we write them. Spec: RFC 4519 §2.
const SHORT_NAMES: [(ObjectIdentifier, &str); 7] = [
    (ObjectIdentifier::new_unwrap("2.5.4.6"), "C"),
    (ObjectIdentifier::new_unwrap("2.5.4.8"), "ST"),
    (ObjectIdentifier::new_unwrap("2.5.4.7"), "L"),
    (ORGANIZATION, "O"),
    (ORGANIZATIONAL_UNIT, "OU"),
    (COMMON_NAME, "CN"),
    (SERIAL_NUMBER, "serialNumber"),
];

/// A subject or an issuer, in the certificate's own order.
#[derive(Clone, Copy)]
pub(crate) struct DistinguishedName<'a>(pub(crate) &'a Name);

impl DistinguishedName<'_> {
    /// The only value of an attribute. `None` if there is none, two, or one that is not text: of two
    /// it would be a guess which one counts.
    pub(crate) fn only(self, oid: ObjectIdentifier) -> Option<String> {
        let mut values = self.0.iter().filter(|pair| pair.oid == oid);
        match (values.next(), values.next()) {
            (Some(pair), None) => text(&pair.value),
            _ => None,
        }
    }

    /// Like [`Self::only`], for an identity that needs it.
    pub(crate) fn needed(
        self,
        oid: ObjectIdentifier,
        attribute: &'static str,
    ) -> Result<String, Refusal> {
        self.only(oid).ok_or(Refusal::SubjectUnclear { attribute })
    }

    /// All texts of an attribute.
    pub(crate) fn all(self, oid: ObjectIdentifier) -> impl Iterator<Item = String> {
        self.0
            .iter()
            .filter(move |pair| pair.oid == oid)
            .filter_map(|pair| text(&pair.value))
    }
}

/// `C=TW, O=測試股份有限公司, serialNumber=12345675`; what could be taken for another part, or for
/// another line of a log, is escaped.
impl fmt::Display for DistinguishedName<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, pair) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str(", ")?;
            }
            match SHORT_NAMES.iter().find(|(oid, _)| *oid == pair.oid) {
                Some((_, name)) => f.write_str(name)?,
                None => write!(f, "{}", pair.oid)?,
            }
            f.write_str("=")?;
            for char in text(&pair.value).unwrap_or_else(|| "?".to_owned()).chars() {
                match char {
                    ',' | '=' | '\\' => write!(f, "\\{char}")?,
                    _ if char.is_control() => write!(f, "{}", char.escape_unicode())?,
                    _ => write!(f, "{char}")?,
                }
            }
        }
        Ok(())
    }
}

/// A DirectoryString, or one of its older relatives, as text without white space around it.
///
/// A TeletexString is read as ISO 8859-1, as everybody does; T.61 itself is nowhere in use.
///
/// Spec: RFC 5280 §4.1.2.4; X.690 §8.23.
pub(crate) fn text(value: &Any) -> Option<String> {
    let bytes = value.value();
    let text = match value.tag() {
        Tag::Utf8String => std::str::from_utf8(bytes).ok()?.to_owned(),
        Tag::PrintableString | Tag::Ia5String | Tag::NumericString => bytes
            .is_ascii()
            .then(|| String::from_utf8_lossy(bytes).into_owned())?,
        Tag::TeletexString => bytes.iter().copied().map(char::from).collect(),
        Tag::BmpString => {
            let (pairs, rest) = bytes.as_chunks::<2>();
            let units: Vec<u16> = pairs.iter().map(|pair| u16::from_be_bytes(*pair)).collect();
            rest.is_empty().then(|| String::from_utf16(&units).ok())??
        }
        _ => return None,
    };
    Some(text.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use x509_cert::{
        attr::AttributeTypeAndValue,
        der::{Decode as _, Encode as _},
        name::{RdnSequence, RelativeDistinguishedName},
    };

    use super::*;

    fn name(pairs: &[(ObjectIdentifier, Tag, &[u8])]) -> Name {
        let mut sequence = RdnSequence::default();
        for (oid, tag, bytes) in pairs {
            let value = Any::new(*tag, *bytes).unwrap();
            let pair = AttributeTypeAndValue { oid: *oid, value };
            sequence.push(RelativeDistinguishedName::try_from(vec![pair]).unwrap());
        }
        Name::from_der(&sequence.to_der().unwrap()).unwrap()
    }

    #[test]
    fn every_kind_of_text_is_read() {
        for (tag, bytes, expected) in [
            (Tag::Utf8String, "測試".as_bytes(), Some("測試")),
            (Tag::PrintableString, b"TW".as_slice(), Some("TW")),
            (Tag::BmpString, &[0x6E, 0x2C, 0x8A, 0x66], Some("測試")),
            (Tag::TeletexString, b"Caf\xE9", Some("Café")),
            (Tag::Utf8String, b" 12345675\t", Some("12345675")),
            (Tag::Utf8String, b"\xFF", None),
            (Tag::BmpString, &[0x6E], None),
            (Tag::BmpString, &[0xD8, 0x00], None),
            (Tag::OctetString, b"x", None),
        ] {
            let value = Any::new(tag, bytes).unwrap();
            assert_eq!(text(&value).as_deref(), expected, "{tag:?} {bytes:?}");
        }
    }

    #[test]
    fn a_name_is_written_in_its_own_order() {
        let name = name(&[
            (
                ObjectIdentifier::new_unwrap("2.5.4.6"),
                Tag::PrintableString,
                b"TW",
            ),
            (ORGANIZATION, Tag::Utf8String, "測試, Inc.\n".as_bytes()),
            (
                ObjectIdentifier::new_unwrap("1.2.3.4"),
                Tag::Utf8String,
                b"a\nb",
            ),
        ]);
        assert_eq!(
            DistinguishedName(&name).to_string(),
            "C=TW, O=測試\\, Inc., 1.2.3.4=a\\u{a}b"
        );
    }

    #[test]
    fn an_attribute_given_twice_has_no_value() {
        let pair = (SERIAL_NUMBER, Tag::PrintableString, b"12345675".as_slice());
        let (once, twice) = (name(&[pair]), name(&[pair, pair]));
        assert_eq!(
            DistinguishedName(&once).only(SERIAL_NUMBER).as_deref(),
            Some("12345675")
        );
        assert_eq!(DistinguishedName(&twice).only(SERIAL_NUMBER), None);
    }
}
