//! Where Linux distributions and makers of cards put their modules.

use std::path::PathBuf;

use super::{Places, files};

/// The folder that HiCOS for Linux is unpacked into, as its users have published.
const HICOS: &str = "/usr/local/HiPKILocalSignServerApp";

/// The known modules that are there, most special first.
pub(super) fn all(places: &Places) -> Vec<PathBuf> {
    let hicos = ["libHicos_p11v1.so", "libHicos_p11.so"];
    let hicos = hicos.map(|name| places.at(HICOS).join(name));
    let open = [
        "libopen_gpki_pkcs11.so",
        "pkcs11/libopen_gpki_pkcs11.so",
        "open-gpki-pkcs11-linux-amd64.so",
        "open-gpki-pkcs11-linux-arm64.so",
    ];
    let opensc = ["pkcs11/opensc-pkcs11.so", "opensc-pkcs11.so"];
    let below_libraries = |names: &[&'static str]| -> Vec<PathBuf> {
        let folders = library_folders(places);
        let all = names
            .iter()
            .flat_map(|name| folders.iter().map(move |folder| folder.join(name)));
        all.collect()
    };
    files(hicos)
        .chain(files(below_libraries(&open)).take(1))
        .chain(files(below_libraries(&opensc)).take(1))
        .collect()
}

/// Where libraries are: Debian has a folder for each processor, others have `/usr/lib64`.
pub(super) fn library_folders(places: &Places) -> Vec<PathBuf> {
    let processor = match std::env::consts::ARCH {
        "x86" => "i386",
        processor => processor,
    };
    vec![
        places.at(&format!("/usr/lib/{processor}-linux-gnu")),
        places.at("/usr/lib64"),
        places.at("/usr/lib"),
        places.at("/usr/local/lib"),
    ]
}
