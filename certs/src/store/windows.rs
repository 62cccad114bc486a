//! Owner only, by an access list of our own: the person, administrators and the system.

use std::{fs::File, io, path::Path};

use tempfile::NamedTempFile;

use crate::{Error, acl};

/// Makes the folder, and closes it to others whatever the folder above gives; so one that is there.
pub(super) fn create_private_folder(folder: &Path) -> io::Result<()> {
    std::fs::create_dir_all(folder)?;
    acl::close(folder)
}

/// A new file in `folder`, which is closed to others, and so is what is made in it.
pub(super) fn private_file(folder: &Path) -> io::Result<NamedTempFile> {
    let file = tempfile::Builder::new()
        .prefix(".localhost-")
        .tempfile_in(folder)?;
    // Wine does not pass on what a folder gives.
    acl::close(file.path())?;
    Ok(file)
}

/// The open file gives no right to anyone but its owner, administrators and the system.
pub(super) fn check_private(file: &File, path: &Path) -> Result<(), Error> {
    match acl::stranger(file).map_err(Error::file("looked at", path))? {
        None => Ok(()),
        Some(how) => Err(Error::Exposed {
            path: path.into(),
            how,
        }),
    }
}
