//! Where modules are on Windows. Read about, not seen.

use std::path::PathBuf;

use super::{Places, files};

/// The known modules that are there, most special first. `System32` is the folder of 64-bit
/// libraries for a 64-bit program; what is in `SysWOW64` alone is of 32 bits, and cannot be loaded.
pub(super) fn all(places: &Places) -> Vec<PathBuf> {
    let known = [
        r"Windows\System32\HiCOSPKCS11.dll",
        r"Windows\System32\HiCOSPKCS11v32.dll",
        r"Windows\System32\open_gpki_pkcs11.dll",
        r"Program Files\OpenSC Project\OpenSC\pkcs11\opensc-pkcs11.dll",
    ];
    files(known.map(|path| places.at(path))).collect()
}

/// Where libraries are.
pub(super) fn library_folders(places: &Places) -> Vec<PathBuf> {
    vec![places.at(r"Windows\System32")]
}
