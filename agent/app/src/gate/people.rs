//! Whose agents have ever dialled: who removes Chop for everybody needs to know, because accounts of
//! a directory (LDAP, Active Directory) stand in no list on this machine.

use std::{
    collections::HashSet,
    fs::File,
    io::{Read as _, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

/// In the gate's own folder: a number in each line.
const FILE: &str = "people";

/// Where systemd keeps that folder.
pub(crate) const FOLDER: &str = "/var/lib/chop-gate";

/// So many are remembered, and so many bytes read.
const MOST: usize = 10_000;
const LONGEST: u64 = 16 * 10_000;

/// Numbers of users. What is not written down is not remembered: nothing else depends on it.
#[derive(Default)]
pub(super) struct People {
    file: Option<PathBuf>,
    known: Mutex<HashSet<u32>>,
}

impl People {
    /// Those in this folder; without one nobody is remembered.
    pub(super) fn of(folder: Option<PathBuf>) -> Self {
        Self {
            known: Mutex::new(folder.iter().flat_map(|it| read(it)).collect()),
            file: folder.map(|it| it.join(FILE)),
        }
    }

    /// This user's agent has dialled.
    pub(super) fn note(&self, user: u32) {
        let Some(file) = &self.file else { return };
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST || !known.insert(user) {
            return;
        }
        let opened = File::options().append(true).create(true).open(file);
        if let Err(error) = opened.and_then(|mut it| writeln!(it, "{user}")) {
            tracing::warn!(%error, "who has an agent cannot be remembered");
        }
    }
}

/// The numbers in the gate's folder. The gate is not trusted with more than numbers: the file may be
/// anything by now, a pipe that never ends too.
pub(crate) fn read(folder: &Path) -> Vec<u32> {
    let mut text = String::new();
    let opened = File::options()
        .read(true)
        .custom_flags(nix::libc::O_NOFOLLOW | nix::libc::O_NONBLOCK)
        .open(folder.join(FILE));
    let read = opened.and_then(|it| it.take(LONGEST).read_to_string(&mut text));
    if read.is_err() {
        return Vec::new();
    }
    let numbers = text.lines().filter_map(|line| line.parse().ok());
    numbers.take(MOST).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_has_dialled_is_remembered_once_and_by_the_next_gate_as_well() {
        let folder = tempfile::tempdir().unwrap();
        let people = People::of(Some(folder.path().to_owned()));
        for user in [1000, 70_000, 1000] {
            people.note(user);
        }
        assert_eq!(read(folder.path()), [1000, 70_000]);
        let next = People::of(Some(folder.path().to_owned()));
        next.note(1000);
        next.note(1001);
        assert_eq!(read(folder.path()), [1000, 70_000, 1001]);
    }

    #[test]
    fn a_file_that_is_none_names_nobody() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(FILE);
        assert_eq!(read(folder.path()), [0; 0]);
        std::fs::write(&file, "1000\nroot\n-5\n99999999999\n1001").unwrap();
        assert_eq!(read(folder.path()), [1000, 1001]);
        std::fs::remove_file(&file).unwrap();
        std::os::unix::fs::symlink("/etc/passwd", &file).unwrap();
        assert_eq!(read(folder.path()), [0; 0]);
        std::fs::remove_file(&file).unwrap();
        nix::unistd::mkfifo(&file, nix::sys::stat::Mode::S_IRWXU).unwrap();
        assert_eq!(read(folder.path()), [0; 0]);
    }
}
