//! Where modules are on macOS. Read about, not seen.

use std::path::PathBuf;

use super::{Places, files};

/// The known modules that are there, most special first.
pub(super) fn all(places: &Places) -> Vec<PathBuf> {
    let below_home = |path: &str| places.home.as_ref().map(|home| home.join(path));
    let hicos = [
        below_home("Library/HiPKILocalSignServer/libHicos_p11v1.dylib"),
        below_home("lib/libHicos_p11v1.dylib"),
    ];
    let others = [
        "/Library/FBTokenLib/libHicos_p11v1.dylib",
        "/usr/local/lib/libopen_gpki_pkcs11.dylib",
        "/Library/OpenSC/lib/opensc-pkcs11.so",
        "/usr/local/lib/opensc-pkcs11.so",
    ];
    let hicos = hicos.into_iter().flatten();
    files(hicos.chain(others.map(|path| places.at(path)))).collect()
}

/// Where libraries are.
pub(super) fn library_folders(places: &Places) -> Vec<PathBuf> {
    ["/opt/homebrew/lib", "/usr/local/lib"]
        .map(|folder| places.at(folder))
        .into()
}
