//! The fields of a package: any page sends any of them, as text, number or truth.

use std::fmt;

use base64::{Engine as _, alphabet, engine::GeneralPurpose, engine::general_purpose};
use chop_token::Pin;
use serde_json::{Map, Value};
use zeroize::Zeroize as _;

/// What pages write for "there is none".
const ABSENT: &str = "__NotExistedTag__";

/// Pages leave `=` out, or have bits where none should be.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    general_purpose::GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(base64::engine::DecodePaddingMode::Indifferent),
);

/// A package. It is wiped when dropped: there may be a PIN in it.
#[derive(Default, Eq, PartialEq)]
pub(crate) struct Fields(Map<String, Value>);

impl Fields {
    pub(super) fn new(mut fields: Map<String, Value>) -> Self {
        // One kind of value, so that nobody downstream has to know how pages write them.
        for value in fields.values_mut() {
            match value {
                Value::Bool(truth) => *value = Value::from(truth.to_string()),
                Value::Number(number) => *value = Value::from(number.to_string()),
                _ => {}
            }
        }
        Self(fields)
    }

    /// A field's text, if it is there.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        let text = self.0.get(name)?.as_str()?;
        (text != ABSENT).then_some(text)
    }

    /// A field's text; empty if it is not there.
    pub(super) fn or_empty(&self, name: &str) -> &str {
        self.text(name).unwrap_or_default()
    }

    /// Whether a field says yes; `otherwise` if it says nothing.
    pub(super) fn truth(&self, name: &str, otherwise: bool) -> bool {
        match self.or_empty(name).trim() {
            "" => otherwise,
            text => text.eq_ignore_ascii_case("true") || text == "1",
        }
    }

    /// A field in base64, if it is there. White space is ignored, but for spaces, which are `+`
    /// that somebody took for a form's.
    ///
    /// # Errors
    /// [`NotBase64`].
    pub(super) fn base64(&self, name: &str) -> Result<Option<Vec<u8>>, NotBase64> {
        self.text(name).map(decoded).transpose()
    }

    /// Takes a PIN out.
    pub(super) fn take_pin(&mut self, name: &str) -> Option<Pin> {
        match self.0.remove(name)? {
            Value::String(text) if !text.is_empty() && text != ABSENT => {
                Some(Pin::from(text.into_bytes()))
            }
            mut other => {
                wipe(&mut other);
                None
            }
        }
    }
}

/// A text that is not base64.
#[derive(Debug, Eq, PartialEq, thiserror::Error)]
#[error("not base64")]
pub(super) struct NotBase64;

/// Reads base64 as pages write it.
///
/// # Errors
/// [`NotBase64`].
pub(super) fn decoded(text: &str) -> Result<Vec<u8>, NotBase64> {
    let text = text.trim_matches(' ');
    let clean: Vec<u8> = text
        .bytes()
        .filter(|byte| !matches!(byte, b'\r' | b'\n' | b'\t'))
        .map(|byte| if byte == b' ' { b'+' } else { byte })
        .collect();
    LENIENT.decode(clean).map_err(|_| NotBase64)
}

fn wipe(value: &mut Value) {
    match value {
        Value::String(text) => text.zeroize(),
        Value::Array(items) => items.iter_mut().for_each(wipe),
        Value::Object(fields) => fields.values_mut().for_each(wipe),
        _ => {}
    }
}

impl Drop for Fields {
    fn drop(&mut self) {
        self.0.values_mut().for_each(wipe);
    }
}

impl fmt::Debug for Fields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Names alone: a value may be a PIN.
        f.debug_list().entries(self.0.keys()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::super::package;
    use super::*;

    fn fields(json: &str) -> Fields {
        package::from_popup(json).unwrap()
    }

    #[test]
    fn truth_is_told_in_many_words() {
        let all = fields(
            r#"{"a":"true","b":true,"c":"1","d":1,"e":"TRUE","f":"false","g":false,"h":"no",
                "i":"","j":"__NotExistedTag__","k":null}"#,
        );
        for name in ["a", "b", "c", "d", "e"] {
            assert!(all.truth(name, false), "{name}");
        }
        for name in ["f", "g", "h"] {
            assert!(!all.truth(name, true), "{name}");
        }
        for name in ["i", "j", "k", "l"] {
            assert!(all.truth(name, true) && !all.truth(name, false), "{name}");
        }
    }

    #[test]
    fn a_number_is_as_good_as_its_text() {
        assert_eq!(
            fields(r#"{"slotDescription":0}"#).or_empty("slotDescription"),
            "0"
        );
    }

    #[test]
    fn base64_has_white_space_and_spaces_for_plus() {
        let all = fields(r#"{"a":"+/8=","b":" /8","c":"+/\r\n8=\t","d":"%%%","e":" +/8= "}"#);
        for name in ["a", "c", "e"] {
            assert_eq!(all.base64(name), Ok(Some(vec![0xfb, 0xff])), "{name}");
        }
        assert_eq!(all.base64("d"), Err(NotBase64));
        assert_eq!(all.base64("z"), Ok(None));
        assert_eq!(decoded("a /8="), decoded("a+/8="));
    }

    #[test]
    fn a_pin_is_taken_once_and_never_shown() {
        let mut all = fields(r#"{"pin":"12345678","empty":"","list":["1"]}"#);
        assert!(!format!("{all:?}").contains("12345678"));
        let pin = all.take_pin("pin").unwrap();
        assert_eq!(pin.expose(), b"12345678");
        assert!(all.take_pin("pin").is_none());
        assert!(all.take_pin("empty").is_none() && all.take_pin("list").is_none());
    }
}
