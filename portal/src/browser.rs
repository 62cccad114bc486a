//! A browser, by the secret in its cookie.
//!
//! The secret alone costs the database nothing: a row comes with a challenge, a verified card or a
//! sign-in (see `sessions`). Forms carry a token made from it, so that no other site can send them.
//!
//! Spec: threats C-24, C-25.

use std::convert::Infallible;

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, HeaderValue, header, request::Parts},
    response::{IntoResponseParts, ResponseParts},
};
use chop_challenges::Session;

use crate::{
    Error,
    secret::{fingerprint, same, token},
};

/// `__Host-`: browsers take it from this host alone, over https, for `/`.
const NAME: &str = "__Host-portal";

/// What every cookie of ours has. None outlives the browser, which people share in offices.
const FLAGS: &str = "Path=/; Secure; HttpOnly; SameSite=Lax";

/// The length of a secret: 32 bytes in base64.
const LENGTH: usize = 43;

/// A browser. As a part of a response it sets its cookie, if that is new.
#[derive(Clone)]
pub(crate) struct Browser {
    secret: String,
    is_new: bool,
}

impl Browser {
    /// A browser with a new secret: the one of before is worth nothing any more.
    ///
    /// # Errors
    /// [`Error::Random`].
    pub(crate) fn new() -> Result<Self, Error> {
        Ok(Self {
            secret: token()?,
            is_new: true,
        })
    }

    /// What the database calls it.
    pub(crate) fn key(&self) -> String {
        fingerprint(&self.secret)
    }

    /// Whom its challenges belong to.
    pub(crate) fn session(&self) -> Session {
        Session::of(&self.secret)
    }

    /// The token that our own forms carry.
    pub(crate) fn form_token(&self) -> String {
        fingerprint(&format!("form {}", self.secret))
    }

    /// Whether a form was made for this browser.
    pub(crate) fn made(&self, form_token: &str) -> bool {
        same(&self.form_token(), form_token)
    }

    fn of(headers: &HeaderMap) -> Option<Self> {
        let secret = headers
            .get_all(header::COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .find_map(|(name, value)| (name == NAME).then_some(value))?;
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
        (secret.len() == LENGTH && secret.bytes().all(plain)).then(|| Self {
            secret: secret.to_owned(),
            is_new: false,
        })
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Browser {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        // Several parts of one request ask; all get the same one.
        if let Some(browser) = parts.extensions.get::<Self>() {
            return Ok(browser.clone());
        }
        let browser = Self::of(&parts.headers).unwrap_or_else(|| {
            // A system without random bytes could not have made its own TLS keys.
            Self::new().expect("the system has random bytes")
        });
        parts.extensions.insert(browser.clone());
        Ok(browser)
    }
}

impl IntoResponseParts for Browser {
    type Error = Infallible;

    fn into_response_parts(self, mut answer: ResponseParts) -> Result<ResponseParts, Infallible> {
        let cookie = format!("{NAME}={}; {FLAGS}", self.secret);
        if let (true, Ok(cookie)) = (self.is_new, HeaderValue::try_from(cookie)) {
            answer.headers_mut().append(header::SET_COOKIE, cookie);
        }
        Ok(answer)
    }
}

/// As a part of a response it takes the cookie away.
pub(crate) struct Forgotten;

impl IntoResponseParts for Forgotten {
    type Error = Infallible;

    fn into_response_parts(self, mut answer: ResponseParts) -> Result<ResponseParts, Infallible> {
        let cookie = format!("{NAME}=; Max-Age=0; {FLAGS}");
        if let Ok(cookie) = HeaderValue::try_from(cookie) {
            answer.headers_mut().append(header::SET_COOKIE, cookie);
        }
        Ok(answer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(cookie: &str) -> Option<String> {
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, cookie.parse().unwrap());
        Browser::of(&headers).map(|browser| browser.secret)
    }

    #[test]
    fn a_secret_of_ours_is_read() {
        let secret = "A".repeat(LENGTH);
        let cookies = format!("a=b; {NAME}={secret}; c=d");
        assert_eq!(with(&cookies), Some(secret));
    }

    #[test]
    fn what_cannot_be_ours_is_not() {
        for odd in ["", "short", &"A".repeat(LENGTH + 1), &"é".repeat(LENGTH)] {
            let mut headers = HeaderMap::new();
            let cookie = HeaderValue::from_bytes(format!("{NAME}={odd}").as_bytes()).unwrap();
            headers.insert(header::COOKIE, cookie);
            assert!(Browser::of(&headers).is_none(), "{odd}");
        }
    }

    #[test]
    fn a_form_is_good_in_its_own_browser_alone() {
        let (one, other) = (Browser::new().unwrap(), Browser::new().unwrap());
        assert!(one.made(&one.form_token()));
        assert!(!one.made(&other.form_token()) && !one.made("") && !one.made(&one.key()));
    }
}
