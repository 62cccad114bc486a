//! The popup page, and the tickets that let it ask for the origin that opened it.
//!
//! The script is built from `bridge-js/src/page.ts`; it alone reads `event.origin`, so it is small,
//! static, and pinned by its hash.
//!
//! Spec: docs/protocol.md, "The popup"; docs/threat-model.md, C-17.

mod tickets;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use hyper::{
    StatusCode,
    body::Bytes,
    header::{CONTENT_SECURITY_POLICY, HeaderValue, X_FRAME_OPTIONS},
};
use ring::digest;

use crate::answer::{self, Answer};

pub(crate) use tickets::Tickets;

const DOCUMENT: &str = include_str!("bridge/page.html");
const STYLE: &str = include_str!("bridge/page.css");
const SCRIPT: &str = include_str!("../../../bridge-js/dist/page.js");

/// A page of ours, ready to send.
pub(crate) struct Page {
    document: Bytes,
    policy: HeaderValue,
}

impl Page {
    /// The native protocol's popup.
    pub(crate) fn popup() -> Self {
        Self::new(DOCUMENT, STYLE, SCRIPT)
    }

    /// A document with style and script in it, and nothing but these.
    pub(crate) fn new(document: &str, style: &str, script: &str) -> Self {
        let document = document
            .replace("{{style}}", style)
            .replace("{{script}}", script);
        // `frame-ancestors`: nobody frames it, so nobody can lay something over it.
        let policy = format!(
            "default-src 'none'; script-src 'sha256-{}'; style-src 'sha256-{}'; \
             connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
            hash(script),
            hash(style)
        );
        let policy = HeaderValue::try_from(policy).expect("base64 and our own words are ASCII");
        Self {
            document: document.into(),
            policy,
        }
    }

    /// No `Cross-Origin-Opener-Policy`: it would cut the tie to the page that opened this one.
    pub(crate) fn answer(&self) -> Answer {
        let mut answer = answer::content(
            StatusCode::OK,
            "text/html; charset=utf-8",
            self.document.clone(),
        );
        let headers = answer.headers_mut();
        headers.insert(CONTENT_SECURITY_POLICY, self.policy.clone());
        headers.insert(X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
        answer
    }
}

fn hash(text: &str) -> String {
    STANDARD.encode(digest::digest(&digest::SHA256, text.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn style_and_script_stand_in_the_document_exactly_as_they_are_pinned() {
        let page = Page::popup();
        let document = str::from_utf8(&page.document).unwrap();
        assert!(document.contains(&format!("<style>{STYLE}</style>")));
        assert!(document.contains(&format!("<script>{SCRIPT}</script>")));
        assert_eq!(document.matches("<script").count(), 1);
        assert_eq!(document.matches("<style").count(), 1);
        for text in [STYLE, SCRIPT] {
            // CR would be normalized by the parser, and the hash would not fit.
            assert!(!text.contains("</") && !text.contains("<!--") && !text.contains('\r'));
        }
        assert!(document.contains("<p id=\"state\""));
    }
}
