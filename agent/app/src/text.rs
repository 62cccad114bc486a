//! Every sentence that people read: Traditional Chinese as used in Taiwan, and English.

pub mod cards;
pub mod doctor;
pub mod faults;
pub mod grants;
pub mod prompt;
pub mod tray;

use std::borrow::Cow;

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

/// `s` where English wants it.
fn plural(count: impl Into<u64>) -> &'static str {
    if count.into() == 1 { "" } else { "s" }
}
