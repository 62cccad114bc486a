//! What an operator sets: a TOML file, and flags above it.

use std::{
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
};

use chop_protocol::Origin;
use serde::{Deserialize, Deserializer, de};

use crate::Error;

/// The portal's settings.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct Settings {
    /// Where to listen. Behind a proxy that ends TLS this stays on loopback.
    pub listen: SocketAddr,
    /// The site's own origin as browsers write it. Assertions are checked against it.
    #[serde(deserialize_with = "origin")]
    pub origin: Origin,
    /// `sqlite:FILE`, or `postgres://…`.
    pub database: String,
    /// Files with the authorities that are trusted, in PEM, or folders of such files (`*.pem`).
    /// With none, nobody can sign in.
    pub anchors: Vec<PathBuf>,
    /// Whether a company's secondary cards (附卡) may sign in, beside its primary one.
    pub secondary_cards: bool,
    /// Certificate and key, to serve https without a proxy.
    pub tls: Option<Tls>,
}

/// A TLS server's certificate and key.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tls {
    /// The certificate, then those between it and its root, in PEM.
    pub certificate: PathBuf,
    /// The certificate's private key in PEM.
    pub key: PathBuf,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8443)),
            origin: "https://localhost:8443"
                .parse()
                .expect("written above, and tested"),
            database: "sqlite:portal.db".to_owned(),
            anchors: Vec::new(),
            secondary_cards: true,
            tls: None,
        }
    }
}

impl Settings {
    /// Reads a settings file. What it does not say keeps its default; relative paths in it are
    /// relative to the working folder.
    ///
    /// # Errors
    /// [`Error::Read`], [`Error::Settings`].
    pub fn read(path: &Path) -> Result<Self, Error> {
        let text = fs::read_to_string(path).map_err(|source| Error::Read {
            path: path.to_owned(),
            source,
        })?;
        toml::from_str(&text).map_err(|source| Error::Settings {
            path: path.to_owned(),
            source,
        })
    }
}

fn origin<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Origin, D::Error> {
    String::deserialize(deserializer)?
        .parse()
        .map_err(de::Error::custom)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_may_leave_everything_out() {
        let settings: Settings = toml::from_str("").unwrap();
        assert_eq!(settings.origin.as_str(), "https://localhost:8443");
        assert!(settings.tls.is_none() && settings.anchors.is_empty());
    }

    #[test]
    fn every_setting_is_read() {
        let settings: Settings = toml::from_str(
            r#"
            listen = "[::1]:9000"
            origin = "https://apply.example.gov.tw"
            database = "postgres://portal@db/portal"
            anchors = ["/etc/portal/anchors", "extra.pem"]
            secondary_cards = false
            tls = { certificate = "a.pem", key = "b.pem" }
            "#,
        )
        .unwrap();
        assert_eq!(settings.listen.port(), 9000);
        assert_eq!(settings.origin.host(), "apply.example.gov.tw");
        assert_eq!(settings.anchors.len(), 2);
        assert!(!settings.secondary_cards);
        assert_eq!(settings.tls.unwrap().key, Path::new("b.pem"));
    }

    #[test]
    fn a_wrong_origin_or_an_unknown_setting_is_refused() {
        for odd in [
            r#"origin = "http://a.example""#,
            r#"origin = "https://a.example/""#,
            "port = 1",
        ] {
            assert!(toml::from_str::<Settings>(odd).is_err(), "{odd}");
        }
    }
}
