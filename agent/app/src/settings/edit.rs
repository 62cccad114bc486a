//! Changing one value of the person's own file; everything else in it, notes included, stays.

use std::{
    fs, io,
    io::Write as _,
    path::{Path, PathBuf},
};

use toml_edit::{DocumentMut, Item, Value};

use super::{Error, KEYS, Settings, Source, file::Entries, registry};
use crate::paths::Paths;

/// Why a value was not changed. The file is as it was.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SetError {
    /// There is no such setting.
    #[error("{key} is no setting")]
    Unknown {
        /// What was to be set.
        key: String,
    },
    /// A policy has locked it.
    #[error("{key} is locked by the machine's policy")]
    Locked {
        /// What was to be set.
        key: String,
    },
    /// The settings cannot be read as they are, or the new value is none that fits.
    #[error(transparent)]
    Settings(#[from] Error),
    /// The file cannot be written.
    #[error("the settings file {} cannot be written", path.display())]
    Write {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        cause: io::Error,
    },
}

/// Sets a value in the person's own file, given as the file has it (`"en"`, `[30000]`, `true`); what
/// is no TOML is taken for a text.
///
/// # Errors
/// [`SetError`], each variant as it says.
pub fn set(paths: &Paths, key: &str, value: &str) -> Result<(), SetError> {
    let value = value.parse().unwrap_or_else(|_| Value::from(value));
    change(paths, key, Some(value))
}

/// Takes a value out of the person's own file: the policy's or the built-in one holds again.
///
/// # Errors
/// [`SetError`], each variant as it says.
pub fn unset(paths: &Paths, key: &str) -> Result<(), SetError> {
    change(paths, key, None)
}

fn change(paths: &Paths, key: &str, value: Option<Value>) -> Result<(), SetError> {
    let named = || key.to_owned();
    if !KEYS.contains(&key) {
        return Err(SetError::Unknown { key: named() });
    }
    let before = Settings::load(paths)?;
    let mut shown = before.shown().into_iter();
    if shown.any(|it| it.key == key && it.source == Source::Locked) {
        return Err(SetError::Locked { key: named() });
    }
    let text = read(&paths.settings)?;
    // It was read a moment ago, so it is TOML.
    let mut document: DocumentMut = text.parse().unwrap_or_default();
    put(&mut document, key, value);
    let text = document.to_string();

    let policy = Entries::read(&paths.policy)?.below(registry::entries()?);
    let person = Entries::of_text(&paths.settings, &text)?;
    Settings::merge(policy, person)?.check(&paths.settings)?;
    write(&paths.settings, &text).map_err(|cause| SetError::Write {
        path: paths.settings.clone(),
        cause,
    })
}

/// The value at its key, also where the file has written the key with a table's head.
fn put(document: &mut DocumentMut, key: &str, value: Option<Value>) {
    let (table, name) = match key.split_once('.') {
        Some((table, name)) => (Some(table), name),
        None => (None, key),
    };
    let place = match table {
        None => Some(document.as_table_mut() as &mut dyn toml_edit::TableLike),
        Some(table) => {
            let empty = || Item::Table(toml_edit::Table::new());
            let entry = document.entry(table).or_insert_with(empty);
            entry.as_table_like_mut()
        }
    };
    let Some(place) = place else { return };
    match value {
        None => _ = place.remove(name),
        Some(value) => match place.get_mut(name).and_then(Item::as_value_mut) {
            // A note behind the old value stays.
            Some(old) => {
                let decor = old.decor().clone();
                *old = value;
                *old.decor_mut() = decor;
            }
            None => _ = place.insert(name, Item::Value(value)),
        },
    }
}

fn read(path: &Path) -> Result<String, Error> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(text),
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => Ok(String::new()),
        Err(cause) => Err(Error::Read {
            path: path.to_path_buf(),
            cause,
        }),
    }
}

/// Whole or not at all. A link, as people who keep their settings elsewhere have it, stays one.
fn write(path: &Path, text: &str) -> io::Result<()> {
    let path = path.canonicalize().unwrap_or_else(|_| path.to_path_buf());
    let folder = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
    fs::create_dir_all(folder)?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(text.as_bytes())?;
    if let Ok(known) = fs::metadata(&path) {
        file.as_file().set_permissions(known.permissions())?;
    }
    file.persist(&path)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(policy: &str, person: &str) -> (tempfile::TempDir, Paths) {
        let folder = tempfile::tempdir().unwrap();
        let paths = Paths::below(folder.path());
        for (path, text) in [(&paths.policy, policy), (&paths.settings, person)] {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        (folder, paths)
    }

    #[test]
    fn one_value_changes_and_notes_stay() {
        let file = "# mine\nlanguage = 'en' # for guests\n\n[hipki]\npin = 'page'\n";
        let (_folder, paths) = with("", file);
        set(&paths, "language", "\"zh-TW\"").unwrap();
        set(&paths, "theme", "dark").unwrap();
        set(&paths, "hipki.pin", "\"ask\"").unwrap();
        set(&paths, "window_seconds", "60").unwrap();
        let text = fs::read_to_string(&paths.settings).unwrap();
        assert!(
            text.starts_with("# mine\nlanguage = \"zh-TW\" # for guests\n"),
            "{text}"
        );
        let settings = Settings::load(&paths).unwrap();
        assert_eq!(settings.theme.value, super::super::Theme::Dark);
        assert_eq!(settings.hipki_pin.source, Source::Person);
        assert_eq!(settings.window_time.value.as_secs(), 60);

        unset(&paths, "hipki.pin").unwrap();
        let settings = Settings::load(&paths).unwrap();
        assert_eq!(settings.hipki_pin.source, Source::BuiltIn);
    }

    #[test]
    fn a_file_that_is_not_there_is_made() {
        let folder = tempfile::tempdir().unwrap();
        let paths = Paths::below(folder.path());
        set(&paths, "hipki.sha1", "false").unwrap();
        assert!(!Settings::load(&paths).unwrap().hipki_sha1.value);
    }

    #[test]
    fn what_is_locked_unknown_or_does_not_fit_leaves_the_file_as_it_was() {
        let before = "language = 'en'\n";
        let (_folder, paths) = with("locked = ['theme']", before);
        let error = |key, value| set(&paths, key, value).unwrap_err();
        assert!(matches!(error("theme", "dark"), SetError::Locked { .. }));
        assert!(matches!(error("thema", "dark"), SetError::Unknown { .. }));
        for (key, value) in [
            ("language", "klingon"),
            ("window_seconds", "1"),
            ("tray", "yes"),
            ("sites", "['https://a.example']"),
            ("hipki.allow_sign", "['http://a.example']"),
        ] {
            let error = error(key, value);
            assert!(
                matches!(error, SetError::Settings(Error::Value { .. })),
                "{error}"
            );
        }
        assert_eq!(fs::read_to_string(&paths.settings).unwrap(), before);
    }
}
