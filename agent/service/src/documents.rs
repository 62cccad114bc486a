//! Signing documents.
//!
//! Spec: docs/protocol.md, "Sign documents".

use chop_protocol::{Document, DocumentBody, Hash as ProtocolHash, SignAnswer, SignRequest};
use chop_token::{Certificate, Hash, Inventory, KeyKind, Scheme, Signer, Signing, Use};
use ring::digest;
use tokio::sync::watch;

use crate::{
    Clock, DocumentView, Error, Keys, Purpose,
    cms::signed::{Content, Draft, Plan, Profile},
    operation::{Entered, Filter, Operation},
};

/// Documents of a site are signed.
pub(crate) struct SignDocuments<'a> {
    documents: &'a [Document],
    filter: Filter<'a>,
    clock: &'a Clock,
}

/// A text up to so many bytes is shown in full.
const SHORT: usize = 2000;

impl<'a> SignDocuments<'a> {
    pub(crate) fn new(request: &'a SignRequest, issuers: &'a [String], clock: &'a Clock) -> Self {
        Self {
            documents: &request.documents,
            filter: Filter {
                wanted: &request.wanted,
                issuers,
            },
            clock,
        }
    }

    /// What is signed of each document, with this certificate.
    fn drafts(
        &self,
        certificate: &Certificate,
        kind: KeyKind,
        beside: &[Certificate],
    ) -> Result<Vec<Draft>, Error> {
        let mut certificates: Vec<&[u8]> = vec![&certificate.der];
        certificates.extend(issuers_of(certificate, beside));
        let time = self.clock.now();
        let draft = |document: &Document| {
            let (content, scheme) = match &document.body {
                DocumentBody::Content(content) => (Content::Attached(content), kind.scheme()),
                DocumentBody::Digest { hash, digest } => {
                    (Content::Detached(digest), with_hash(kind, *hash))
                }
            };
            let draft = Draft::new(&Plan {
                certificate: &certificate.der,
                certificates: &certificates,
                content,
                scheme,
                hash: scheme.hash().unwrap_or(Hash::Sha256),
                time: Some(time),
                profile: Profile::Document,
            });
            Ok(draft?)
        };
        self.documents.iter().map(draft).collect()
    }
}

impl Operation for SignDocuments<'_> {
    type Answer = SignAnswer;

    fn purpose(&self) -> Purpose {
        Purpose::Sign {
            documents: self.documents.iter().map(view).collect(),
        }
    }

    fn steps(&self) -> usize {
        self.documents.len()
    }

    // 1. What it is for. (2, what the window shows, is the purpose.)
    fn offers(&self, inventory: &Inventory) -> Vec<Signer> {
        self.filter.signers(inventory, Use::Sign)
    }

    async fn carry_out<K: Keys>(
        &self,
        keys: &K,
        with: &Entered,
        progress: &watch::Sender<usize>,
    ) -> Result<Result<SignAnswer, Error>, chop_token::Error> {
        let certificate = with.certificate(keys, Use::Sign).await?;
        let beside = with.beside();
        if !self.filter.passes(&certificate, beside) {
            return Ok(Err(Error::NoCertificate));
        }
        let kind = certificate.key.ok_or(chop_token::Error::Unsupported)?;
        // 3. The structures, and of them the attributes for the card.
        let drafts = match self.drafts(&certificate, kind, beside) {
            Ok(drafts) => drafts,
            Err(error) => return Ok(Err(error)),
        };
        let messages: Vec<_> = drafts.iter().map(signing).collect();
        // 4. All under one PIN, or none.
        let told = |done| {
            progress.send_replace(done);
        };
        let signatures = keys
            .sign(&with.key, &certificate, &with.pin, &messages, told)
            .await?;
        let finished = |(draft, signature): (Draft, Vec<u8>)| draft.finish(&signature);
        let signatures = drafts.into_iter().zip(signatures).map(finished);
        Ok(signatures
            .collect::<Result<_, _>>()
            .map(|signatures| SignAnswer { signatures })
            .map_err(Error::from))
    }
}

fn signing(draft: &Draft) -> Signing {
    Signing {
        scheme: draft.scheme(),
        message: draft.message().to_vec(),
    }
}

/// The key's way of signing, with the hash of a given digest.
fn with_hash(kind: KeyKind, hash: ProtocolHash) -> Scheme {
    let hash = match hash {
        ProtocolHash::Sha256 => Hash::Sha256,
        ProtocolHash::Sha384 => Hash::Sha384,
        ProtocolHash::Sha512 => Hash::Sha512,
    };
    match kind {
        KeyKind::Rsa(_) => Scheme::Pkcs1(hash),
        KeyKind::P256 | KeyKind::P384 | KeyKind::P521 => Scheme::Ecdsa(hash),
    }
}

/// The certificates of its issuers that the card holds, the nearest first.
fn issuers_of<'c>(leaf: &'c Certificate, beside: &'c [Certificate]) -> Vec<&'c [u8]> {
    let mut issuers: Vec<&[u8]> = Vec::new();
    let mut below = leaf;
    while let Some(issuer) = beside
        .iter()
        .find(|it| it.subject_name == below.issuer_name)
    {
        // A root is its own issuer.
        if issuer.der == leaf.der || issuers.contains(&issuer.der.as_slice()) {
            break;
        }
        issuers.push(&issuer.der);
        below = issuer;
    }
    issuers
}

fn view(document: &Document) -> DocumentView {
    let name = document.name.as_str();
    let (hash, digest) = match &document.body {
        DocumentBody::Content(content) => return view_of(name, content),
        DocumentBody::Digest { hash, digest } => (hash, digest),
    };
    let hash = match hash {
        ProtocolHash::Sha256 => "SHA-256",
        ProtocolHash::Sha384 => "SHA-384",
        ProtocolHash::Sha512 => "SHA-512",
    };
    DocumentView {
        name: name.to_owned(),
        size: None,
        digest: (hash.to_owned(), hexadecimal(digest)),
        text: None,
    }
}

/// What is shown of a content.
pub(crate) fn view_of(name: &str, content: &[u8]) -> DocumentView {
    let digest = digest::digest(&digest::SHA256, content);
    DocumentView {
        name: name.to_owned(),
        size: Some(content.len()),
        digest: ("SHA-256".to_owned(), hexadecimal(digest.as_ref())),
        text: short_text(content),
    }
}

/// The content, if it is a short text without characters that cannot be shown.
fn short_text(content: &[u8]) -> Option<String> {
    let text = str::from_utf8(content.get(..content.len().min(SHORT + 1))?).ok()?;
    let shown = |c: char| !c.is_control() || matches!(c, '\n' | '\r' | '\t');
    (content.len() <= SHORT && text.chars().all(shown)).then(|| text.to_owned())
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02X}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_text_is_shown_and_nothing_else() {
        assert_eq!(short_text("登入\n".as_bytes()).as_deref(), Some("登入\n"));
        assert_eq!(short_text(b""), Some(String::new()));
        assert_eq!(short_text(&[b'a'; SHORT]).map(|it| it.len()), Some(SHORT));
        assert_eq!(short_text(&[b'a'; SHORT + 1]), None);
        assert_eq!(short_text(b"a\x00"), None);
        assert_eq!(short_text(b"\xff\xfe"), None);
    }
}
