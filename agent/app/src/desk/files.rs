//! Certificates in files (PKCS #12): those that are cards, and those that lie in the person's folders.

use std::{
    fs,
    path::{Path, PathBuf},
};

use chop_token::Inventory;
use directories::UserDirs;
use toml_edit::{Array, Value};

use super::{Next, Notice, Page, Pages, done};
use crate::{
    settings::{self, SetError, Settings, Source},
    text::{Language, command, desk as text, faults},
};

/// How many are offered; whoever has more writes the path.
const OFFERED: usize = 12;

/// How many entries of a folder are looked at.
const LOOKED_AT: usize = 5000;

/// Those of the settings page.
pub(super) struct Files {
    /// Whether a policy says which there are.
    pub(super) locked: bool,
    pub(super) used: Vec<Used>,
    /// Not used; with their paths.
    pub(super) found: Vec<Found>,
}

/// One that is a card.
pub(super) struct Used {
    pub(super) path: String,
    /// What is wrong with it, and the remedy.
    pub(super) fault: Option<(String, String)>,
    pub(super) stop: String,
}

/// One that could be.
pub(super) struct Found {
    pub(super) path: String,
    pub(super) using: String,
}

impl Files {
    /// Looks through the person's folders; the disk may take its time.
    pub(super) fn look(settings: &Settings, inventory: &Inventory, language: Language) -> Self {
        let used = &settings.pkcs12.value;
        let locked = settings.pkcs12.source == Source::Locked;
        let found = match locked {
            true => Vec::new(),
            false => found(&folders(), used),
        };
        Self {
            locked,
            used: used
                .iter()
                .map(|it| shown(it, inventory, language))
                .collect(),
            found: found
                .into_iter()
                .map(|path| Found {
                    using: language.say(&text::use_file(&path)),
                    path,
                })
                .collect(),
        }
    }
}

fn shown(path: &Path, inventory: &Inventory, language: Language) -> Used {
    let source = inventory.sources.iter().find(|it| it.path == path);
    let fault = source.and_then(|it| it.fault.as_ref());
    let path = path.display().to_string();
    Used {
        fault: fault.map(|it| {
            let (what, remedy) = faults::fault(Path::new(&path), it);
            let say = |words: crate::text::Words| words.in_language(language).to_owned();
            (say(what), say(remedy))
        }),
        stop: language.say(&text::stop_file(&path)),
        path,
    }
}

/// Where people keep such files.
fn folders() -> Vec<PathBuf> {
    let Some(dirs) = UserDirs::new() else {
        return Vec::new();
    };
    let home = dirs.home_dir().to_owned();
    let named = [dirs.desktop_dir(), dirs.document_dir(), dirs.download_dir()];
    let named = named.into_iter().flatten().map(Path::to_owned);
    let mut folders: Vec<_> = std::iter::once(home).chain(named).collect();
    folders.dedup();
    folders
}

/// The files there that are called `.p12` or `.pfx`, without those that are used.
fn found(folders: &[PathBuf], used: &[PathBuf]) -> Vec<String> {
    let mut found = Vec::new();
    for folder in folders {
        let Ok(entries) = fs::read_dir(folder) else {
            continue;
        };
        let mut here: Vec<_> = entries
            .take(LOOKED_AT)
            .filter_map(|entry| Some(entry.ok()?.path()))
            .filter(|path| is_named_so(path) && path.is_file() && !used.contains(path))
            // Another could not be written into a form.
            .filter_map(|path| Some(path.to_str()?.to_owned()))
            .filter(|path| !path.contains(char::is_control))
            .collect();
        here.sort_unstable();
        found.extend(here);
    }
    found.truncate(OFFERED);
    found
}

fn is_named_so(path: &Path) -> bool {
    let extension = path.extension().and_then(|it| it.to_str());
    extension.is_some_and(|it| it.eq_ignore_ascii_case("p12") || it.eq_ignore_ascii_case("pfx"))
}

impl Pages {
    /// Makes a file a card.
    pub(super) fn use_file(&self, typed: &str) -> Next<Notice> {
        // As Windows copies paths.
        let typed = typed.trim().trim_matches('"');
        let path = PathBuf::from(typed);
        if !path.is_absolute() || !path.is_file() {
            return not_done(text::no_such_file(typed));
        }
        self.change_files(text::file_used(typed), |files| {
            if !files.contains(&path) {
                files.push(path);
            }
        })
    }

    /// Makes it none any more; the file stays.
    pub(super) fn stop_file(&self, path: &str) -> Next<Notice> {
        self.change_files(text::file_stopped(path), |files| {
            files.retain(|it| it.display().to_string() != path);
        })
    }

    fn change_files(
        &self,
        said: crate::text::Message,
        change: impl FnOnce(&mut Vec<PathBuf>),
    ) -> Next<Notice> {
        match self.store_files(change) {
            Ok(files) => {
                self.keyring.set_pkcs12(files);
                done(Page::Settings, said)
            }
            Err(error) => not_done(command::set(&error)),
        }
    }

    fn store_files(
        &self,
        change: impl FnOnce(&mut Vec<PathBuf>),
    ) -> Result<Vec<PathBuf>, SetError> {
        let mut files = Settings::load(&self.paths)?.pkcs12.value;
        change(&mut files);
        let written: Array = files.iter().map(|it| it.display().to_string()).collect();
        settings::set(&self.paths, "pkcs12", &Value::from(written).to_string())?;
        Ok(files)
    }
}

fn not_done(said: crate::text::Message) -> Next<Notice> {
    Next {
        page: Page::Settings.name(),
        notice: Some(Notice::NotDone(said)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_found_by_their_names_and_those_in_use_are_not_offered() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        for name in ["b.P12", "a.pfx", "used.p12", "a.txt", "p12"] {
            fs::write(at(name), "").unwrap();
        }
        fs::create_dir(at("folder.p12")).unwrap();
        let folders = [folder.path().to_owned(), at("missing")];
        let found = found(&folders, &[at("used.p12")]);
        let names = ["a.pfx", "b.P12"].map(|name| at(name).display().to_string());
        assert_eq!(found, names);
    }

    #[test]
    fn there_are_never_too_many() {
        let folder = tempfile::tempdir().unwrap();
        for number in 0..OFFERED * 2 {
            fs::write(folder.path().join(format!("{number}.p12")), "").unwrap();
        }
        let found = found(&[folder.path().to_owned()], &[]);
        assert_eq!(found.len(), OFFERED);
    }
}
