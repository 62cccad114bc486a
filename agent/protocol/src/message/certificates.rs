//! Reading a card's certificates.

use serde::{Deserialize, Serialize};

use super::{MAX_BODY, RequestError, Wanted, as_text, as_texts, parse};

/// `POST /v1/certificates`.
///
/// Spec: docs/protocol.md, "Certificates".
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize)]
pub struct CertificatesRequest {
    /// Which certificates the site takes.
    #[serde(flatten)]
    pub wanted: Wanted,
}

impl CertificatesRequest {
    /// Reads the body of a request.
    ///
    /// # Errors
    /// [`RequestError::TooLarge`], [`RequestError::Json`], [`RequestError::Field`].
    pub fn parse(body: &[u8]) -> Result<Self, RequestError> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Wire {
            issuers: Option<Vec<String>>,
        }
        let wire: Wire = parse(body, MAX_BODY)?;
        Ok(Self {
            wanted: Wanted::parse(wire.issuers, None)?,
        })
    }
}

/// The answer to a [`CertificatesRequest`]: what one card holds. Nothing in it is verified.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize)]
pub struct CertificatesAnswer {
    /// Those that are for something.
    pub certificates: Vec<CertificateAnswer>,
    /// Those of issuers, DER.
    #[serde(serialize_with = "as_texts")]
    pub issuers: Vec<Vec<u8>>,
}

/// One certificate.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct CertificateAnswer {
    /// DER.
    #[serde(serialize_with = "as_text")]
    pub certificate: Vec<u8>,
    /// What it is for: `sign_in`, `sign`, `decrypt`.
    pub uses: Vec<&'static str>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_an_object_with_issuers_at_most() {
        assert_eq!(
            CertificatesRequest::parse(b"{}").unwrap(),
            CertificatesRequest::default()
        );
        let named = CertificatesRequest::parse(br#"{"issuers":["MAA="]}"#).unwrap();
        assert_eq!(named.wanted.issuers, [[0x30, 0x00]]);
        for odd in [
            "",
            "[]",
            r#"{"certificate":"AAAA"}"#,
            r#"{"issuers":"MAA="}"#,
        ] {
            let parsed = CertificatesRequest::parse(odd.as_bytes());
            assert!(matches!(parsed, Err(RequestError::Json(_))), "{odd}");
        }
    }

    #[test]
    fn an_answer_is_written_in_base64() {
        let answer = CertificatesAnswer {
            certificates: vec![CertificateAnswer {
                certificate: vec![1, 2, 3],
                uses: vec!["sign_in", "sign"],
            }],
            issuers: vec![vec![4, 5, 6]],
        };
        assert_eq!(
            serde_json::to_string(&answer).unwrap(),
            r#"{"certificates":[{"certificate":"AQID","uses":["sign_in","sign"]}],"issuers":["BAUG"]}"#
        );
    }
}
