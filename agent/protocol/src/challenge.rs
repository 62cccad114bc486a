//! The server's nonce, as it travels.

use std::{fmt, str::FromStr};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::{Serialize, Serializer};

/// A login challenge in its wire form: 44 to 128 characters of the base64 alphabet.
///
/// It is signed as this text and never decoded. Servers of ours make it from 32 random bytes.
///
/// Spec: docs/protocol.md, "Sign in"; Web eID authentication token, client-side rules.
#[derive(Clone, Eq, Hash, PartialEq)]
pub struct Challenge(String);

/// Why a text is not a challenge.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ChallengeError {
    /// Fewer than 44 or more than 128 characters.
    #[error("a challenge has 44 to 128 characters, this one {length}")]
    Length {
        /// How many bytes there were.
        length: usize,
    },
    /// A character that is not of the standard base64 alphabet.
    #[error("a challenge is standard base64")]
    NotBase64,
}

impl Challenge {
    /// Makes the challenge of 32 random bytes: 44 characters, standard base64 with padding.
    ///
    /// The bytes are given in, because this crate has no source of randomness. They must come
    /// from a cryptographic one, and be used once.
    #[must_use]
    pub fn from_random(bytes: [u8; 32]) -> Self {
        Self(STANDARD.encode(bytes))
    }

    /// The text that is signed.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Challenge {
    type Err = ChallengeError;

    fn from_str(text: &str) -> Result<Self, ChallengeError> {
        if !(44..=128).contains(&text.len()) {
            return Err(ChallengeError::Length { length: text.len() });
        }
        let body = text.trim_end_matches('=');
        let alphabet = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'+' || byte == b'/';
        if text.len() - body.len() > 2 || !body.bytes().all(alphabet) {
            return Err(ChallengeError::NotBase64);
        }
        Ok(Self(text.to_owned()))
    }
}

/// Shown shortened: a challenge in a log is of no use, and whole it could be replayed.
impl fmt::Debug for Challenge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Challenge({}…)", self.0.get(..6).unwrap_or_default())
    }
}

impl Serialize for Challenge {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thirty_two_bytes_make_forty_four_characters() {
        let challenge = Challenge::from_random([0xFF; 32]);
        assert_eq!(
            challenge.as_str(),
            "//////////////////////////////////////////8="
        );
        assert_eq!(challenge.as_str().parse(), Ok(challenge));
    }

    #[test]
    fn length_and_alphabet_are_checked() {
        let of = |length: usize| "A".repeat(length).parse::<Challenge>().map(|_| ());
        assert_eq!(of(43), Err(ChallengeError::Length { length: 43 }));
        assert_eq!(of(44), Ok(()));
        assert_eq!(of(128), Ok(()));
        assert_eq!(of(129), Err(ChallengeError::Length { length: 129 }));
        for odd in ["-", " ", "\n", "\"", "==="] {
            let text = format!("{}{odd}", "A".repeat(48));
            assert_eq!(
                text.parse::<Challenge>(),
                Err(ChallengeError::NotBase64),
                "{odd:?}"
            );
        }
        let text = format!("={}", "A".repeat(48));
        assert_eq!(text.parse::<Challenge>(), Err(ChallengeError::NotBase64));
    }
}
