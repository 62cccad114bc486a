//! What an operator sets: a TOML file.

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use serde::Deserialize;

use crate::Error;

/// The service's settings. [`Settings::read`] says what is missing or wrong.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Settings {
    /// `unix:/path`, `ADDRESS:PORT` of loopback, or any address with [`Settings::tls`].
    pub listen: String,
    /// The origins of the sites that use it, as browsers write them.
    pub origins: Vec<String>,
    /// PEM files with the authorities that are trusted.
    pub anchors: Vec<PathBuf>,
    /// PEM files with authorities between them and the cards.
    #[serde(default)]
    pub intermediates: Vec<PathBuf>,
    /// Where challenges wait: `sqlite:FILE`, `postgres://…` or `redis://…`.
    pub store: String,
    /// Where revocation is learnt.
    #[serde(default)]
    pub revocation: Revocation,
    /// What is asked beyond the default, and what is let pass.
    #[serde(default)]
    pub rules: Rules,
    /// For connections from other machines: both sides show certificates.
    pub tls: Option<Tls>,
}

/// Where revocation is learnt.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct Revocation {
    /// Addresses of lists that are kept fresh.
    pub lists: Vec<String>,
    /// Files with lists, DER, read once at the start.
    pub files: Vec<PathBuf>,
    /// Where fetched lists are kept; needed if anything is fetched.
    pub folder: Option<PathBuf>,
    /// Asks the OCSP responder, and the lists, that the certificate of each native login names.
    pub ask_for_each_card: bool,
    /// `http://HOST:PORT` of a proxy.
    pub proxy: Option<String>,
    /// Relaxation: hosts of OCSP responders whose answers count without our nonce.
    pub allow_no_nonce_from: Vec<String>,
    /// Lets addresses in certificates lead into private networks.
    pub allow_private_addresses: bool,
}

/// What is asked beyond the default, and what is let pass; each `allow_…` is a method of the verifier
/// and says there what it costs.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct Rules {
    /// A GPKI assurance level, 1 to 4.
    pub require_assurance: Option<u8>,
    /// OIDs of policies, one of which has to hold.
    pub require_policies: Vec<String>,
    /// OIDs of policies that are refused.
    pub refuse_policies: Vec<String>,
    /// Relaxation: cards of which nobody says whether they were revoked.
    pub allow_unknown_revocation: bool,
    /// Relaxation: the same for authorities alone.
    pub allow_unknown_revocation_of_authorities: bool,
    /// Relaxation: lists that are out of date, for so many hours.
    pub allow_stale_lists_hours: u64,
    /// Relaxation: SHA-1 in logins of the HiPKI form.
    pub allow_sha1_in_hipki_sign_ins: bool,
    /// Relaxation: SHA-1 signatures by authorities with these SHA-256 fingerprints (hexadecimal).
    pub allow_sha1_signatures_of: Vec<String>,
    /// Relaxation: the cards of `chop simulate`, for tests of a site. Never for the site itself.
    pub allow_simulated_cards: bool,
    /// Relaxation: sites on `http://localhost`, for whoever writes one on their own machine.
    pub allow_plain_localhost: bool,
    /// Relaxation: logins whose challenge the caller keeps itself. Whoever does not take it out of its
    /// store first lets a login be posted twice.
    pub allow_callers_challenges: bool,
}

/// TLS with certificates on both sides.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Tls {
    /// The service's certificate, then those between it and its root, in PEM.
    pub certificate: PathBuf,
    /// Its private key in PEM.
    pub key: PathBuf,
    /// The authorities of those who may call, in PEM.
    pub client_authorities: PathBuf,
}

impl Settings {
    /// Reads a settings file. Relative paths in it are relative to the working folder.
    ///
    /// # Errors
    /// [`Error::Read`], [`Error::Settings`].
    pub fn read(path: &Path) -> Result<Self, Error> {
        let text = read(path)?;
        toml::from_str(&text).map_err(|source| Error::Settings {
            path: path.to_owned(),
            source: Box::new(source),
        })
    }
}

impl Rules {
    pub(crate) fn stale_lists(&self) -> Duration {
        Duration::from_secs(self.allow_stale_lists_hours.saturating_mul(3600))
    }
}

/// A text file.
pub(crate) fn read(path: &Path) -> Result<String, Error> {
    fs::read_to_string(path).map_err(|source| Error::Read {
        path: path.to_owned(),
        source,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_in_the_readme_is_read() {
        let readme = include_str!("../README.md");
        let (_, rest) = readme.split_once("```toml\n").unwrap();
        let (example, _) = rest.split_once("```").unwrap();
        let settings: Settings = toml::from_str(example).unwrap();
        assert_eq!(settings.origins, ["https://portal.example"]);
        assert_eq!(settings.rules.require_assurance, Some(3));
    }

    #[test]
    fn a_setting_that_there_is_not_is_refused() {
        let least = "listen = 'unix:/a'\norigins = []\nanchors = []\nstore = 'sqlite:a'\n";
        assert!(toml::from_str::<Settings>(least).is_ok());
        for odd in [
            "port = 1",
            "[rules]\nallow_everything = true",
            "[tls]\nkey = 'a'",
        ] {
            let text = format!("{least}{odd}");
            assert!(toml::from_str::<Settings>(&text).is_err(), "{odd}");
        }
        assert!(toml::from_str::<Settings>("").is_err());
    }
}
