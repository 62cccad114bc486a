//! The libraries that a DLL names, and whether they are where they will be looked for: Windows'
//! loader does not say which one is missing.

use std::{
    fs::File,
    path::{Path, PathBuf},
};

use object::{
    LittleEndian as LE,
    read::{ReadCache, pe::PeFile64},
};

use crate::{Fault, certificate::name::printable};

/// Checks that all of them are in System32 or beside the module: a worker's fence has them nowhere
/// else. What they need in turn is not looked at.
pub(super) fn check(path: &Path) -> Result<(), Fault> {
    let system = std::env::var_os("SystemRoot").map(PathBuf::from);
    let system = system.unwrap_or_else(|| r"C:\Windows".into());
    let folders = [Some(system.join("System32")), path.parent().map(Into::into)];
    let folders: Vec<PathBuf> = folders.into_iter().flatten().collect();
    match missing(path, &folders) {
        Some(library) => Err(Fault::Dependency { library }),
        None => Ok(()),
    }
}

/// The first that is in none of the folders.
fn missing(path: &Path, folders: &[PathBuf]) -> Option<String> {
    let there = |name: &String| {
        is_virtual(name) || folders.iter().any(|folder| folder.join(name).is_file())
    };
    imported(path)?.into_iter().find(|name| !there(name))
}

/// Names that stand for whatever the system has behind them.
fn is_virtual(name: &str) -> bool {
    ["api-ms-", "ext-ms-"].iter().any(|start| {
        let begins = name.get(..start.len());
        begins.is_some_and(|begins| begins.eq_ignore_ascii_case(start))
    })
}

/// `None` for what cannot be read: the loader will say so.
fn imported(path: &Path) -> Option<Vec<String>> {
    let cache = ReadCache::new(File::open(path).ok()?);
    let file = PeFile64::parse(&cache).ok()?;
    let Some(table) = file.import_table().ok()? else {
        return Some(Vec::new());
    };
    let mut descriptors = table.descriptors().ok()?;
    let mut names = Vec::new();
    while let Some(descriptor) = descriptors.next().ok()? {
        let name = table.name(descriptor.name.get(LE)).ok()?;
        names.push(printable(std::str::from_utf8(name).ok()?));
    }
    Some(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIBRARY: &str = r"C:\Windows\System32\crypt32.dll";

    #[test]
    fn what_is_nowhere_is_named_and_what_is_there_is_not() {
        let system = PathBuf::from(r"C:\Windows\System32");
        assert_eq!(missing(Path::new(LIBRARY), &[system]), None);
        let missing = missing(Path::new(LIBRARY), &[]).unwrap();
        assert!(missing.to_ascii_lowercase().ends_with(".dll"), "{missing}");
    }

    #[test]
    fn names_that_stand_for_others_need_no_file() {
        assert!(is_virtual("API-MS-Win-Core-File-L1-1-0.dll"));
        assert!(!is_virtual("kernel32.dll"));
        assert!(!is_virtual("api"));
    }
}
