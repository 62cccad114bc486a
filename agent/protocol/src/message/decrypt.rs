//! Decrypting.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::{MAX_LARGE_BODY, RequestError, as_text, bytes, parse};

/// `POST /v1/decrypt`.
///
/// Spec: docs/protocol.md, "Decrypt".
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct DecryptRequest {
    /// A CMS `EnvelopedData` in its `ContentInfo`, DER or BER; not looked at here.
    pub envelope: Vec<u8>,
}

impl DecryptRequest {
    /// Reads the body of a request.
    ///
    /// # Errors
    /// [`RequestError::TooLarge`], [`RequestError::Json`], [`RequestError::Field`].
    pub fn parse(body: &[u8]) -> Result<Self, RequestError> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Wire<'a> {
            #[serde(borrow)]
            envelope: Cow<'a, str>,
        }
        let wire: Wire<'_> = parse(body, MAX_LARGE_BODY)?;
        let envelope = bytes(&wire.envelope).filter(|envelope| !envelope.is_empty());
        Ok(Self {
            envelope: envelope.ok_or(RequestError::Field {
                field: "envelope",
                wanted: "a CMS EnvelopedData in standard base64",
            })?,
        })
    }
}

/// The answer to a [`DecryptRequest`].
#[derive(Clone, Serialize)]
pub struct DecryptAnswer {
    /// What was in the envelope.
    #[serde(serialize_with = "as_text")]
    pub content: Vec<u8>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_envelope_is_base64_of_something() {
        let parsed = DecryptRequest::parse(br#"{"envelope":"AQID"}"#).unwrap();
        assert_eq!(parsed.envelope, [1, 2, 3]);
        for odd in [r#"{"envelope":""}"#, r#"{"envelope":"?"}"#] {
            let refused = DecryptRequest::parse(odd.as_bytes());
            assert!(matches!(refused, Err(RequestError::Field { .. })), "{odd}");
        }
    }
}
