//! Why a certificate, its file or a trust store cannot be used.

use std::{io, path::PathBuf, time::SystemTime};

/// Why a certificate, its file or a trust store cannot be used. Never carries a key.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The certificates could not be made: no randomness, or a time outside what X.509 can say.
    #[error("the localhost certificate could not be made")]
    Generate(#[source] rcgen::Error),

    /// There is no localhost certificate yet.
    #[error("{} does not exist", path.display())]
    Missing {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// A file or folder could not be read or written.
    #[error("{} could not be {action}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// What was tried, such as `read`.
        action: &'static str,
        /// Why not.
        #[source]
        cause: io::Error,
    },
    /// Others than its owner can read or write the file: the key in it may be known to them.
    #[error("{} is open to others ({how})", path.display())]
    Exposed {
        /// Which.
        path: PathBuf,
        /// To whom: `mode 0644`; on Windows the identifier of the account or group.
        how: String,
    },

    /// The file is torn or holds something else.
    #[error("the localhost certificate's file is damaged: {what}")]
    Damaged {
        /// What is missing or wrong.
        what: &'static str,
    },
    /// The key is not the one in the certificate.
    #[error("the localhost key does not fit its certificate")]
    KeyMismatch,
    /// The authority is not confined to localhost as ours are.
    #[error("the localhost authority is not confined to localhost")]
    Unconfined,
    /// The validity starts later: the computer's clock is behind.
    #[error("the localhost certificate is not valid yet")]
    NotYetValid {
        /// When it starts.
        not_before: SystemTime,
    },
    /// The validity is over.
    #[error("the localhost certificate has expired")]
    Expired {
        /// When it ended.
        not_after: SystemTime,
    },
    /// The leaf does not come from the authority, or does not name localhost.
    #[error("the localhost certificate does not stand up: {0}")]
    Chain(#[source] webpki::Error),

    /// The system refused something that is no file.
    #[error("{what}")]
    System {
        /// What could not be done.
        what: &'static str,
        /// Why not.
        #[source]
        cause: io::Error,
    },
    /// A program that we need is not installed.
    #[error("{program} is not installed (on Debian and Ubuntu: apt install {package})")]
    ToolMissing {
        /// Its name.
        program: &'static str,
        /// The package that has it.
        package: &'static str,
    },
    /// A program that we need did not do it.
    #[error("{program} failed: {message}")]
    Tool {
        /// Its name.
        program: &'static str,
        /// What it said.
        message: String,
    },
}

impl Error {
    /// For `map_err` after a call of the system.
    pub(crate) fn system(what: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |cause| Self::System { what, cause }
    }

    /// For `map_err` after a file operation.
    pub(crate) fn file(
        action: &'static str,
        path: impl Into<PathBuf>,
    ) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |cause| Self::File {
            path,
            action,
            cause,
        }
    }
}
