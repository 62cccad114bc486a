//! What keeps the service from starting.

use std::{io, path::PathBuf};

use chop_verifier::{AnchorError, CrlError};

/// Why the service cannot start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file cannot be read.
    #[error("cannot read {path}")]
    Read {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The settings are not TOML, or have a key that there is not.
    #[error("{path} is not a settings file")]
    Settings {
        /// Which.
        path: PathBuf,
        /// Why.
        source: Box<toml::de::Error>,
    },
    /// A setting that cannot be used.
    #[error("the setting `{setting}` cannot be used: {why}")]
    Setting {
        /// Its name.
        setting: &'static str,
        /// Why.
        why: String,
    },
    /// A file with authorities cannot be used.
    #[error("the authorities in {path} cannot be used")]
    Anchors {
        /// Which.
        path: PathBuf,
        /// Why.
        source: AnchorError,
    },
    /// A list in a file cannot be used.
    #[error("the list in {path} cannot be used")]
    List {
        /// Which.
        path: PathBuf,
        /// Why.
        source: CrlError,
    },
    /// The store for challenges cannot be opened.
    #[error("the store for challenges cannot be opened")]
    Store(#[from] chop_challenges::Error),
    /// Lists cannot be fetched.
    #[error("lists cannot be fetched")]
    Fetch(#[from] chop_fetch::Error),
    /// The address cannot be listened on.
    #[error("cannot listen on {address}")]
    Listen {
        /// Which.
        address: String,
        /// Why.
        source: io::Error,
    },
    /// The certificate or key for TLS cannot be used.
    #[error("TLS cannot be set up")]
    Tls(#[source] Box<dyn std::error::Error + Send + Sync>),
}
