//! The texts in names and attributes.

use der::{AnyRef, Tag, Tagged as _};

/// A DirectoryString, or one of its older relatives, as text without white space around it.
///
/// A TeletexString is read as ISO 8859-1, as everybody does; T.61 itself is nowhere in use.
///
/// Spec: RFC 5280 §4.1.2.4; X.690 §8.23.
pub(crate) fn text(value: AnyRef<'_>) -> Option<String> {
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
    let trimmed = text.trim();
    Some(if trimmed.len() == text.len() {
        text
    } else {
        trimmed.to_owned()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

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
            let value = AnyRef::new(tag, bytes).unwrap();
            assert_eq!(text(value).as_deref(), expected, "{tag:?} {bytes:?}");
        }
    }
}
