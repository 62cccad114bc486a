//! What every page has around it.

use std::borrow::Borrow;

use super::Notice;
use crate::{
    line::Page,
    preferences::Preferences,
    settings::Theme,
    text::{Language, Message, code, desk as text},
};

/// What every page has around it, and in which language.
pub(super) struct Frame {
    pub(super) page: Page,
    pub(super) language: Language,
    pub(super) notice: Option<Said>,
    theme: Theme,
}

/// What is said above a page.
pub(super) struct Said {
    pub(super) good: bool,
    pub(super) what: String,
    pub(super) next: Option<String>,
}

impl Frame {
    pub(super) fn new(page: Page, preferences: &Preferences, notice: Option<Notice>) -> Self {
        let language = *preferences.language().borrow();
        Self {
            page,
            language,
            notice: notice.map(|notice| said(&notice, language)),
            theme: *preferences.theme().borrow(),
        }
    }

    pub(super) fn say(&self, message: impl Borrow<Message>) -> String {
        self.language.say(message.borrow())
    }

    pub(super) fn title(&self) -> Message {
        text::page(self.page)
    }

    /// As browsers choose fonts by it.
    pub(super) fn lang(&self) -> &'static str {
        match self.language {
            Language::CHINESE => "zh-Hant-TW",
            other => other.tag(),
        }
    }

    pub(super) fn theme(&self) -> &'static str {
        match self.theme {
            Theme::System => "system",
            Theme::Light => "light",
            Theme::Dark => "dark",
        }
    }

    pub(super) fn color_scheme(&self) -> &'static str {
        match self.theme {
            Theme::System => "light dark",
            Theme::Light => "light",
            Theme::Dark => "dark",
        }
    }

    pub(super) fn pages(&self) -> [Page; 5] {
        Page::ALL
    }

    /// The languages that the page is not in.
    pub(super) fn others(&self) -> impl Iterator<Item = Language> {
        let language = self.language;
        Language::all().filter(move |other| *other != language)
    }
}

fn said(notice: &Notice, language: Language) -> Said {
    let (good, what, next) = match notice {
        Notice::Signed(signed) => {
            let certificate = &signed.certificate;
            let (holder, issuer) = (&certificate.holder, &certificate.issuer);
            let algorithm = format!("{:?}", signed.algorithm).to_uppercase();
            (true, text::signed(holder, issuer, &algorithm), None)
        }
        Notice::NotSigned(code) => {
            let what = code::of(*code);
            let next = what.next();
            (false, what, Some(next))
        }
        Notice::Done(what) => (true, what.clone(), None),
        Notice::NotDone(what) => (false, what.clone(), Some(what.next())),
    };
    Said {
        good,
        what: language.say(&what),
        next: next.map(|next| language.say(&next)),
    }
}
