//! Modules that are registered with p11-kit: a file for each, by the administrator, the person, or
//! the package that brings the module.
//!
//! Spec: p11-kit's manual, "PKCS#11 Configuration".

use std::{
    collections::BTreeMap,
    ffi::OsString,
    fs::File,
    io::Read as _,
    path::{Path, PathBuf},
};

use super::{Module, Places, known::library_folders};

/// Longer files are not read, in bytes.
const LONGEST: u64 = 64 * 1024;

/// What this program is called there.
const PROGRAM: &str = "chop";

/// All that are registered for programs like this one, highest priority first.
pub(super) fn registered(places: &Places) -> Vec<Module> {
    // A file of the same name in a later folder stands for the one before.
    let home = places.home.as_ref();
    let folders = [
        Some(places.at("/usr/share/p11-kit/modules")),
        Some(places.at("/etc/pkcs11/modules")),
        home.map(|home| home.join(".config/pkcs11/modules")),
    ];
    let mut files: BTreeMap<OsString, PathBuf> = BTreeMap::new();
    for folder in folders.into_iter().flatten() {
        for entry in folder.read_dir().into_iter().flatten().flatten() {
            let path = entry.path();
            if path.extension().is_some_and(|it| it == "module") {
                files.insert(entry.file_name(), path);
            }
        }
    }
    let entries = files.into_values().filter_map(|path| {
        let entry = Entry::parse(&text(&path)?)?;
        Some((entry.priority, entry.module(places)?))
    });
    let mut entries: Vec<_> = entries.collect();
    // Stable: of one priority by the names of the files.
    entries.sort_by_key(|(priority, _)| std::cmp::Reverse(*priority));
    entries.into_iter().map(|(_, module)| module).collect()
}

/// Whether a file registers a module for this program.
#[cfg(any(fuzzing, test))]
pub(crate) fn is_for_us(text: &str) -> bool {
    Entry::parse(text).is_some()
}

fn text(path: &Path) -> Option<String> {
    let mut text = String::new();
    let file = File::open(path).ok()?;
    file.take(LONGEST).read_to_string(&mut text).ok()?;
    Some(text)
}

/// One registration, as far as it matters here.
#[derive(Debug, Default, Eq, PartialEq)]
struct Entry {
    module: String,
    parameters: Option<String>,
    priority: i32,
}

impl Entry {
    /// `None` for what is not for us: modules that hold trust and not keys, that are elsewhere, or
    /// that other programs alone may use.
    fn parse(text: &str) -> Option<Self> {
        let mut entry = Self::default();
        for line in text.lines().map(str::trim) {
            let Some((key, value)) = line.split_once(':') else {
                continue;
            };
            let (key, value) = (key.trim(), value.trim());
            let names_us = || value.split([',', ' ']).any(|name| name.trim() == PROGRAM);
            match key {
                "module" => entry.module = value.to_owned(),
                "x-init-reserved" => entry.parameters = Some(value.to_owned()),
                "priority" => entry.priority = value.parse().unwrap_or(0),
                "trust-policy" if value == "yes" => return None,
                "remote" => return None,
                "enable-in" if !names_us() => return None,
                "disable-in" if names_us() => return None,
                _ => {}
            }
        }
        (!entry.module.is_empty()).then_some(entry)
    }

    /// Where its library is. A name alone is one in the folder of modules.
    fn module(self, places: &Places) -> Option<Module> {
        let named = PathBuf::from(&self.module);
        let path = match named.is_absolute() {
            true => named,
            false => library_folders(places)
                .into_iter()
                .map(|folder| folder.join("pkcs11").join(&named))
                .find(|path| path.is_file())?,
        };
        // p11-kit's own: the one would load all the others once more, the other has no keys.
        let name = path.file_name()?.to_str()?;
        if name.starts_with("p11-kit-proxy.") || name.starts_with("p11-kit-trust.") {
            return None;
        }
        Some(Module {
            path,
            parameters: self.parameters,
            writable: Vec::new(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_registration_is_read_with_what_matters_here() {
        let text = "# comment: with a colon\nmodule:  a.so \nx-init-reserved: configDir='x: y'\n\
                    priority: 3\ncritical: no\n";
        let expected = Entry {
            module: "a.so".to_owned(),
            parameters: Some("configDir='x: y'".to_owned()),
            priority: 3,
        };
        assert_eq!(Entry::parse(text), Some(expected));
    }

    #[test]
    fn what_is_not_for_us_is_left_out() {
        for line in [
            "trust-policy: yes",
            "remote: |ssh host p11-kit remote x",
            "enable-in: firefox, seahorse",
            "disable-in: seahorse, chop",
        ] {
            assert_eq!(
                Entry::parse(&format!("module: a.so\n{line}\n")),
                None,
                "{line}"
            );
        }
        assert_eq!(Entry::parse("priority: 1"), None);
        assert!(Entry::parse("module: a.so\nenable-in: chop").is_some());
    }

    #[cfg(unix)]
    #[test]
    fn a_file_of_the_administrator_stands_for_the_packages_own() {
        use std::fs;
        let folder = tempfile::tempdir().unwrap();
        let places = Places {
            root: folder.path().to_owned(),
            home: None,
        };
        for (file, text) in [
            ("usr/share/p11-kit/modules/a.module", "module: /a.so"),
            (
                "usr/share/p11-kit/modules/b.module",
                "module: /b.so\npriority: 1",
            ),
            (
                "usr/share/p11-kit/modules/p.module",
                "module: /lib/p11-kit-proxy.so",
            ),
            ("usr/share/p11-kit/modules/notes.txt", "module: /c.so"),
            ("etc/pkcs11/modules/a.module", "module: /other.so"),
        ] {
            let path = folder.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let paths: Vec<_> = registered(&places).into_iter().map(|it| it.path).collect();
        assert_eq!(paths, [Path::new("/b.so"), Path::new("/other.so")]);
    }
}
