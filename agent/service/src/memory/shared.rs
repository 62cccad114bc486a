//! A file that several processes of one person read and change: the agent and `chop` commands.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
    time::SystemTime,
};

use serde::{Serialize, de::DeserializeOwned};

use super::file;

/// The file's content, read anew whenever it is another file.
#[derive(Debug)]
pub(super) struct Shared<T> {
    /// `None`: in memory alone.
    path: Option<PathBuf>,
    known: Mutex<Known<T>>,
}

#[derive(Debug, Default)]
struct Known<T> {
    content: T,
    stamp: Option<Stamp>,
}

/// What tells one file from the next of its name.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
struct Stamp {
    modified: SystemTime,
    length: u64,
    /// Its number; two files may be written within one tick of the clock.
    number: u64,
}

impl<T: Default + DeserializeOwned + Serialize> Shared<T> {
    pub(super) fn load(path: PathBuf) -> Self {
        Self {
            path: Some(path),
            known: Mutex::default(),
        }
    }

    pub(super) fn in_memory() -> Self {
        Self {
            path: None,
            known: Mutex::default(),
        }
    }

    /// Looks at what the file has now.
    pub(super) fn look<R>(&self, look: impl FnOnce(&T) -> R) -> R {
        look(&self.known().content)
    }

    /// Changes it, while no other process does. `change` says whether there is anything to write.
    pub(super) fn change<R>(&self, change: impl FnOnce(&mut T) -> (R, bool)) -> R {
        let _lock = self.path.as_deref().and_then(lock);
        let mut known = self.known();
        let (result, changed) = change(&mut known.content);
        if changed {
            file::save(self.path.as_ref(), &known.content);
            known.stamp = self.path.as_deref().and_then(stamp);
        }
        result
    }

    fn known(&self) -> MutexGuard<'_, Known<T>> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(path) = &self.path {
            let stamp = stamp(path);
            if stamp != known.stamp {
                *known = Known {
                    content: file::read(path),
                    stamp,
                };
            }
        }
        known
    }
}

/// Holds the others off until it is dropped. Where that cannot be had, a change of two at once may
/// be lost, and nothing else.
fn lock(path: &Path) -> Option<File> {
    let open = || {
        fs::create_dir_all(path.parent()?).ok()?;
        let lock = path.with_extension("lock");
        let file = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(lock)
            .ok()?;
        file.lock().ok().map(|()| file)
    };
    let locked = open();
    if locked.is_none() {
        tracing::debug!(path = %path.display(), "cannot be locked");
    }
    locked
}

fn stamp(path: &Path) -> Option<Stamp> {
    let metadata = fs::metadata(path).ok()?;
    Some(Stamp {
        modified: metadata.modified().ok()?,
        length: metadata.len(),
        number: number(&metadata),
    })
}

#[cfg(unix)]
fn number(metadata: &fs::Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::ino(metadata)
}

/// Windows' clock of files is fine enough.
#[cfg(not(unix))]
fn number(_: &fs::Metadata) -> u64 {
    0
}
