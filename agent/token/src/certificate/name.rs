//! Names in certificates and on tokens, made fit to be shown.

use der::{Tag, Tagged as _, asn1::Any, oid::ObjectIdentifier};
use x509_cert::name::Name;

pub(super) const COMMON: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.3");
pub(super) const ORGANIZATION: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.10");
pub(super) const UNIT: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.11");

/// The value of the first of `kinds` that the name has; the most specific where there are several;
/// empty where there is none.
pub(super) fn first(name: &Name, kinds: &[ObjectIdentifier]) -> String {
    let value = |kind| name.iter().filter(|part| part.oid == kind).last();
    kinds
        .iter()
        .find_map(|kind| value(*kind))
        .map_or_else(String::new, |part| text(&part.value))
}

/// Text from a card as it may be shown: no control characters, none that turn the direction of
/// writing, and not longer than a window can show.
pub(crate) fn printable(text: &str) -> String {
    let kept = text
        .trim()
        .chars()
        .filter(|c| !c.is_control() && !INVISIBLE.contains(c));
    kept.take(LONGEST).collect()
}

/// In characters.
const LONGEST: usize = 200;

/// Unicode's signs that turn or hide text around them.
const INVISIBLE: [char; 18] = [
    '\u{61c}', '\u{200b}', '\u{200c}', '\u{200d}', '\u{200e}', '\u{200f}', '\u{202a}', '\u{202b}',
    '\u{202c}', '\u{202d}', '\u{202e}', '\u{2060}', '\u{2066}', '\u{2067}', '\u{2068}', '\u{2069}',
    '\u{feff}', '\u{fff9}',
];

/// A string of any of X.500's kinds (X.520 §6.2.3), as it may be shown: without control characters
/// and those that turn the direction of writing, at most 200 characters.
#[must_use]
pub fn text(value: &Any) -> String {
    let bytes = value.value();
    match value.tag() {
        Tag::BmpString => {
            let units = bytes.chunks_exact(2).map(|pair| match pair {
                [high, low] => u16::from_be_bytes([*high, *low]),
                _ => 0,
            });
            let text: String = char::decode_utf16(units)
                .map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER))
                .collect();
            printable(&text)
        }
        _ => printable(&String::from_utf8_lossy(bytes)),
    }
}

#[cfg(test)]
mod tests {
    use der::asn1::{BmpString, Utf8StringRef};

    use super::*;

    #[test]
    fn bmp_strings_are_read() {
        let value = Any::encode_from(&BmpString::from_utf8("印鑑").unwrap()).unwrap();
        assert_eq!(text(&value), "印鑑");
    }

    #[test]
    fn characters_that_would_deceive_in_a_window_are_left_out() {
        let value =
            Any::encode_from(&Utf8StringRef::new("王\u{202e}小\n明\u{200b}").unwrap()).unwrap();
        assert_eq!(text(&value), "王小明");
    }

    #[test]
    fn an_endless_name_is_cut() {
        assert_eq!(printable(&"長".repeat(5000)).chars().count(), LONGEST);
    }
}
