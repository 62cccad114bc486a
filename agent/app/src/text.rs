//! What people read.
//!
//! The sentences are in `words/`, a Fluent file for each language, compiled in; here is which of them
//! is said when, and what stands in it. The self-test still has its sentences in Rust, in two
//! languages at once: [`Words`].
//!
//! Spec: Project Fluent, syntax 1.0.

pub mod cards;
pub mod code;
pub mod command;
pub mod desk;
pub mod doctor;
pub mod faults;
pub mod grants;
mod language;
pub mod pin;
pub mod prompt;
pub mod simulate;
pub mod tray;
pub mod wanted;

use std::borrow::Cow;

pub use language::Language;

/// A sentence, in no language yet: [`Language::say`] puts it into one.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    id: &'static str,
    part: Option<&'static str>,
    arguments: Vec<(&'static str, Argument)>,
}

/// What stands in a sentence.
#[derive(Clone, Debug, PartialEq)]
enum Argument {
    Text(String),
    Number(u64),
    /// Said in the same language.
    Message(Message),
}

/// Kinds of values that stand in sentences.
macro_rules! arguments {
    ($($type:ty: $argument:expr;)*) => {$(
        impl From<$type> for Argument {
            fn from(value: $type) -> Self {
                $argument(value)
            }
        }
    )*};
}

arguments! {
    String: Self::Text;
    u64: Self::Number;
    u8: |value| Self::Number(u64::from(value));
    usize: |value| Self::Number(value as u64);
    Message: Self::Message;
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
    fn with(mut self, name: &'static str, value: impl Into<Argument>) -> Self {
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
    /// What of the two somebody reads who reads this language.
    #[must_use]
    pub fn in_language(&self, language: Language) -> &str {
        match language {
            Language::CHINESE => &self.zh,
            _ => &self.en,
        }
    }

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
