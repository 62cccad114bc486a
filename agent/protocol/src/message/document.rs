//! Documents to be signed.

use std::fmt;

use serde::Deserialize;

use super::bytes;
use crate::Hash;

/// The longest name of a document, in characters.
const LONGEST_NAME: usize = 100;

/// A document to be signed.
///
/// Spec: docs/protocol.md, "Sign documents".
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Document {
    /// Its name, as the site calls it.
    pub name: DocumentName,
    /// What is signed.
    pub body: DocumentBody,
}

/// What is signed of a document.
#[derive(Clone, Eq, PartialEq)]
pub enum DocumentBody {
    /// All of it, which the signature then holds.
    Content(Vec<u8>),
    /// Its digest, of as many bytes as the hash has; the signature is detached.
    Digest {
        /// Which.
        hash: Hash,
        /// The digest.
        digest: Vec<u8>,
    },
}

/// A site's name for a document: fit to be shown.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct DocumentName(String);

/// Why a document is not one.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum DocumentError {
    /// Empty, too long, or with characters that cannot be shown.
    #[error(
        "a document's name has 1 to 100 characters, none of them a control or direction character, and no space at its ends"
    )]
    Name,
    /// Not base64.
    #[error("the content or the digest is not standard base64")]
    NotBase64,
    /// Neither a content alone nor a digest with its hash.
    #[error("a document has either a content, or a digest and its hash")]
    Body,
    /// A digest of another length than its hash has.
    #[error("the digest does not have the length of its hash")]
    DigestLength,
}

impl DocumentName {
    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn parse(text: String) -> Result<Self, DocumentError> {
        let shown = |c: char| !c.is_control() && !is_invisible(c);
        let fits = (1..=LONGEST_NAME).contains(&text.chars().count());
        match fits && text.chars().all(shown) && text.trim() == text {
            true => Ok(Self(text)),
            false => Err(DocumentError::Name),
        }
    }
}

/// Signs that turn, hide or break the text around them (Unicode's Cf, Zl and Zp, and fillers that
/// look like nothing).
fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}'
            | '\u{34f}'
            | '\u{600}'..='\u{605}'
            | '\u{61c}'
            | '\u{6dd}'
            | '\u{70f}'
            | '\u{115f}'..='\u{1160}'
            | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}'
            | '\u{110bd}'
            | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}'
    )
}

impl fmt::Debug for DocumentBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Content(content) => write!(f, "Content({} bytes)", content.len()),
            Self::Digest { hash, .. } => write!(f, "Digest({hash:?})"),
        }
    }
}

/// As it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Wire {
    name: String,
    content: Option<String>,
    digest: Option<String>,
    hash: Option<WireHash>,
}

#[derive(Clone, Copy, Deserialize)]
enum WireHash {
    #[serde(rename = "sha-256")]
    Sha256,
    #[serde(rename = "sha-384")]
    Sha384,
    #[serde(rename = "sha-512")]
    Sha512,
}

impl TryFrom<Wire> for Document {
    type Error = DocumentError;

    fn try_from(wire: Wire) -> Result<Self, DocumentError> {
        let decoded = |text: String| bytes(&text).ok_or(DocumentError::NotBase64);
        let body = match (wire.content, wire.digest, wire.hash) {
            (Some(content), None, None) => DocumentBody::Content(decoded(content)?),
            (None, Some(digest), Some(hash)) => {
                let (hash, length) = match hash {
                    WireHash::Sha256 => (Hash::Sha256, 32),
                    WireHash::Sha384 => (Hash::Sha384, 48),
                    WireHash::Sha512 => (Hash::Sha512, 64),
                };
                let digest = decoded(digest)?;
                if digest.len() != length {
                    return Err(DocumentError::DigestLength);
                }
                DocumentBody::Digest { hash, digest }
            }
            _ => return Err(DocumentError::Body),
        };
        Ok(Self {
            name: DocumentName::parse(wire.name)?,
            body,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(json: &str) -> Result<Document, DocumentError> {
        serde_json::from_str::<Wire>(json).unwrap().try_into()
    }

    #[test]
    fn a_document_is_its_content_or_a_digest() {
        let whole = parse(r#"{"name":"申請書.xml","content":"PGEvPg=="}"#).unwrap();
        assert_eq!(whole.name.as_str(), "申請書.xml");
        assert_eq!(whole.body, DocumentBody::Content(b"<a/>".to_vec()));
        let digest = format!(
            r#"{{"name":"a","digest":"{}","hash":"sha-256"}}"#,
            "A".repeat(43) + "="
        );
        assert_eq!(
            parse(&digest).unwrap().body,
            DocumentBody::Digest {
                hash: Hash::Sha256,
                digest: vec![0; 32]
            }
        );
        for odd in [
            r#"{"name":"a"}"#,
            r#"{"name":"a","content":"","digest":"AAAA","hash":"sha-256"}"#,
            r#"{"name":"a","digest":"AAAA"}"#,
            r#"{"name":"a","content":"","hash":"sha-256"}"#,
        ] {
            assert_eq!(parse(odd), Err(DocumentError::Body), "{odd}");
        }
        let short = r#"{"name":"a","digest":"AAAA","hash":"sha-256"}"#;
        assert_eq!(parse(short), Err(DocumentError::DigestLength));
        let bad = r#"{"name":"a","content":"?"}"#;
        assert_eq!(parse(bad), Err(DocumentError::NotBase64));
    }

    #[test]
    fn a_name_that_would_deceive_in_a_window_is_none() {
        let named = |name: &str| DocumentName::parse(name.to_owned());
        let longest = "名".repeat(100);
        for good in ["a", "合約 (2).pdf", "שלום.txt", &longest] {
            assert!(named(good).is_ok(), "{good:?}");
        }
        let long = "名".repeat(101);
        for odd in [
            "",
            " ",
            " a",
            "a\n",
            "a\u{202e}fdp.exe",
            "a\u{200b}",
            "\u{2066}a",
            "a\u{2028}b",
            "\u{3164}",
            "a\u{0}",
            "a\u{e0041}",
            &long,
        ] {
            assert_eq!(named(odd), Err(DocumentError::Name), "{odd:?}");
        }
    }
}
