//! Who asks, as the browser reports it.

use std::{fmt, str::FromStr};

use serde::{Serialize, Serializer};
use url::Url;

/// The longest origin taken, in bytes; a DNS name has at most 253.
const MAX_LENGTH: usize = 255;

/// A canonical `https` web origin, such as `https://login.example:8443`.
///
/// One of `http` is one too, but only through [`Origin::parse`] with another [`Plain`] than
/// [`Plain::Never`].
///
/// Spec: RFC 6454 §6.2 (ASCII serialization); docs/protocol.md, "Who asks".
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct Origin(String);

/// Whether an unencrypted origin may ask.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Plain {
    /// `https` only.
    #[default]
    Never,
    /// `http://localhost` too, on any port: for developers of login pages.
    Localhost,
    /// `http` from everywhere: pages of intranets that were written for HiCOS.
    Everywhere,
}

/// Why a text is not an origin that may ask.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum OriginError {
    /// Not a URL at all; `null` (sandboxed frames, files, redirects) ends here.
    #[error("the origin is not a URL")]
    NotAUrl,
    /// Another scheme than `https`.
    #[error("the origin is not https")]
    NotHttps,
    /// Not the one way of writing this origin: upper case, default port, path, user, trailing dot.
    #[error("the origin is not in its canonical form")]
    NotCanonical,
    /// Longer than 255 bytes.
    #[error("the origin is too long")]
    TooLong,
}

impl Origin {
    /// Reads an origin exactly as a browser writes it into the `Origin` header.
    ///
    /// # Errors
    /// [`OriginError`], each variant as it says.
    pub fn parse(text: &str, plain: Plain) -> Result<Self, OriginError> {
        if text.len() > MAX_LENGTH {
            return Err(OriginError::TooLong);
        }
        let url = Url::parse(text).map_err(|_| OriginError::NotAUrl)?;
        match (url.scheme(), url.host_str(), plain) {
            ("https", Some(_), _)
            | ("http", Some("localhost"), Plain::Localhost)
            | ("http", Some(_), Plain::Everywhere) => {}
            _ => return Err(OriginError::NotHttps),
        }
        let canonical = url.origin().ascii_serialization();
        if canonical != text || url.host_str().is_some_and(|host| host.ends_with('.')) {
            return Err(OriginError::NotCanonical);
        }
        Ok(Self(canonical))
    }

    /// The origin as text, such as `https://login.example:8443`; never a trailing slash.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether what it sends and gets can be read and changed on its way.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        self.0.starts_with("http:")
    }

    /// The host alone, without brackets' removal: `login.example`, `127.0.0.1`, `[::1]`.
    #[must_use]
    pub fn host(&self) -> &str {
        let rest = self.0.split_once("://").map_or("", |(_, rest)| rest);
        match rest.rfind(']') {
            Some(end) => rest.get(..=end).unwrap_or(rest),
            None => rest.split_once(':').map_or(rest, |(host, _)| host),
        }
    }
}

impl FromStr for Origin {
    type Err = OriginError;

    fn from_str(text: &str) -> Result<Self, OriginError> {
        Self::parse(text, Plain::Never)
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for Origin {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn canonical_https_origins_are_taken() {
        for text in [
            "https://bank.example",
            "https://bank.example:8443",
            "https://xn--fiqs8s.example",
            "https://127.0.0.1:9443",
            "https://[::1]:9443",
        ] {
            assert_eq!(
                text.parse::<Origin>().map(|origin| origin.0),
                Ok(text.to_owned())
            );
        }
    }

    #[test]
    fn everything_else_is_refused_by_its_cause() {
        use OriginError::{NotAUrl, NotCanonical, NotHttps, TooLong};
        let long = format!("https://{}.example", "a".repeat(260));
        for (text, cause) in [
            ("", NotAUrl),
            ("null", NotAUrl),
            ("bank.example", NotAUrl),
            ("http://bank.example", NotHttps),
            ("http://localhost:8080", NotHttps),
            ("wss://bank.example", NotHttps),
            ("file:///etc/passwd", NotHttps),
            ("chrome-extension://abcdefgh", NotHttps),
            ("https://bank.example/", NotCanonical),
            ("https://bank.example/a", NotCanonical),
            ("https://bank.example:443", NotCanonical),
            ("https://Bank.example", NotCanonical),
            ("https://user@bank.example", NotCanonical),
            ("https://bank.example.", NotCanonical),
            (" https://bank.example", NotCanonical),
            ("https://bank.example\r\nX: y", NotAUrl),
            ("https://bаnk.example", NotCanonical), // Cyrillic а
            (&long, TooLong),
        ] {
            assert_eq!(text.parse::<Origin>(), Err(cause), "{text:?}");
        }
    }

    #[test]
    fn plain_localhost_needs_the_development_setting() {
        assert!(Origin::parse("http://localhost:8080", Plain::Localhost).is_ok());
        for text in [
            "http://localhost.evil.example",
            "http://127.0.0.1",
            "http://bank.example",
        ] {
            assert_eq!(
                Origin::parse(text, Plain::Localhost),
                Err(OriginError::NotHttps)
            );
        }
    }

    #[test]
    fn the_host_has_neither_scheme_nor_port() {
        for (text, host) in [
            ("https://bank.example:8443", "bank.example"),
            ("https://bank.example", "bank.example"),
            ("https://[::1]:9443", "[::1]"),
        ] {
            assert_eq!(text.parse::<Origin>().unwrap().host(), host);
        }
    }
}
