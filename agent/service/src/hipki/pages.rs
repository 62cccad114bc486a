//! What is the same for everybody: the popups, the page that lets a site in, a few files.
//!
//! The popup's script is built from `bridge-js/src/hipki-page.ts`; it alone reads `event.origin`,
//! so it is small, static, and pinned by its hash.
//!
//! Spec: docs/hicos.md, "The popup"; docs/threat-model.md, C-17, C-18.

use hyper::{StatusCode, body::Bytes};

use super::{
    code::{MINORS, Major, minor_words},
    route::{First, Route},
};
use crate::{
    answer::{self, Answer, content},
    bridge::Page,
};

const POPUP: &str = include_str!("pages/popup.html");
const ADD_DOMAIN: &str = include_str!("pages/add-domain.html");
const SELF_TEST: &str = include_str!("pages/self-test.html");
const HERE: &str = include_str!("pages/here.html");
const STYLE: &str = include_str!("../bridge/page.css");
const POPUP_SCRIPT: &str = include_str!("../../../../bridge-js/dist/hipki-page.js");
const ADD_DOMAIN_SCRIPT: &str = include_str!("../../../../bridge-js/dist/hipki-add-domain.js");
/// Tells whoever opened the page that Chop is here; it is no secret, and takes no answer.
const HERE_SCRIPT: &str = "opener?.postMessage({ chop: 'here' }, '*')";
const WAITING: &[u8] = include_bytes!("pages/waiting.gif");

/// All of them, ready to send.
pub(super) struct Pages {
    root: Bytes,
    popup: Page,
    card_management: Page,
    add_domain: Page,
    self_test: Page,
    here: Page,
    error_codes: Bytes,
}

impl Pages {
    pub(super) fn new(version: &str) -> Self {
        let popup = |first| Page::new(&POPUP.replace("{{first}}", first), STYLE, POPUP_SCRIPT);
        Self {
            // Scripts of IT departments look for exactly this.
            root: format!(
                "<!doctype html>\n<html lang=\"zh-Hant-TW\"><meta charset=\"utf-8\">\
                 <title>Chop</title><p>Chop 印 version:{version}</p></html>\n"
            )
            .into(),
            popup: popup("getTbs"),
            card_management: popup("CMCAtn"),
            add_domain: Page::new(ADD_DOMAIN, STYLE, ADD_DOMAIN_SCRIPT),
            self_test: Page::new(SELF_TEST, STYLE, ""),
            here: Page::new(HERE, STYLE, HERE_SCRIPT),
            error_codes: error_codes().into(),
        }
    }

    /// The page of a route, if it has one.
    pub(super) fn answer(&self, route: Route) -> Option<Answer> {
        let html = "text/html; charset=utf-8";
        Some(match route {
            Route::Root => content(StatusCode::OK, html, self.root.clone()),
            Route::Popup(First::GetTbs) => self.popup.answer(),
            Route::Popup(First::CmcAtn) => self.card_management.answer(),
            Route::AddDomain => self.add_domain.answer(),
            Route::SelfTest => self.self_test.answer(),
            Route::Here => self.here.answer(),
            // Pages of other sites show and run these two.
            Route::ErrorCodes => answer::embeddable(content(
                StatusCode::OK,
                "text/javascript; charset=utf-8",
                self.error_codes.clone(),
            )),
            Route::Waiting => answer::embeddable(content(StatusCode::OK, "image/gif", WAITING)),
            _ => return None,
        })
    }
}

/// The words for numbers, as two functions that pages load.
fn error_codes() -> String {
    let case = |number: String, words: &str| format!("    case {number}: return '{words}';\n");
    let majors: String = Major::ALL
        .iter()
        .map(|major| case(format!("0x{:08X}", major.code()), major.words()))
        .collect();
    let minors: String = MINORS
        .iter()
        .map(|minor| case(minor.to_string(), minor_words(*minor)))
        .collect();
    format!(
        "function MajorErrorReason(rcode) {{\n  if (rcode < 0) rcode += 0x100000000;\n  switch (rcode) {{\n\
         {majors}    default: return '未知錯誤 ' + rcode.toString(16);\n  }}\n}}\n\
         function MinorErrorReason(rcode) {{\n  if (rcode > 0x7FFFFFFF) rcode -= 0x100000000;\n  switch (rcode) {{\n\
         {minors}    default: return rcode ? rcode.toString(16) : '';\n  }}\n}}\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_root_has_the_version_as_scripts_look_for_it() {
        let pages = Pages::new("1.3.4.5");
        assert!(
            str::from_utf8(&pages.root)
                .unwrap()
                .contains("version:1.3.4.5")
        );
    }

    #[test]
    fn the_words_are_for_every_number() {
        let script = error_codes();
        for words in [
            "case 0x76100006: return 'IC卡登入失敗'",
            "case -2147483647: return",
        ] {
            assert!(script.contains(words), "{script}");
        }
    }
}
