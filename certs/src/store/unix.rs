//! Owner only, by permission bits.

use std::{
    fs::{DirBuilder, File, Permissions},
    io,
    os::unix::fs::{DirBuilderExt as _, PermissionsExt as _},
    path::Path,
};

use tempfile::NamedTempFile;

use crate::Error;

/// Makes the folder, mode 0700, and its parents as the system likes them. One that is there
/// already is closed to others.
pub(super) fn create_private_folder(folder: &Path) -> io::Result<()> {
    if let Some(parent) = folder.parent() {
        std::fs::create_dir_all(parent)?;
    }
    match DirBuilder::new().mode(0o700).create(folder) {
        Err(cause) if cause.kind() == io::ErrorKind::AlreadyExists => {
            std::fs::set_permissions(folder, Permissions::from_mode(0o700))
        }
        made => made,
    }
}

/// A new file in `folder`, mode 0600 from its first moment.
pub(super) fn private_file(folder: &Path) -> io::Result<NamedTempFile> {
    tempfile::Builder::new()
        .prefix(".localhost-")
        .permissions(Permissions::from_mode(0o600))
        .tempfile_in(folder)
}

/// The open file gives no right to anyone but its owner.
pub(super) fn check_private(file: &File, path: &Path) -> Result<(), Error> {
    let metadata = file.metadata().map_err(Error::file("read", path))?;
    let mode = metadata.permissions().mode() & 0o7777;
    if mode & 0o077 == 0 {
        Ok(())
    } else {
        Err(Error::Exposed {
            path: path.into(),
            how: format!("mode {mode:04o}"),
        })
    }
}
