//! What pages put into `tbsPackage`, in every way they do.
//!
//! Pages were written against a component that takes the value as it stands after `tbsPackage=`
//! and undoes percent-encoding once. So some encode values before they write JSON, some replace
//! `+` by `%2B` in it, some do neither, and programs send proper forms.
//!
//! Spec: docs/hicos.md, "The package".

use serde_json::{Map, Value};
use zeroize::{Zeroize as _, Zeroizing};

use super::fields::Fields;

/// The name of the field, with the sign after it.
const NAME: &str = "tbsPackage=";

/// Not a JSON object, however it is read.
#[derive(Debug, Eq, PartialEq, thiserror::Error)]
#[error("tbsPackage is not a JSON object")]
pub(crate) struct NotAPackage;

/// Reads the text that a page gave to the popup.
///
/// # Errors
/// [`NotAPackage`].
pub(crate) fn from_popup(text: &str) -> Result<Fields, NotAPackage> {
    raw(text.strip_prefix(NAME).unwrap_or(text))
}

/// Reads the body of a POST. An empty one is an empty package.
///
/// # Errors
/// [`NotAPackage`].
pub(crate) fn from_body(body: &[u8]) -> Result<Fields, NotAPackage> {
    let text = str::from_utf8(body).map_err(|_| NotAPackage)?;
    let value = text.find(NAME).map(|at| &text[at + NAME.len()..]);
    let value = value.unwrap_or(text);
    match value.trim_start().chars().next() {
        None => Ok(Fields::default()),
        // `&` inside belongs to it: such a value was never encoded.
        Some('{' | '"') => raw(value),
        Some(_) => form(value),
    }
}

/// As the component reads it: percent-encoding is undone once, `+` stays.
fn raw(text: &str) -> Result<Fields, NotAPackage> {
    let decoded = Zeroizing::new(percent_decoded(text, false));
    let decoded = str::from_utf8(&decoded).ok().and_then(object);
    // What is no JSON once decoded was not encoded as a whole: a lone `%22` in it, say.
    decoded
        .or_else(|| object(text).map(with_values_decoded))
        .map(Fields::new)
        .ok_or(NotAPackage)
}

/// Undoes the encoding of values that a page encoded one by one, with a quote in one of them.
fn with_values_decoded(mut fields: Map<String, Value>) -> Map<String, Value> {
    for value in fields.values_mut() {
        if let Value::String(text) = value
            && is_encoded(text)
            && let Ok(decoded) = String::from_utf8(percent_decoded(text, false))
        {
            text.zeroize();
            *text = decoded;
        }
    }
    fields
}

/// Whether `encodeURIComponent` could have written it.
fn is_encoded(text: &str) -> bool {
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        let fits = match byte {
            b'%' => [bytes.next(), bytes.next()]
                .iter()
                .all(|it| it.is_some_and(|it| it.is_ascii_hexdigit())),
            _ => byte.is_ascii_alphanumeric() || b"-_.!~*'()".contains(&byte),
        };
        if !fits {
            return false;
        }
    }
    true
}

/// As a form says it.
fn form(text: &str) -> Result<Fields, NotAPackage> {
    let value = text.split('&').next().unwrap_or_default();
    let decoded = Zeroizing::new(percent_decoded(value, true));
    let decoded = str::from_utf8(&decoded).ok().and_then(object);
    decoded.map(Fields::new).ok_or(NotAPackage)
}

fn object(text: &str) -> Option<Map<String, Value>> {
    match serde_json::from_str(text).ok()? {
        Value::Object(fields) => Some(fields),
        // JSON in a JSON string: a page that wrote it twice.
        Value::String(mut inner) => {
            let fields = match serde_json::from_str(&inner).ok()? {
                Value::Object(fields) => Some(fields),
                _ => None,
            };
            inner.zeroize();
            fields
        }
        _ => None,
    }
}

/// Undoes `%XX` where that is one; anything else stays.
fn percent_decoded(text: &str, plus_is_space: bool) -> Vec<u8> {
    let mut decoded = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let encoded = match after {
            [high, low, beyond @ ..] if first == b'%' => {
                digit(*high).zip(digit(*low)).map(|digits| (digits, beyond))
            }
            _ => None,
        };
        if let Some(((high, low), beyond)) = encoded {
            decoded.push(high << 4 | low);
            rest = beyond;
        } else {
            decoded.push(match first {
                b'+' if plus_is_space => b' ',
                byte => byte,
            });
            rest = after;
        }
    }
    decoded
}

fn digit(character: u8) -> Option<u8> {
    let value = char::from(character).to_digit(16)?;
    u8::try_from(value).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tbs(fields: Result<Fields, NotAPackage>) -> String {
        fields.unwrap().text("tbs").unwrap().to_owned()
    }

    #[test]
    fn every_way_of_encoding_that_pages_have_is_understood() {
        let popup = [
            (r#"{"tbs":"a+b/c="}"#, "a+b/c="),
            (r#"{"tbs":"a%2Bb/c="}"#, "a+b/c="),
            (r#"{"tbs":"a%2Bb%2Fc%3D"}"#, "a+b/c="),
            (r#"tbsPackage={"tbs":"a"}"#, "a"),
            // Once is enough.
            (r#"{"tbs":"100%2525"}"#, "100%25"),
            (r#"{"tbs":"100%25"}"#, "100%"),
            // What is no percent-encoding stays.
            (r#"{"tbs":"100%"}"#, "100%"),
            (r#"{"tbs":"%zz%2"}"#, "%zz%2"),
            (r#"{"tbs":"50% off %E4"}"#, "50% off %E4"),
            (r#"{"tbs":"a&b=c&tbsPackage=d"}"#, "a&b=c&tbsPackage=d"),
            (r#"{"tbs":"登入 測試"}"#, "登入 測試"),
            (r#"{"tbs":"%E7%99%BB%E5%85%A5"}"#, "登入"),
            // Decoded this is no JSON any more, so it was not encoded.
            (r#"{"tbs":"say %22hi%22"}"#, "say %22hi%22"),
            // But this was, value by value.
            (
                r#"{"tbs":"say%20%22hi%22%20%E7%99%BB%5C"}"#,
                "say \"hi\" 登\\",
            ),
            (r#""{\"tbs\":\"twice\"}""#, "twice"),
            (r#" { "tbs" : "b", "tbs" : "c" } "#, "c"),
        ];
        for (text, expected) in popup {
            assert_eq!(tbs(from_popup(text)), expected, "{text}");
            let body = format!("tbsPackage={}", text.trim_start_matches("tbsPackage="));
            assert_eq!(tbs(from_body(body.as_bytes())), expected, "{body}");
        }
    }

    #[test]
    fn a_form_is_read_as_one() {
        for (body, expected) in [
            ("tbsPackage=%7B%22tbs%22%3A%22a%2Bb+c%26d%22%7D", "a+b c&d"),
            ("tbsPackage=%7b%22tbs%22:%22a%22%7d&more=1", "a"),
            ("x=1&tbsPackage=%7B%22tbs%22%3A%22%E7%99%BB%22%7D", "登"),
        ] {
            assert_eq!(tbs(from_body(body.as_bytes())), expected, "{body}");
        }
    }

    #[test]
    fn a_body_may_be_the_object_itself_or_nothing() {
        assert_eq!(tbs(from_body(br#"{"tbs":"a%2Bb"}"#)), "a+b");
        for body in ["", "tbsPackage=", "  "] {
            assert_eq!(from_body(body.as_bytes()), Ok(Fields::default()));
        }
    }

    #[test]
    fn what_is_no_object_is_refused() {
        for text in ["", "[]", "1", "null", "\"a\"", "{", "getTbs", "%7B%7D%"] {
            assert!(from_popup(text).is_err(), "{text}");
        }
        for body in ["tbsPackage=%7B", "a=1", "tbsPackage={", "\"[]\""] {
            assert!(from_body(body.as_bytes()).is_err(), "{body}");
        }
        assert!(from_body(b"tbsPackage={\"tbs\":\"\xff\"}").is_err());
    }

    #[test]
    fn nesting_has_an_end() {
        let deep = format!("{}{}", "{\"a\":".repeat(10_000), "1");
        assert!(from_popup(&deep).is_err());
    }

    #[test]
    fn a_mebibyte_is_read() {
        let long = "a+".repeat(1 << 19);
        assert_eq!(tbs(from_popup(&format!(r#"{{"tbs":"{long}"}}"#))), long);
    }

    /// As careful pages do it.
    fn percent(text: &str) -> String {
        text.bytes().map(|byte| format!("%{byte:02X}")).collect()
    }

    proptest::proptest! {
        #![proptest_config(proptest::test_runner::Config {
            failure_persistence: None,
            ..Default::default()
        })]

        #[test]
        fn a_text_comes_as_it_was_however_it_is_encoded(text in "\\PC{0,60}") {
            // What the absent are called is absent.
            let text = format!("{text}.");
            let json = serde_json::json!({ "tbs": text }).to_string();
            let form = |space| percent(&json).replace("%20", space);
            for body in [
                format!("tbsPackage={}", form("+")),
                format!("tbsPackage={}&more=1", form("%20")),
            ] {
                proptest::prop_assert_eq!(&tbs(from_body(body.as_bytes())), &text);
            }
            // A page that encodes the value first. (A backslash in it is an escape to the component.)
            if !text.contains('\\') {
                let value = serde_json::json!({ "tbs": percent(&text) }).to_string();
                proptest::prop_assert_eq!(&tbs(from_popup(&value)), &text);
            }
            // And one that encodes `+` and `%` alone.
            let careful = json.replace('%', "%25").replace('+', "%2B");
            proptest::prop_assert_eq!(&tbs(from_popup(&careful)), &text);
        }

        #[test]
        fn bytes_of_any_kind_are_read_or_refused(
            bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..400),
            named in proptest::bool::ANY,
        ) {
            let body = if named { [b"tbsPackage=", &*bytes].concat() } else { bytes.clone() };
            let _ = from_body(&body);
            let _ = from_popup(&String::from_utf8_lossy(&bytes));
        }
    }
}
