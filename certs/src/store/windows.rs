//! Owner only, by what the folder gives: below `%LOCALAPPDATA%` that is the person, administrators
//! and the system. An access list of our own comes with the installer for Windows.

use std::{fs::File, io, path::Path};

use tempfile::NamedTempFile;

use crate::Error;

pub(super) fn create_private_folder(folder: &Path) -> io::Result<()> {
    std::fs::create_dir_all(folder)
}

pub(super) fn private_file(folder: &Path) -> io::Result<NamedTempFile> {
    tempfile::Builder::new()
        .prefix(".localhost-")
        .tempfile_in(folder)
}

pub(super) fn check_private(_file: &File, _path: &Path) -> Result<(), Error> {
    Ok(())
}
