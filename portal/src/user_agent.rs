//! Which browser somebody uses: to recognize a session by, and to show the right instructions.
//!
//! Nothing else depends on it: anybody can write anything into the header.

use std::convert::Infallible;

use axum::{
    extract::FromRequestParts,
    http::{header, request::Parts},
};

/// A browser, by its `User-Agent`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct UserAgent {
    pub(crate) maker: Maker,
    system: &'static str,
}

/// Whose browser it is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Maker {
    Chrome,
    Edge,
    Firefox,
    Safari,
    Other,
}

impl UserAgent {
    /// Such as `Firefox, Windows`.
    pub(crate) fn words(self) -> String {
        format!("{}, {}", self.maker.name(), self.system)
    }

    fn of(text: &str) -> Self {
        let has = |word: &&str| text.contains(word);
        // Each of them also writes the names of those it wants to be taken for: the first counts.
        let maker = if has(&"Edg/") {
            Maker::Edge
        } else if has(&"Firefox/") {
            Maker::Firefox
        } else if has(&"Chrome/") || has(&"Chromium/") {
            Maker::Chrome
        } else if has(&"Safari/") {
            Maker::Safari
        } else {
            Maker::Other
        };
        let systems = ["Windows", "Android", "iPhone", "iPad", "Mac OS", "Linux"];
        let system = systems.into_iter().find(has).unwrap_or("?");
        Self { maker, system }
    }
}

impl Maker {
    /// Whether it asks the person before a site may reach local programs.
    pub(crate) fn asks(self) -> bool {
        matches!(self, Self::Chrome | Self::Edge | Self::Firefox)
    }

    /// Whether it is Firefox.
    pub(crate) fn is_firefox(self) -> bool {
        self == Self::Firefox
    }

    /// Its name.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Chrome => "Chrome",
            Self::Edge => "Edge",
            Self::Firefox => "Firefox",
            Self::Safari => "Safari",
            Self::Other => "?",
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for UserAgent {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let text = parts.headers.get(header::USER_AGENT);
        Ok(Self::of(
            text.and_then(|text| text.to_str().ok()).unwrap_or_default(),
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_are_told_apart() {
        for (text, words) in [
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36",
                "Chrome, Windows",
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36 Edg/156.0.0.0",
                "Edge, Windows",
            ),
            (
                "Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0",
                "Firefox, Linux",
            ),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Safari/605.1.15",
                "Safari, Mac OS",
            ),
            ("curl/8.0", "?, ?"),
            ("", "?, ?"),
        ] {
            assert_eq!(UserAgent::of(text).words(), words);
        }
    }
}
