//! The pages that people see: what each shows. How they look is in `templates` and `assets`.

pub(crate) mod account;
pub(crate) mod apply;
pub(crate) mod error;
pub(crate) mod home;

pub(crate) use error::PageError;

use askama::Template;
use axum::response::Html;

use crate::{Error, language::Language, visitor::Visitor};

/// What the frame around every page shows.
pub(crate) struct Frame {
    language: Language,
    holder: Option<Holder>,
}

/// Who is signed in.
struct Holder {
    name: String,
    csrf_token: String,
}

impl Frame {
    /// For nobody in particular.
    pub(crate) fn of(language: Language) -> Self {
        Self {
            language,
            holder: None,
        }
    }

    /// For whoever asks.
    pub(crate) fn around(visitor: &Visitor) -> Self {
        let holder = visitor.signed_in.as_ref().map(|signed_in| Holder {
            name: signed_in.account.name.clone(),
            csrf_token: signed_in.csrf_token().to_owned(),
        });
        Self {
            language: visitor.language,
            holder,
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
}

/// A page's text.
///
/// # Errors
/// [`Error::Template`].
pub(crate) fn render(page: &impl Template) -> Result<Html<String>, Error> {
    Ok(Html(page.render()?))
}
