//! Signing documents.

use serde::{Deserialize, Serialize};

use super::{
    Document, MAX_LARGE_BODY, RequestError, Wanted, as_texts, document::Wire as WireDocument, parse,
};

/// The most documents in one request.
const MOST: usize = 100;

/// `POST /v1/sign`.
///
/// Spec: docs/protocol.md, "Sign documents".
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SignRequest {
    /// At least one.
    pub documents: Vec<Document>,
    /// Which certificates the site takes.
    pub wanted: Wanted,
}

impl SignRequest {
    /// Reads the body of a request.
    ///
    /// # Errors
    /// [`RequestError::TooLarge`], [`RequestError::Json`], [`RequestError::Field`],
    /// [`RequestError::Document`].
    pub fn parse(body: &[u8]) -> Result<Self, RequestError> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Wire {
            documents: Vec<WireDocument>,
            issuers: Option<Vec<String>>,
            certificate: Option<String>,
        }
        let wire: Wire = parse(body, MAX_LARGE_BODY)?;
        if !(1..=MOST).contains(&wire.documents.len()) {
            return Err(RequestError::Field {
                field: "documents",
                wanted: "1 to 100 documents",
            });
        }
        let document = |(number, wire): (usize, WireDocument)| {
            let document = wire.try_into();
            document.map_err(|cause| RequestError::Document { number, cause })
        };
        Ok(Self {
            documents: (1..)
                .zip(wire.documents)
                .map(document)
                .collect::<Result<_, _>>()?,
            wanted: Wanted::parse(wire.issuers, wire.certificate.as_deref())?,
        })
    }
}

/// The answer to a [`SignRequest`].
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct SignAnswer {
    /// One CMS SignedData for each document, DER, in their order.
    #[serde(serialize_with = "as_texts")]
    pub signatures: Vec<Vec<u8>>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(documents: &str) -> Result<SignRequest, RequestError> {
        SignRequest::parse(format!(r#"{{"documents":{documents}}}"#).as_bytes())
    }

    #[test]
    fn one_to_a_hundred_documents_are_taken() {
        let one = r#"{"name":"a","content":""}"#;
        assert_eq!(with(&format!("[{one}]")).unwrap().documents.len(), 1);
        let hundred = vec![one; 100].join(",");
        assert_eq!(with(&format!("[{hundred}]")).unwrap().documents.len(), 100);
        for odd in ["[]".to_owned(), format!("[{hundred},{one}]")] {
            let refused = with(&odd);
            assert!(matches!(
                refused,
                Err(RequestError::Field {
                    field: "documents",
                    ..
                })
            ));
        }
    }

    #[test]
    fn a_wrong_document_is_named_by_its_number() {
        let refused = with(r#"[{"name":"a","content":""},{"name":"","content":""}]"#);
        assert!(matches!(
            refused,
            Err(RequestError::Document { number: 2, .. })
        ));
        for odd in [
            r#"[{"name":"a","content":"","pin":"1"}]"#,
            r#"[{"name":"a","digest":"","hash":"sha-1"}]"#,
        ] {
            assert!(matches!(with(odd), Err(RequestError::Json(_))), "{odd}");
        }
    }
}
