//! The keys that a person has imported into the browser's own database, by NSS's module.

use super::{Module, Places, files, known::library_folders};

/// NSS's module, if the person has a database with keys.
pub(super) fn with_keys(places: &Places) -> Option<Module> {
    let database = places.home.as_ref()?.join(".pki/nssdb");
    if !database.join("key4.db").is_file() {
        return None;
    }
    // The parameters have no way to write a quote.
    let folder = database.to_str().filter(|path| !path.contains('\''))?;
    let names = ["libsoftokn3.so", "nss/libsoftokn3.so"];
    let folders = library_folders(places);
    let libraries = folders
        .iter()
        .flat_map(|folder| names.map(|name| folder.join(name)));
    Some(Module {
        path: files(libraries).next()?,
        parameters: Some(format!(
            "configDir='sql:{folder}' certPrefix='' keyPrefix='' secmod='secmod.db' flags=readOnly"
        )),
        writable: Vec::new(),
    })
}
