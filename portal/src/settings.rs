//! What an operator sets: a TOML file, and flags above it.

mod revocation;
mod text;

use std::{
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
};

use chop_protocol::Origin;
use serde::Deserialize;

use crate::{Error, HicosSignIn, client::Network};

pub use revocation::Revocation;
pub use text::{CardName, CardNameError};

/// The portal's settings.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct Settings {
    /// Where to listen. Behind a proxy that ends TLS this stays on loopback.
    pub listen: SocketAddr,
    /// The site's own origin as browsers write it. Assertions are checked against it.
    #[serde(deserialize_with = "text::parsed")]
    pub origin: Origin,
    /// `sqlite:FILE`, or `postgres://…`.
    pub database: String,
    /// A file with that address, alone in its first line: for an address with a password in it. It
    /// goes before `database`.
    pub database_file: Option<PathBuf>,
    /// Files with the authorities that are trusted, in PEM, or folders of such files (`*.pem`).
    /// With none, nobody can sign in with a card.
    pub anchors: Vec<PathBuf>,
    /// Where it is learnt that cards were revoked.
    pub revocation: Revocation,
    /// Whether a company's secondary cards (附卡) may sign in, beside its primary one.
    pub secondary_cards: bool,
    /// Whether cards may sign in as on pages written for HiCOS, at `/hicos`: `off`, `unless-native`
    /// or `always`.
    pub hicos_sign_in: HicosSignIn,
    /// Certificate and key, to serve https without a proxy.
    pub tls: Option<Tls>,
    /// Addresses of the proxies before the site. Their `X-Forwarded-For` is believed.
    #[serde(deserialize_with = "text::list")]
    pub proxies: Vec<Network>,
    /// The mail server. Without one, letters wait.
    pub mail: Option<Mail>,
    /// Whose cards may operate the site.
    #[serde(deserialize_with = "text::list")]
    pub operators: Vec<CardName>,
    /// Where figures are given to a monitoring system, over http; nowhere without it. They are
    /// nobody else's business, so it should not be an address that others reach.
    pub metrics: Option<SocketAddr>,
    /// Relaxation: takes the cards of `chop simulate`, whose authority then has to be among `anchors`.
    /// For tests of the site: whoever runs that program is whoever they like.
    pub allow_simulated_cards: bool,
    /// Where people get the agent; the page that says how has a link to it.
    pub agent_download: Option<String>,
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

/// Where letters are handed over.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mail {
    /// `smtp://HOST:PORT` for a relay on this machine or in a net of one's own,
    /// `smtp://HOST:PORT?tls=required` for STARTTLS, `smtps://HOST:PORT` for TLS from the start.
    pub server: String,
    /// Whom letters come from: `noreply@apply.example`, or `網路線上申辦 <noreply@apply.example>`.
    pub from: String,
    /// The name to log in with, where the server wants one.
    #[serde(default)]
    pub user: Option<String>,
    /// A file with the password, alone in its first line.
    #[serde(default)]
    pub password_file: Option<PathBuf>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8443)),
            origin: "https://localhost:8443"
                .parse()
                .expect("written above, and tested"),
            database: "sqlite:portal.db".to_owned(),
            database_file: None,
            anchors: Vec::new(),
            revocation: Revocation::default(),
            secondary_cards: true,
            hicos_sign_in: HicosSignIn::Off,
            tls: None,
            proxies: Vec::new(),
            mail: None,
            operators: Vec::new(),
            metrics: None,
            allow_simulated_cards: false,
            agent_download: None,
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

    /// Where the database is.
    ///
    /// # Errors
    /// [`Error::Read`].
    pub fn database_address(&self) -> Result<String, Error> {
        match &self.database_file {
            Some(path) => first_line(path),
            None => Ok(self.database.clone()),
        }
    }
}

/// A secret that is alone in the first line of a file.
///
/// # Errors
/// [`Error::Read`].
pub(crate) fn first_line(path: &Path) -> Result<String, Error> {
    let text = fs::read_to_string(path).map_err(|source| Error::Read {
        path: path.to_owned(),
        source,
    })?;
    Ok(text
        .lines()
        .next()
        .unwrap_or_default()
        .trim_end()
        .to_owned())
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
            database_file = "/run/credentials/portal.service/database"
            anchors = ["/etc/portal/anchors", "extra.pem"]
            secondary_cards = false
            hicos_sign_in = "unless-native"
            tls = { certificate = "a.pem", key = "b.pem" }
            proxies = ["127.0.0.1", "10.0.0.0/8"]
            operators = ["citizen:9999000012345678", "company:12345675"]
            metrics = "127.0.0.1:9464"
            allow_simulated_cards = true
            agent_download = "https://chop.example/get"

            [mail]
            server = "smtp://127.0.0.1:25"
            from = "noreply@apply.example.gov.tw"
            user = "portal"
            password_file = "/etc/portal/mail-password"

            [revocation]
            lists = ["http://ca.example/complete.crl"]
            folder = "/var/lib/portal/revocation"
            proxy = "http://proxy.example:3128"
            allow_stale_lists_hours = 6
            allow_unknown_revocation = true
            allow_unknown_revocation_of_authorities = true
            "#,
        )
        .unwrap();
        assert_eq!(settings.listen.port(), 9000);
        assert_eq!(settings.origin.host(), "apply.example.gov.tw");
        assert_eq!(settings.anchors.len(), 2);
        assert!(settings.database_file.is_some());
        assert!(!settings.secondary_cards);
        assert_eq!(settings.hicos_sign_in, HicosSignIn::UnlessNative);
        assert_eq!(settings.tls.unwrap().key, Path::new("b.pem"));
        assert_eq!((settings.proxies.len(), settings.operators.len()), (2, 2));
        assert_eq!(settings.metrics.unwrap().port(), 9464);
        assert_eq!(settings.mail.unwrap().user.unwrap(), "portal");
        assert_eq!(settings.revocation.lists.len(), 1);
        assert_eq!(settings.revocation.allow_stale_lists_hours, 6);
    }

    #[test]
    fn the_databases_address_is_read_from_a_file_of_its_own() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("database");
        fs::write(&file, "postgres://portal:secret@db/portal\n").unwrap();
        let settings = Settings {
            database_file: Some(file.clone()),
            ..Settings::default()
        };
        let address = settings.database_address().unwrap();
        assert_eq!(address, "postgres://portal:secret@db/portal");
        assert!(!format!("{settings:?}").contains("secret"));
        fs::remove_file(&file).unwrap();
        let error = settings.database_address().unwrap_err();
        assert!(error.to_string().contains("database"));
    }

    #[test]
    fn the_file_that_operators_start_from_is_read() {
        let settings: Settings = toml::from_str(include_str!("../deploy/portal.toml")).unwrap();
        assert_eq!(settings.origin.host(), "apply.example.gov.tw");
        assert!(settings.mail.is_some() && settings.metrics.is_some());
    }

    #[test]
    fn what_is_wrong_or_unknown_is_refused() {
        for odd in [
            r#"origin = "http://a.example""#,
            r#"origin = "https://a.example/""#,
            "port = 1",
            r#"hicos_sign_in = "yes""#,
            r#"proxies = ["10.0.0.0/40"]"#,
            r#"operators = ["9999000012345678"]"#,
            r#"operators = ["company:12345678"]"#,
            r#"operators = ["cardless:IN0000000000"]"#,
            r#"mail = { server = "smtp://a" }"#,
            "revocation = { check = false }",
        ] {
            assert!(toml::from_str::<Settings>(odd).is_err(), "{odd}");
        }
    }
}
