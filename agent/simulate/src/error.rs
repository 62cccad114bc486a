//! Why cards could not be made, or their authorities written.

use std::{io, path::PathBuf};

/// Why there are no simulated cards.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A key or a certificate could not be made.
    #[error("the simulated cards could not be made")]
    Made(#[from] chop_testpki::Error),
    /// The folder for the authorities has something in it already.
    #[error("{} is not empty", folder.display())]
    FolderInUse {
        /// Which.
        folder: PathBuf,
    },
    /// The authorities could not be written.
    #[error("{} cannot be written", path.display())]
    Write {
        /// What.
        path: PathBuf,
        /// Why.
        #[source]
        cause: io::Error,
    },
}
