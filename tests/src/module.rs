//! Where Linux distributions keep the PKCS #11 modules that the tests use.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

/// OpenSC's module, for the emulated PIV card.
///
/// # Errors
/// When OpenSC is not installed.
pub(crate) fn opensc() -> Result<PathBuf> {
    find(&["opensc-pkcs11.so", "pkcs11/opensc-pkcs11.so"]).context("OpenSC is not installed")
}

/// SoftHSM's module.
///
/// # Errors
/// When SoftHSM is not installed.
pub(crate) fn softhsm() -> Result<PathBuf> {
    find(&["softhsm/libsofthsm2.so", "pkcs11/libsofthsm2.so"]).context("SoftHSM is not installed")
}

/// Debian has a folder for each processor in `/usr/lib`, others have `/usr/lib64`.
fn find(names: &[&str]) -> Option<PathBuf> {
    let mut folders = vec![PathBuf::from("/usr/lib64"), PathBuf::from("/usr/lib")];
    for entry in Path::new("/usr/lib").read_dir().ok()?.flatten() {
        folders.push(entry.path());
    }
    let mut paths = folders
        .iter()
        .flat_map(|folder| names.iter().map(|name| folder.join(name)));
    paths.find(|path| path.exists())
}
