//! The signed answer: a Web eID authentication token.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};

use crate::Algorithm;

/// What the agent writes as `format`.
pub const FORMAT: &str = "web-eid:1.0";

/// What the agent writes as `appVersion`: informative, read by nobody, without an exact build.
const APP_VERSION: &str = "urn:chop:agent:1";

/// Sizes of a token that is worth reading, in bytes.
///
/// Spec: Web eID authentication token, server validation, step 1.
const TOKEN_LENGTH: std::ops::RangeInclusive<usize> = 100..=10_000;

/// The signed answer to a challenge. It holds neither origin nor challenge, so that a server must
/// use its own.
///
/// Spec: Web eID authentication token format 1.0; docs/protocol.md, "The assertion".
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Assertion {
    /// The signer's certificate, DER in standard base64. Whoever receives it checks it first.
    pub unverified_certificate: String,
    /// The algorithm of [`Assertion::signature`].
    pub algorithm: Algorithm,
    /// The signature in standard base64: a PKCS #1 block, or `r ‖ s` for ECDSA.
    pub signature: String,
    /// `web-eid:` and the format's version; always [`FORMAT`] in what we make.
    pub format: String,
    /// Who made it; informative.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub app_version: Option<String>,
}

/// Why a text is not an assertion.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AssertionError {
    /// Shorter than 100 or longer than 10,000 bytes.
    #[error("an assertion has 100 to 10,000 bytes, this one {length}")]
    Length {
        /// How many there were.
        length: usize,
    },
    /// Not JSON, or without a field that every assertion has.
    #[error("the assertion is not in the format's JSON")]
    Json(#[source] serde_json::Error),
    /// A `format` that does not start with `web-eid:1`.
    #[error("the assertion's format is not web-eid:1")]
    Format,
}

impl Assertion {
    /// Puts an assertion together from a DER certificate and a raw signature.
    #[must_use]
    pub fn new(certificate: &[u8], algorithm: Algorithm, signature: &[u8]) -> Self {
        Self {
            unverified_certificate: STANDARD.encode(certificate),
            algorithm,
            signature: STANDARD.encode(signature),
            format: FORMAT.to_owned(),
            app_version: Some(APP_VERSION.to_owned()),
        }
    }

    /// Reads what a page posted. Unknown fields are ignored, as the format wants it.
    ///
    /// # Errors
    /// [`AssertionError`], each variant as it says; nothing of the text is in them.
    pub fn parse(text: &str) -> Result<Self, AssertionError> {
        if !TOKEN_LENGTH.contains(&text.len()) {
            return Err(AssertionError::Length { length: text.len() });
        }
        let assertion: Self = serde_json::from_str(text).map_err(AssertionError::Json)?;
        // `web-eid:1`, `web-eid:1.0`, `web-eid:1.1`; not `web-eid:10`.
        match assertion.format.strip_prefix("web-eid:1") {
            Some(rest) if rest.is_empty() || rest.starts_with('.') => Ok(assertion),
            _ => Err(AssertionError::Format),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Assertion {
        Assertion::new(&[0x30; 64], Algorithm::Es256, &[1; 64])
    }

    #[test]
    fn keys_are_spelled_as_the_format_says() {
        let json: serde_json::Value = serde_json::to_value(sample()).unwrap();
        let mut keys: Vec<_> = json.as_object().unwrap().keys().cloned().collect();
        keys.sort();
        assert_eq!(
            keys,
            [
                "algorithm",
                "appVersion",
                "format",
                "signature",
                "unverifiedCertificate"
            ]
        );
        assert_eq!(json["format"], "web-eid:1.0");
    }

    #[test]
    fn the_golden_assertion_is_what_the_agent_writes() {
        let golden: serde_json::Value =
            serde_json::from_str(include_str!("../vectors/assertion.json")).unwrap();
        assert_eq!(serde_json::to_value(sample()).unwrap(), golden);
    }

    #[test]
    fn what_is_written_is_read_and_unknown_fields_are_ignored() {
        let mut json = serde_json::to_value(sample()).unwrap();
        json["unverifiedSigningCertificates"] = serde_json::json!([]);
        assert_eq!(Assertion::parse(&json.to_string()).unwrap(), sample());
    }

    #[test]
    fn other_formats_and_sizes_are_refused() {
        for format in ["web-eid:2.0", "web-eid:10", "hipki", ""] {
            let json = serde_json::to_string(&Assertion {
                format: format.to_owned(),
                ..sample()
            });
            let parsed = Assertion::parse(&json.unwrap());
            assert!(matches!(parsed, Err(AssertionError::Format)), "{format}");
        }
        assert!(matches!(
            Assertion::parse("{}"),
            Err(AssertionError::Length { length: 2 })
        ));
        let long = format!("{{\"a\":\"{}\"}}", "x".repeat(10_000));
        assert!(matches!(
            Assertion::parse(&long),
            Err(AssertionError::Length { .. })
        ));
        let missing = format!(
            "{{\"format\":\"web-eid:1.0\",\"a\":\"{}\"}}",
            "x".repeat(100)
        );
        assert!(matches!(
            Assertion::parse(&missing),
            Err(AssertionError::Json(_))
        ));
    }
}
