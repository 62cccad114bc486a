//! PKCS #11 modules: those that the settings name, and those that are used when nobody names any.

use std::path::PathBuf;

use chop_token::{
    Module,
    modules::{self, Places},
};
use directories::BaseDirs;
use serde::Deserialize;

/// A module as it is written: its path, or a table with more.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Entry {
    Path(PathBuf),
    Table(Table),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    path: PathBuf,
    parameters: Option<String>,
    #[serde(default)]
    writable: Vec<PathBuf>,
}

/// One that is named; `None` for what is none.
pub(super) fn read(value: toml::Value) -> Option<Module> {
    Some(match value.try_into().ok()? {
        Entry::Path(path) => path.into(),
        Entry::Table(table) => Module {
            path: table.path,
            parameters: table.parameters,
            writable: table.writable,
        },
    })
}

/// Those that are installed.
pub(super) fn installed() -> Vec<Module> {
    let home = BaseDirs::new().map(|folders| folders.home_dir().to_owned());
    modules::installed(&Places::of_this_system(home))
}
