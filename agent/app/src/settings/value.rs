//! Kinds of values: how each is read and shown.

use std::{path::PathBuf, time::Duration};

use chop_protocol::{Origin, Plain};
use chop_service::{PinFrom, Unknown};
use chop_token::Module;

use super::{Kind, LogLevel, Speech, Theme, modules};

/// A kind of values.
pub(super) trait Value: Sized {
    /// For administrators' templates.
    const KIND: Kind;

    /// Reads one; `None` for what is none.
    fn read(value: toml::Value) -> Option<Self>;

    /// As the files have it.
    fn show(&self) -> String;
}

/// Kinds that are texts out of a few.
macro_rules! words {
    ($($type:ty: $($word:literal = $value:expr),*;)*) => {$(
        impl Value for $type {
            const KIND: Kind = Kind::Word(&[$($word),*]);

            fn read(value: toml::Value) -> Option<Self> {
                match value.as_str()? {
                    $($word => Some($value),)*
                    _ => None,
                }
            }

            fn show(&self) -> String {
                let words = [$(($word, $value)),*];
                let word = words.iter().find(|(_, value)| value == self);
                word.map_or_else(String::new, |(word, _)| format!("{word:?}"))
            }
        }
    )*};
}

words! {
    LogLevel: "off" = Self::Off, "error" = Self::Error, "warn" = Self::Warn, "info" = Self::Info,
        "debug" = Self::Debug, "trace" = Self::Trace;
    Theme: "system" = Self::System, "light" = Self::Light, "dark" = Self::Dark;
    PinFrom: "page" = Self::Page, "ask" = Self::Window;
    Unknown: "constant" = Self::Constant, "true" = Self::True;
}

/// A language's tag, or the system's.
impl Value for Speech {
    const KIND: Kind = Kind::Word(&["system", "zh-TW", "en"]);

    fn read(value: toml::Value) -> Option<Self> {
        match value.as_str()? {
            "system" => Some(Self::System),
            tag => tag.parse().ok().map(Self::Always),
        }
    }

    fn show(&self) -> String {
        match self {
            Self::System => "\"system\"".to_owned(),
            Self::Always(language) => format!("\"{language}\""),
        }
    }
}

impl Value for bool {
    const KIND: Kind = Kind::Switch;

    fn read(value: toml::Value) -> Option<Self> {
        value.as_bool()
    }

    fn show(&self) -> String {
        self.to_string()
    }
}

impl Value for u16 {
    const KIND: Kind = Kind::Number;

    fn read(value: toml::Value) -> Option<Self> {
        value.as_integer()?.try_into().ok()
    }

    fn show(&self) -> String {
        self.to_string()
    }
}

impl Value for String {
    const KIND: Kind = Kind::Text;

    fn read(value: toml::Value) -> Option<Self> {
        match value {
            toml::Value::String(text) => Some(text),
            _ => None,
        }
    }

    fn show(&self) -> String {
        format!("{self:?}")
    }
}

impl Value for PathBuf {
    const KIND: Kind = Kind::Text;

    fn read(value: toml::Value) -> Option<Self> {
        String::read(value).map(Self::from)
    }

    fn show(&self) -> String {
        self.display().to_string()
    }
}

/// Whole seconds.
impl Value for Duration {
    const KIND: Kind = Kind::Number;

    fn read(value: toml::Value) -> Option<Self> {
        let seconds = value.as_integer()?.try_into().ok()?;
        Some(Self::from_secs(seconds))
    }

    fn show(&self) -> String {
        self.as_secs().to_string()
    }
}

impl Value for Origin {
    const KIND: Kind = Kind::Text;

    fn read(value: toml::Value) -> Option<Self> {
        Self::parse(value.as_str()?, Plain::Everywhere).ok()
    }

    fn show(&self) -> String {
        self.to_string()
    }
}

/// Its path, or a table with more.
impl Value for Module {
    const KIND: Kind = Kind::Text;

    fn read(value: toml::Value) -> Option<Self> {
        modules::read(value)
    }

    fn show(&self) -> String {
        self.path.show()
    }
}

impl<T: Value> Value for Vec<T> {
    const KIND: Kind = match T::KIND {
        Kind::Number => Kind::Numbers,
        _ => Kind::Texts,
    };

    fn read(value: toml::Value) -> Option<Self> {
        match value {
            toml::Value::Array(items) => items.into_iter().map(T::read).collect(),
            _ => None,
        }
    }

    fn show(&self) -> String {
        let items: Vec<_> = self.iter().map(T::show).collect();
        format!("[{}]", items.join(", "))
    }
}

/// Absent is any.
impl<T: Value> Value for Option<T> {
    const KIND: Kind = T::KIND;

    fn read(value: toml::Value) -> Option<Self> {
        T::read(value).map(Some)
    }

    fn show(&self) -> String {
        self.as_ref().map_or_else(|| "any".to_owned(), T::show)
    }
}
