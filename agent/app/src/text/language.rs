//! The languages there are, and which one a person reads.

use std::{fmt, str::FromStr, sync::OnceLock};

use fluent_bundle::{FluentArgs, FluentResource, FluentValue, concurrent::FluentBundle};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Argument, Message};

// `FILES`: each language's tag and its file, Chinese first and English second.
include!(concat!(env!("OUT_DIR"), "/languages.rs"));

/// What stands in for a message that a language lacks.
const FALLBACK: [Language; 2] = [Language::ENGLISH, Language::CHINESE];

/// A language that windows, menus and commands can speak.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Language(usize);

/// A name that is no language's here.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("no such language")]
pub struct Unknown;

impl Language {
    /// Traditional Chinese, as used in Taiwan.
    pub const CHINESE: Self = Self(0);
    /// English.
    pub const ENGLISH: Self = Self(1);

    /// All there are.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..FILES.len()).map(Self)
    }

    /// Its tag, such as `zh-TW`.
    ///
    /// Spec: BCP 47.
    #[must_use]
    pub fn tag(self) -> &'static str {
        FILES.get(self.0).map_or("", |(tag, _)| tag)
    }

    /// Its own name for itself.
    #[must_use]
    pub fn name(self) -> String {
        self.say(&super::message("language-name"))
    }

    /// The language of the person's system.
    #[must_use]
    pub fn of_system() -> Self {
        Self::for_locale(sys_locale::get_locale().as_deref().unwrap_or_default())
    }

    /// The best there is for a locale, such as `zh_TW.UTF-8` or `en-GB`. A system that names no
    /// language is taken for one in Taiwan; who reads another one is more likely to read English.
    #[must_use]
    pub fn for_locale(locale: &str) -> Self {
        let tag = locale.split(['.', '@']).next().unwrap_or_default();
        let tag = tag.replace('_', "-");
        let language = |tag: &str| tag.split('-').next().unwrap_or_default().to_lowercase();
        let wanted = language(&tag);
        if matches!(wanted.as_str(), "" | "c" | "posix") {
            return Self::CHINESE;
        }
        tag.parse()
            .ok()
            .or_else(|| Self::all().find(|known| language(known.tag()) == wanted))
            .unwrap_or(Self::ENGLISH)
    }

    /// The sentence in this language.
    #[must_use]
    pub fn say(self, message: &Message) -> String {
        let mut said = std::iter::once(self)
            .chain(FALLBACK)
            .filter_map(|language| language.try_to_say(message));
        said.next().unwrap_or_else(|| message.id.to_owned())
    }

    fn try_to_say(self, message: &Message) -> Option<String> {
        let bundle = self.bundle()?;
        let found = bundle.get_message(message.id)?;
        let pattern = match message.part {
            None => found.value()?,
            Some(part) => found.get_attribute(part)?.value(),
        };
        let value = |argument: &Argument| match argument {
            Argument::Text(text) => FluentValue::from(text.clone()),
            Argument::Number(number) => FluentValue::from(*number),
            Argument::Message(message) => FluentValue::from(self.say(message)),
        };
        let arguments = message.arguments.iter();
        let arguments: FluentArgs<'_> = arguments.map(|(name, it)| (*name, value(it))).collect();
        // What is missing in it is said by name; a test sees to it that nothing is.
        let mut errors = Vec::new();
        let said = bundle.format_pattern(pattern, Some(&arguments), &mut errors);
        Some(said.into_owned())
    }

    fn bundle(self) -> Option<&'static FluentBundle<FluentResource>> {
        static BUNDLES: [OnceLock<FluentBundle<FluentResource>>; FILES.len()] =
            [const { OnceLock::new() }; FILES.len()];
        let (tag, text) = FILES.get(self.0)?;
        let bundle = BUNDLES.get(self.0)?;
        Some(bundle.get_or_init(|| {
            let tag = tag.parse().unwrap_or_default();
            let mut bundle = FluentBundle::new_concurrent(vec![tag]);
            // Marks around what is filled in would be drawn as boxes; directions are our own doing.
            bundle.set_use_isolating(false);
            let (Ok(resource) | Err((resource, _))) = FluentResource::try_new((*text).to_owned());
            bundle.add_resource_overriding(resource);
            bundle
        }))
    }
}

impl FromStr for Language {
    type Err = Unknown;

    fn from_str(tag: &str) -> Result<Self, Unknown> {
        let same = |known: &Self| known.tag().eq_ignore_ascii_case(tag);
        Self::all().find(same).ok_or(Unknown)
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.tag())
    }
}

impl Serialize for Language {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.tag())
    }
}

impl<'de> Deserialize<'de> for Language {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let tag = String::deserialize(deserializer)?;
        tag.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_locale_finds_its_language() {
        for (locale, tag) in [
            ("zh_TW.UTF-8", "zh-TW"),
            ("zh-Hant-TW", "zh-TW"),
            ("zh_HK", "zh-TW"),
            ("en_GB.UTF-8", "en"),
            ("EN", "en"),
            ("ja_JP.UTF-8", "en"),
            ("C.UTF-8", "zh-TW"),
            ("POSIX", "zh-TW"),
            ("", "zh-TW"),
        ] {
            assert_eq!(Language::for_locale(locale).tag(), tag, "{locale}");
        }
    }

    #[test]
    fn chinese_comes_first_and_english_second() {
        assert_eq!(Language::CHINESE.tag(), "zh-TW");
        assert_eq!(Language::ENGLISH.tag(), "en");
        assert_eq!(Language::CHINESE.name(), "中文");
    }

    #[test]
    fn what_no_language_has_is_said_by_its_name() {
        let unknown = super::super::message("no-such-message");
        assert_eq!(Language::ENGLISH.say(&unknown), "no-such-message");
    }
}
