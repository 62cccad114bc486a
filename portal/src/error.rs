//! What can go wrong on the server's side. None of it is ever shown to a page.

use std::{path::PathBuf, time::Duration};

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
    /// A challenge could not be made, or what the database has is none.
    #[error("challenges cannot be kept")]
    Challenge(#[source] chop_challenges::Error),
    /// Lists of revoked cards cannot be kept: their folder, or the proxy's address.
    #[error("lists of revoked cards cannot be kept")]
    Lists(#[from] chop_fetch::Error),
    /// The mail server's address in the settings is not one.
    #[error("{server} is not the address of a mail server")]
    MailServer {
        /// What the settings say.
        server: String,
        /// Why not.
        source: lettre::transport::smtp::Error,
    },
    /// The sender's address in the settings, or a recipient's, is not one.
    #[error("{text} is not an address for mail")]
    MailAddress {
        /// What was found.
        text: String,
        /// Why not.
        source: lettre::address::AddressError,
    },
    /// A letter could not be put together.
    #[error("a letter could not be written")]
    Letter(#[from] lettre::error::Error),
    /// The company or person has an account already.
    #[error("there is an account of this company or person already")]
    AccountExists,
    /// There is no such account.
    #[error("there is no such account")]
    NoAccount,
    /// The account has no such card.
    #[error("the account has no such card")]
    NoCard,
    /// It is the only card of the account, which would be nobody's without it.
    #[error("this is the account's only card: bind another first, or close the account")]
    LastCard,
    /// A 統一編號 is eight digits with a check digit; this is not.
    #[error("this is not a 統一編號")]
    Ban(#[from] chop_verifier::BanError),
    /// A citizen's certificate has a number of 16 digits; this is not one.
    #[error("this is not the number of a citizen's certificate")]
    CitizenNumber,
    /// A password could not be hashed, or a hash in the database is not one.
    #[error("a password could not be hashed")]
    Password(#[from] argon2::password_hash::Error),
    /// The system lets the portal open fewer files than it takes connections.
    #[error(
        "{limit} files may be open, and {needed} are needed: raise the limit (LimitNOFILE= in \
         systemd's unit, `ulimit -n` in a shell)"
    )]
    FewFiles {
        /// How many may be.
        limit: u64,
        /// How many have to be.
        needed: u64,
    },
    /// Somebody does something too often.
    #[error("too often, for {wait:?}")]
    TooOften {
        /// After how long it can be done again.
        wait: Duration,
    },
    /// A page could not be written.
    #[error("a template failed")]
    Template(#[from] askama::Error),
}

impl Error {
    /// Whether it will pass without anybody's doing in this program: the database starts anew, or
    /// its disk is full.
    pub(crate) fn will_pass(&self) -> bool {
        let Self::Database(error) = self else {
            return false;
        };
        match error {
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed
            | sqlx::Error::Protocol(_) => true,
            sqlx::Error::Database(error) => error.code().is_some_and(|code| is_passing(&code)),
            _ => false,
        }
    }
}

impl From<chop_challenges::Error> for Error {
    fn from(error: chop_challenges::Error) -> Self {
        match error {
            chop_challenges::Error::Database(error) => Self::Database(error),
            error => Self::Challenge(error),
        }
    }
}

/// SQLite: busy, locked, out of memory, read-only, failing or full disk, cannot be opened.
/// PostgreSQL: connection, resource and operator classes (08, 53, 57).
///
/// Spec: SQLite result codes, the lowest eight bits; PostgreSQL, appendix A.
fn is_passing(code: &str) -> bool {
    if code.len() == 5 {
        return ["08", "53", "57"]
            .iter()
            .any(|class| code.starts_with(class));
    }
    let primary = code.parse::<u32>().map(|code| code & 0xff);
    matches!(primary, Ok(5 | 6 | 7 | 8 | 10 | 13 | 14))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_and_a_database_that_starts_will_pass() {
        for code in ["5", "13", "778", "57P03", "53100", "08006"] {
            assert!(is_passing(code), "{code}");
        }
        for code in ["1", "19", "2067", "23505", "42P01", ""] {
            assert!(!is_passing(code), "{code}");
        }
    }
}
