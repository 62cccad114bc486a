//! A challenge and what it is known by.

use std::time::SystemTime;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chop_protocol::Challenge;
use ring::digest::{SHA256, digest};

use crate::{Error, LIFETIME};

/// Whose challenge it is: a browser's session, by the hash of its secret.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct Session(String);

impl Session {
    /// `secret` is what only this browser and the server know: the value of the session's cookie.
    #[must_use]
    pub fn of(secret: &str) -> Self {
        Self(fingerprint(secret))
    }

    /// The hash, 43 characters of base64url.
    pub(crate) fn key(&self) -> &str {
        &self.0
    }
}

/// A challenge on its way to the page.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Issued {
    /// What the card signs.
    pub challenge: Challenge,
    /// What the page sends back with the answer: it names the challenge, and proves that the answer
    /// comes from the page that was given it.
    pub id: String,
    /// The first moment at which it is of no use.
    pub expires_at: SystemTime,
}

impl Issued {
    /// A new one.
    pub(crate) fn new(now: SystemTime) -> Result<Self, Error> {
        let (mut challenge, mut id) = ([0; 32], [0; 16]);
        for bytes in [challenge.as_mut_slice(), &mut id] {
            getrandom::fill(bytes).map_err(|_| Error::Random)?;
        }
        Ok(Self {
            challenge: Challenge::from_random(challenge),
            id: URL_SAFE_NO_PAD.encode(id),
            expires_at: now + LIFETIME,
        })
    }
}

/// The SHA-256 of a secret, 43 characters of base64url.
pub(crate) fn fingerprint(secret: &str) -> String {
    URL_SAFE_NO_PAD.encode(digest(&SHA256, secret.as_bytes()))
}

/// Milliseconds since 1970; 0 before it.
pub(crate) fn millis(time: SystemTime) -> i64 {
    let since = time.duration_since(SystemTime::UNIX_EPOCH);
    let millis = since.unwrap_or_default().as_millis();
    i64::try_from(millis).unwrap_or(i64::MAX)
}

/// What is left of a challenge that was taken out at `now`.
pub(crate) fn in_time(
    challenge: &str,
    expires_at: i64,
    now: SystemTime,
) -> Result<Option<Challenge>, Error> {
    if millis(now) >= expires_at {
        return Ok(None);
    }
    challenge.parse().map(Some).map_err(|_| Error::Entry)
}
