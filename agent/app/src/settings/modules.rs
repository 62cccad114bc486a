//! PKCS #11 modules that are used when nobody names any: those that are installed.

use std::path::{Path, PathBuf};

/// Where the modules of cards we know are put, most specific first.
///
/// Only OpenSC has been run with Chop; the others are named by their makers' packages.
const KNOWN: &[&str] = if cfg!(windows) {
    &[r"C:\Windows\System32\HiCOSPKCS11.dll"]
} else if cfg!(target_os = "macos") {
    &["/Library/OpenSC/lib/opensc-pkcs11.so"]
} else {
    &[
        "/usr/lib/x86_64-linux-gnu/pkcs11/opensc-pkcs11.so",
        "/usr/lib/aarch64-linux-gnu/pkcs11/opensc-pkcs11.so",
        "/usr/lib64/pkcs11/opensc-pkcs11.so",
        "/usr/lib/pkcs11/opensc-pkcs11.so",
    ]
};

/// Those of the known modules that are on this machine.
pub(super) fn installed() -> Vec<PathBuf> {
    KNOWN
        .iter()
        .map(Path::new)
        .filter(|path| path.is_file())
        .map(Path::to_path_buf)
        .collect()
}
