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
pub(super) enum Entry {
    Path(PathBuf),
    Table(Table),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Table {
    path: PathBuf,
    parameters: Option<String>,
    #[serde(default)]
    writable: Vec<PathBuf>,
}

/// Those that are named.
pub(super) fn named(entries: Vec<Entry>) -> Vec<Module> {
    let module = |entry| match entry {
        Entry::Path(path) => path.into(),
        Entry::Table(table) => Module {
            path: table.path,
            parameters: table.parameters,
            writable: table.writable,
        },
    };
    entries.into_iter().map(module).collect()
}

/// Those that are installed.
pub(super) fn installed() -> Vec<Module> {
    let home = BaseDirs::new().map(|folders| folders.home_dir().to_owned());
    modules::installed(&Places::of_this_system(home))
}
