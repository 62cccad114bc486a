//! Which certificates a site wants.

use std::fmt;

use serde::{Serialize, Serializer};

use super::{RequestError, as_texts, bytes, text};

/// The most issuers that a request may name.
const MOST_ISSUERS: usize = 32;
/// The longest name of an issuer, in bytes.
const LONGEST_NAME: usize = 4096;

/// The certificates that a site wants; the default is any.
///
/// Spec: docs/protocol.md, "Operations", "Which certificates".
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize)]
pub struct Wanted {
    /// Names of issuers, each the DER of an X.501 Name; empty for all.
    #[serde(serialize_with = "as_texts", skip_serializing_if = "Vec::is_empty")]
    pub issuers: Vec<Vec<u8>>,
    /// One certificate and no other.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub certificate: Option<CertificateHash>,
}

/// The SHA-256 of a certificate's DER.
#[derive(Clone, Copy, Eq, Hash, PartialEq)]
pub struct CertificateHash(pub [u8; 32]);

impl fmt::Debug for CertificateHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CertificateHash({})", text(&self.0))
    }
}

impl Serialize for CertificateHash {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&text(&self.0))
    }
}

impl Wanted {
    /// From the fields `issuers` and `certificate` of a request.
    pub(super) fn parse(
        issuers: Option<Vec<String>>,
        certificate: Option<&str>,
    ) -> Result<Self, RequestError> {
        let wrong = || RequestError::Field {
            field: "issuers",
            wanted: "at most 32 X.501 names, DER in standard base64, of at most 4096 bytes each",
        };
        let issuers = issuers.unwrap_or_default();
        if issuers.len() > MOST_ISSUERS {
            return Err(wrong());
        }
        let name = |text: &String| {
            let name = bytes(text).filter(|name| (2..=LONGEST_NAME).contains(&name.len()));
            name.ok_or_else(wrong)
        };
        let hash = |text: &str| {
            let hash = bytes(text).and_then(|hash| hash.try_into().ok());
            hash.map(CertificateHash).ok_or(RequestError::Field {
                field: "certificate",
                wanted: "the SHA-256 of a certificate in standard base64",
            })
        };
        Ok(Self {
            issuers: issuers.iter().map(name).collect::<Result<_, _>>()?,
            certificate: certificate.map(hash).transpose()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_a_hash_are_read_and_written_the_same() {
        let wanted = Wanted::parse(Some(vec![text(b"name")]), Some(&text(&[7; 32]))).unwrap();
        assert_eq!(wanted.issuers, [b"name"]);
        assert_eq!(wanted.certificate, Some(CertificateHash([7; 32])));
        assert_eq!(
            serde_json::to_value(&wanted).unwrap(),
            serde_json::json!({"issuers": [text(b"name")], "certificate": text(&[7; 32])})
        );
    }

    #[test]
    fn what_is_neither_is_refused_by_its_field() {
        let field = |issuers, certificate| match Wanted::parse(issuers, certificate) {
            Err(RequestError::Field { field, .. }) => field,
            other => panic!("{other:?}"),
        };
        assert_eq!(field(Some(vec![text(b"name"); 33]), None), "issuers");
        assert_eq!(field(Some(vec!["no base64".to_owned()]), None), "issuers");
        assert_eq!(field(Some(vec![String::new()]), None), "issuers");
        assert_eq!(field(Some(vec![text(&[0; 5000])]), None), "issuers");
        assert_eq!(field(None, Some("AAAA")), "certificate");
    }
}
