//! The pages that people see: what each shows. How they look is in `templates` and `assets`.

pub(crate) mod account;
pub(crate) mod activate;
pub(crate) mod apply;
pub(crate) mod bind;
pub(crate) mod card;
pub(crate) mod error;
pub(crate) mod exemptions;
pub(crate) mod fields;
pub(crate) mod help;
pub(crate) mod hicos;
pub(crate) mod home;
mod labels;
pub(crate) mod mail;
pub(crate) mod operator;
pub(crate) mod password;
pub(crate) mod pending;
pub(crate) mod profile;
pub(crate) mod sessions;
pub(crate) mod sign_in;

pub(crate) use error::PageError;

use askama::Template;
use axum::response::{Html, IntoResponse as _, Response};
use time::{OffsetDateTime, UtcOffset, macros::format_description};

use crate::{
    Error, Kind,
    language::Language,
    visitor::{Visitor, Who},
};

/// What the frame around every page shows.
pub(crate) struct Frame {
    language: Language,
    /// What forms carry.
    token: String,
    /// The path of the page.
    path: String,
    nav: Nav,
}

/// What the head of a page offers.
enum Nav {
    Nobody,
    Holder { name: String, kind: Kind },
    Operator { name: String },
}

impl Frame {
    /// For nobody in particular, on a page without forms.
    pub(crate) fn of(language: Language) -> Self {
        Self {
            language,
            token: String::new(),
            path: String::new(),
            nav: Nav::Nobody,
        }
    }

    /// For whoever asks.
    pub(crate) fn around(visitor: &Visitor) -> Self {
        let nav = match &visitor.who {
            Who::Nobody | Who::Applicant(_) => Nav::Nobody,
            Who::Holder(signed_in) => Nav::Holder {
                name: signed_in.account.profile.name.clone(),
                kind: signed_in.account.kind,
            },
            Who::Operator(signer) => Nav::Operator {
                name: signer.name.clone(),
            },
        };
        Self {
            language: visitor.language,
            token: visitor.browser.form_token(),
            path: visitor.path.clone(),
            nav,
        }
    }

    /// The one of two texts that is in the page's language.
    pub(crate) fn say<'a>(&self, chinese: &'a str, english: &'a str) -> &'a str {
        self.language.say(chinese, english)
    }

    fn language(&self) -> Language {
        self.language
    }

    fn is_english(&self) -> bool {
        self.language == Language::English
    }

    fn holder(&self) -> Option<&str> {
        match &self.nav {
            Nav::Holder { name, .. } => Some(name),
            _ => None,
        }
    }

    /// The holder signs in with a password.
    fn has_password(&self) -> bool {
        matches!(&self.nav, Nav::Holder { kind, .. } if kind.is_cardless())
    }

    /// The holder's account is known by each card of its own.
    fn has_own_card(&self) -> bool {
        matches!(&self.nav, Nav::Holder { kind, .. } if kind.is_citizen())
    }

    /// Whether this is the page at a path.
    fn is_at(&self, path: &str) -> bool {
        self.path == path
    }

    /// Whether this is the page at a path, or one below it.
    fn is_under(&self, path: &str) -> bool {
        self.path.starts_with(path)
    }

    fn is_signed_in(&self) -> bool {
        !matches!(self.nav, Nav::Nobody)
    }

    /// What a word of the database is called.
    fn word<'a>(&self, word: &'a str) -> &'a str {
        labels::label(word, self.language)
    }

    fn operator(&self) -> Option<&str> {
        match &self.nav {
            Nav::Operator { name } => Some(name),
            _ => None,
        }
    }
}

/// A page's text.
///
/// # Errors
/// [`Error::Template`].
pub(crate) fn render(page: &impl Template) -> Result<Html<String>, Error> {
    Ok(Html(page.render()?))
}

/// A page with a form, for this visitor's browser.
///
/// # Errors
/// [`PageError::Fault`].
pub(crate) fn answer(visitor: Visitor, page: &impl Template) -> Result<Response, PageError> {
    Ok((visitor.browser, render(page)?).into_response())
}

/// Milliseconds since 1970 as a clock in Taipei shows them.
pub(crate) fn in_taipei(milliseconds: i64) -> String {
    let format = format_description!("[year]-[month]-[day] [hour]:[minute]");
    let offset = UtcOffset::from_hms(8, 0, 0).unwrap_or(UtcOffset::UTC);
    OffsetDateTime::from_unix_timestamp(milliseconds.div_euclid(1000))
        .ok()
        .and_then(|time| time.to_offset(offset).format(&format).ok())
        .unwrap_or_default()
}

/// The name of a kind of account.
pub(crate) fn kind_name(kind: Kind, language: Language) -> &'static str {
    match kind {
        Kind::Company => language.say("工商憑證帳號", "Company account"),
        Kind::Citizen => language.say("自然人憑證帳號", "Citizen account"),
        Kind::Cardless => language.say("非憑證帳號", "Account without a card"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_those_of_taipei() {
        assert_eq!(in_taipei(1_764_000_000_000), "2025-11-25 00:00");
    }
}
