//! What can go wrong on the server's side. None of it is ever shown to a page.

use std::path::PathBuf;

/// Why the portal cannot start, or cannot do what it was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The database cannot be reached, or refused a statement.
    #[error("the database failed")]
    Database(#[from] sqlx::Error),
    /// The database's tables cannot be brought up to date.
    #[error("the database cannot be migrated")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// A row that this program cannot have written.
    #[error("the column {column} has a value that is not one of its own")]
    Row {
        /// The column's name.
        column: &'static str,
    },
    /// The session could not be loaded or stored.
    #[error("the session store failed")]
    Session(#[from] tower_sessions::session::Error),
    /// The system's random source failed.
    #[error("the system has no random bytes")]
    Random,
    /// A file cannot be read.
    #[error("{path} cannot be read")]
    Read {
        /// Which one.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The settings file is not what it should be.
    #[error("{path} is not a settings file")]
    Settings {
        /// Which one.
        path: PathBuf,
        /// Where and why.
        source: toml::de::Error,
    },
    /// A file or folder that should hold PEM certificates or a key does not.
    #[error("{path} has no {what} in PEM")]
    Pem {
        /// Which one.
        path: PathBuf,
        /// What was looked for.
        what: &'static str,
    },
    /// Certificate and key do not make a TLS server.
    #[error("certificate and key do not fit")]
    Tls(#[from] rustls::Error),
    /// A file of trust anchors holds something else than authorities' certificates in PEM.
    #[error("{path} cannot be trusted")]
    Anchor {
        /// Which file.
        path: PathBuf,
        /// Why not.
        source: chop_verifier::AnchorError,
    },
    /// The company has an account already.
    #[error("this company has an account already")]
    AccountExists,
    /// A 統一編號 is eight digits with a check digit; this is not.
    #[error("this is not a 統一編號")]
    Ban(#[from] chop_verifier::BanError),
    /// A page could not be written.
    #[error("a template failed")]
    Template(#[from] askama::Error),
}
