//! One file of settings, key by key.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

use super::{Error, Key, value::Value};
use crate::text::wanted;

/// What a file has, by its whole keys: `pin` in the table `hipki` is `hipki.pin`.
#[derive(Debug, Default)]
pub(super) struct Entries {
    path: PathBuf,
    values: BTreeMap<String, toml::Value>,
    /// Locked whatever the file says.
    locks: Vec<String>,
}

/// In the policy alone: keys that the person's own file cannot change.
const LOCKED: Key = Key {
    name: "locked",
    wanted: wanted::KEYS,
};

impl Entries {
    /// Reads a file; one that is not there has nothing in it.
    ///
    /// # Errors
    /// [`Error::Read`], [`Error::Content`].
    pub(super) fn read(path: &Path) -> Result<Self, Error> {
        let path = path.to_path_buf();
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(cause) => return Err(Error::Read { path, cause }),
        };
        Self::of_text(&path, &text)
    }

    /// What a file at `path` has that has this in it.
    ///
    /// # Errors
    /// [`Error::Content`].
    pub(super) fn of_text(path: &Path, text: &str) -> Result<Self, Error> {
        let path = path.to_path_buf();
        let table: toml::Table = match toml::from_str(text) {
            Ok(table) => table,
            Err(cause) => {
                let cause = Box::new(cause);
                return Err(Error::Content { path, cause });
            }
        };
        let mut values = BTreeMap::new();
        for (key, value) in table {
            match value {
                toml::Value::Table(inner) => {
                    let whole = |(name, value)| (format!("{key}.{name}"), value);
                    values.extend(inner.into_iter().map(whole));
                }
                value => _ = values.insert(key, value),
            }
        }
        Ok(Self {
            path,
            values,
            locks: Vec::new(),
        })
    }

    /// Whether nothing is set.
    pub(super) fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// What a policy that is no file has: every value is locked.
    pub(super) fn of_policy(path: &str, values: BTreeMap<String, toml::Value>) -> Self {
        let path = PathBuf::from(path);
        let locks = values.keys().cloned().collect();
        Self {
            path,
            values,
            locks,
        }
    }

    /// The same as defaults: nothing is locked.
    pub(super) fn unlocked(mut self) -> Self {
        self.locks.clear();
        self
    }

    /// With what a higher policy has above it: its values hold, and its locks too.
    pub(super) fn below(mut self, higher: Self) -> Self {
        if higher.values.is_empty() {
            return self;
        }
        self.values.extend(higher.values);
        self.locks.extend(higher.locks);
        // Whose value is wrong cannot be told any more; the higher one is the likelier.
        self.path = higher.path;
        self
    }

    /// The keys that the person cannot change.
    ///
    /// # Errors
    /// [`Error::Value`]: a lock that is misspelt would lock nothing, and nobody would notice.
    pub(super) fn locked(&mut self, known: &[&str]) -> Result<Vec<String>, Error> {
        let is_known = |keys: &Vec<String>| keys.iter().all(|key| known.contains(&&**key));
        let mut locked = self.take(&LOCKED, is_known)?.unwrap_or_default();
        locked.append(&mut self.locks);
        Ok(locked)
    }

    /// Takes a value out.
    ///
    /// # Errors
    /// [`Error::Value`].
    pub(super) fn take<T: Value>(
        &mut self,
        key: &Key,
        fits: impl FnOnce(&T) -> bool,
    ) -> Result<Option<T>, Error> {
        let Some(value) = self.values.remove(key.name) else {
            return Ok(None);
        };
        match T::read(value).filter(fits) {
            Some(value) => Ok(Some(value)),
            None => Err(Error::Value {
                path: self.path.clone(),
                key: key.name.to_owned(),
                wanted: key.wanted.clone(),
            }),
        }
    }

    /// Every key was that of a setting.
    ///
    /// # Errors
    /// [`Error::Key`].
    pub(super) fn nothing_left(self) -> Result<(), Error> {
        match self.values.into_keys().next() {
            None => Ok(()),
            Some(key) => Err(Error::Key {
                path: self.path,
                key,
            }),
        }
    }
}
