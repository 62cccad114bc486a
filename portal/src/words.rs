//! What the page tells a person for each state and code of a sign-in, and what they can do next.
//!
//! One table, three parts: what the agent answers, what the bridge finds out in the page, and what
//! this site answers. The page carries all of them; its script shows the one with the right key.

mod agent;
mod bridge;
mod site;

use crate::language::Language;

/// Every text, by where its key comes from.
pub(crate) const WORDS: [&[Words]; 3] = [agent::WORDS, bridge::WORDS, site::WORDS];

/// The text for one key. `{n}` in it is a number that the script knows.
pub(crate) struct Words {
    key: &'static str,
    tone: Tone,
    chinese: Text,
    english: Text,
}

/// What happened, and the next step.
struct Text {
    title: &'static str,
    next: &'static str,
}

/// How a text is shown.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Tone {
    /// Something is under way; it can be cancelled.
    Progress,
    /// Nothing is wrong; the person can try again.
    Calm,
    /// Something is wrong; after the next step the person can try again.
    Warning,
    /// Trying again is of no use before somebody else has done something.
    Stop,
}

impl Words {
    const fn new(
        key: &'static str,
        tone: Tone,
        (title, next): (&'static str, &'static str),
        (english_title, english_next): (&'static str, &'static str),
    ) -> Self {
        Self {
            key,
            tone,
            chinese: Text { title, next },
            english: Text {
                title: english_title,
                next: english_next,
            },
        }
    }

    /// The state or code.
    pub(crate) fn key(&self) -> &'static str {
        self.key
    }

    /// The tone, as the style sheet calls it.
    pub(crate) fn tone(&self) -> &'static str {
        match self.tone {
            Tone::Progress => "progress",
            Tone::Calm => "calm",
            Tone::Warning => "warning",
            Tone::Stop => "stop",
        }
    }

    /// Whether it is a state on the way, not an end.
    pub(crate) fn is_under_way(&self) -> bool {
        self.tone == Tone::Progress
    }

    /// What happened.
    pub(crate) fn title(&self, language: Language) -> &'static str {
        language.say(self.chinese.title, self.english.title)
    }

    /// The next step.
    pub(crate) fn next(&self, language: Language) -> &'static str {
        language.say(self.chinese.next, self.english.next)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use chop_protocol::ErrorCode;
    use serde::Serialize;

    use super::*;
    use crate::problem::Code;

    const BRIDGE: &str = include_str!("../../bridge-js/dist/index.js");

    fn has(key: &str) -> bool {
        WORDS
            .iter()
            .copied()
            .flatten()
            .any(|words| words.key == key)
    }

    fn snake_case(code: impl Serialize) -> String {
        serde_json::to_value(code)
            .unwrap()
            .as_str()
            .unwrap()
            .to_owned()
    }

    #[test]
    fn every_code_of_the_agent_has_words() {
        for code in ErrorCode::ALL.iter().copied().map(snake_case) {
            assert!(has(&code), "{code}");
        }
    }

    #[test]
    fn every_code_of_this_site_has_words() {
        for code in Code::ALL.map(snake_case) {
            assert!(has(&code), "{code}");
        }
    }

    #[test]
    fn every_code_of_the_bridge_has_words() {
        let list = BRIDGE
            .split_once("BRIDGE_CODES = [")
            .unwrap()
            .1
            .split_once("];")
            .unwrap()
            .0;
        let codes: Vec<_> = list
            .lines()
            .map(str::trim)
            .filter_map(|line| {
                line.trim_end_matches(',')
                    .strip_prefix('"')?
                    .strip_suffix('"')
            })
            .collect();
        assert!(codes.len() > 10, "{codes:?}");
        for code in codes {
            assert!(has(code), "{code}");
        }
    }

    #[test]
    fn every_state_of_the_bridge_has_words() {
        let states: Vec<_> = BRIDGE
            .split("state: \"")
            .skip(1)
            .filter_map(|rest| rest.split_once('"'))
            .map(|(state, _)| state)
            .collect();
        assert!(states.len() > 4, "{states:?}");
        for state in states {
            assert!(has(state), "{state}");
        }
    }

    #[test]
    fn every_key_that_the_script_names_has_words() {
        let script = concat!(
            include_str!("../assets/card.js"),
            include_str!("../assets/login.js"),
            include_str!("../assets/sign.js"),
            include_str!("../assets/hicos.js"),
        );
        let after = |mark| {
            script
                .split(mark)
                .skip(1)
                .filter_map(|rest| rest.split_once('\''))
        };
        let keys: Vec<_> = after("say('")
            .chain(after("code: '"))
            .chain(after("words('"))
            .map(|(key, _)| key)
            .collect();
        assert!(keys.len() > 3, "{keys:?}");
        for key in keys {
            assert!(has(key), "{key}");
        }
    }

    #[test]
    fn no_key_is_there_twice_and_nothing_is_left_empty() {
        let mut seen = HashSet::new();
        for words in WORDS.iter().copied().flatten() {
            assert!(seen.insert(words.key), "{}", words.key);
            for text in [&words.chinese, &words.english] {
                assert!(
                    !text.title.is_empty() && !text.next.is_empty(),
                    "{}",
                    words.key
                );
            }
            let numbers = |text: &Text| text.title.contains("{n}") || text.next.contains("{n}");
            assert_eq!(
                numbers(&words.chinese),
                numbers(&words.english),
                "{}",
                words.key
            );
        }
    }
}
