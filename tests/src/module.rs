//! Where Linux distributions keep the PKCS #11 modules that the tests use.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

/// OpenSC's module, for the emulated PIV card.
///
/// # Errors
/// When OpenSC is not installed.
pub fn opensc() -> Result<PathBuf> {
    find(&["opensc-pkcs11.so", "pkcs11/opensc-pkcs11.so"]).context("OpenSC is not installed")
}

/// SoftHSM's module.
///
/// # Errors
/// When SoftHSM is not installed.
pub fn softhsm() -> Result<PathBuf> {
    find(&["softhsm/libsofthsm2.so", "pkcs11/libsofthsm2.so"]).context("SoftHSM is not installed")
}

/// NSS's module, which browsers keep keys with.
///
/// # Errors
/// When NSS is not installed.
pub fn softokn() -> Result<PathBuf> {
    find(&["libsoftokn3.so", "nss/libsoftokn3.so"]).context("NSS is not installed")
}

/// p11-kit's module for tokens of another process.
///
/// # Errors
/// When its package is not installed.
pub fn p11_kit_client() -> Result<PathBuf> {
    find(&["pkcs11/p11-kit-client.so"]).context("p11-kit-modules is not installed")
}

/// Debian has a folder for each processor in `/usr/lib`, others have `/usr/lib64`.
fn find(names: &[&str]) -> Option<PathBuf> {
    let mut folders = vec![PathBuf::from("/usr/lib64"), PathBuf::from("/usr/lib")];
    for entry in Path::new("/usr/lib").read_dir().ok()?.flatten() {
        // Not browsers' folders, which have modules with libraries of their own.
        if entry.file_name().to_string_lossy().contains("-linux-") {
            folders.push(entry.path());
        }
    }
    let mut paths = folders
        .iter()
        .flat_map(|folder| names.iter().map(|name| folder.join(name)));
    paths.find(|path| path.exists())
}
