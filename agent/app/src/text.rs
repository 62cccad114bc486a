//! What people read.
//!
//! The sentences are in `words/`, a Fluent file for each language, compiled in; here is which of them
//! is said when, and what stands in it. The self-test still has its sentences in Rust, in two
//! languages at once: [`Words`].
//!
//! Spec: Project Fluent, syntax 1.0.

pub mod code;
pub mod command;
pub mod doctor;
mod language;
pub mod prompt;
pub mod tray;

use std::borrow::Cow;

use fluent_bundle::FluentValue;

pub use language::Language;

/// A sentence, in no language yet: [`Language::say`] puts it into one.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    id: &'static str,
    part: Option<&'static str>,
    arguments: Vec<(&'static str, FluentValue<'static>)>,
}

/// The message of this name in the files of `words/`.
const fn message(id: &'static str) -> Message {
    Message {
        id,
        part: None,
        arguments: Vec::new(),
    }
}

impl Message {
    /// Puts something into it.
    fn with(mut self, name: &'static str, value: impl Into<FluentValue<'static>>) -> Self {
        self.arguments.push((name, value.into()));
        self
    }

    /// What stands beneath it.
    #[must_use]
    pub fn more(&self) -> Self {
        self.part("more")
    }

    /// What to do about it.
    #[must_use]
    pub fn next(&self) -> Self {
        self.part("next")
    }

    fn part(&self, part: &'static str) -> Self {
        Self {
            part: Some(part),
            ..self.clone()
        }
    }
}

/// One sentence in both languages.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Words {
    /// Traditional Chinese, Taiwan usage.
    pub zh: Cow<'static, str>,
    /// English.
    pub en: Cow<'static, str>,
}

impl Words {
    /// Both on one line, for window titles, menus and tool tips.
    #[must_use]
    pub fn line(&self) -> String {
        format!("{} {}", self.zh, self.en)
    }
}

/// A sentence that never changes.
const fn fixed(zh: &'static str, en: &'static str) -> Words {
    Words {
        zh: Cow::Borrowed(zh),
        en: Cow::Borrowed(en),
    }
}

/// A sentence with something in it.
fn filled(zh: String, en: String) -> Words {
    Words {
        zh: Cow::Owned(zh),
        en: Cow::Owned(en),
    }
}

#[cfg(test)]
mod tests;
