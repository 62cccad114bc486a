//! Which language a page is in: Traditional Chinese, or English for whoever asked for it.
//!
//! `?lang=en` on any page asks, and a cookie remembers it. The browser's own list is not looked
//! at: most of its owners here never chose one, and the site's first language is Chinese.

use std::convert::Infallible;

use axum::{
    extract::{FromRequestParts, Request},
    http::{HeaderMap, HeaderValue, Uri, header, request::Parts},
    middleware::Next,
    response::Response,
};

const COOKIE: &str = "__Host-lang";

/// A language of the site.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) enum Language {
    /// Traditional Chinese, as it is used in Taiwan.
    #[default]
    Chinese,
    /// English.
    English,
}

impl Language {
    /// The one of two texts that is in this language.
    pub(crate) fn say<'a>(self, chinese: &'a str, english: &'a str) -> &'a str {
        match self {
            Self::Chinese => chinese,
            Self::English => english,
        }
    }

    /// For the attribute `lang`.
    pub(crate) fn tag(self) -> &'static str {
        self.say("zh-Hant-TW", "en")
    }

    pub(crate) fn code(self) -> &'static str {
        self.say("zh", "en")
    }

    pub(crate) fn from_code(code: &str) -> Option<Self> {
        [Self::Chinese, Self::English]
            .into_iter()
            .find(|language| language.code() == code)
    }

    fn asked_for(uri: &Uri) -> Option<Self> {
        let query = uri.query()?;
        query
            .split('&')
            .filter_map(|pair| pair.strip_prefix("lang="))
            .find_map(Self::from_code)
    }

    fn remembered(headers: &HeaderMap) -> Option<Self> {
        headers
            .get_all(header::COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .find_map(|(name, value)| (name == COOKIE).then(|| Self::from_code(value))?)
    }

    /// What a request asks for, or asked for before.
    pub(crate) fn of(uri: &Uri, headers: &HeaderMap) -> Self {
        Self::asked_for(uri)
            .or_else(|| Self::remembered(headers))
            .unwrap_or_default()
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Language {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::of(&parts.uri, &parts.headers))
    }
}

/// Remembers for a year what `?lang=` asked for.
pub(crate) async fn remember(request: Request, next: Next) -> Response {
    let asked = Language::asked_for(request.uri());
    let mut response = next.run(request).await;
    if let Some(language) = asked {
        let code = language.code();
        let cookie =
            format!("{COOKIE}={code}; Path=/; Max-Age=31536000; Secure; HttpOnly; SameSite=Lax");
        if let Ok(cookie) = HeaderValue::from_str(&cookie) {
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn language(uri: &str, cookie: &str) -> Language {
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, cookie.parse().unwrap());
        Language::of(&uri.parse().unwrap(), &headers)
    }

    #[test]
    fn chinese_comes_first() {
        assert_eq!(language("/", ""), Language::Chinese);
        assert_eq!(language("/?lang=xx", "__Host-lang=xx"), Language::Chinese);
    }

    #[test]
    fn what_is_asked_for_goes_before_what_is_remembered() {
        assert_eq!(language("/", "a=b; __Host-lang=en"), Language::English);
        assert_eq!(language("/?lang=zh", "__Host-lang=en"), Language::Chinese);
        assert_eq!(language("/?a=b&lang=en", ""), Language::English);
    }
}
