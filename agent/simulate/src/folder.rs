//! The folder that a site's verifier is given: authorities and lists of revoked cards.

use std::{
    fs, io,
    path::{Path, PathBuf},
    time::SystemTime,
};

use crate::{Error, SimulatedCards};

/// A folder with what a verifier needs. Dropping it takes out what was written, and the folder if
/// it was made here and nothing else is in it.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    written: Vec<PathBuf>,
    /// Made here, the innermost last.
    made: Vec<PathBuf>,
}

impl Folder {
    /// Writes `anchors.pem`, `intermediates.pem` and `lists/*.crl` (as of `now`, for a week) into a
    /// folder that is not there, or empty.
    ///
    /// # Errors
    /// [`Error::FolderInUse`], [`Error::Write`], [`Error::Made`].
    pub fn write(path: &Path, cards: &SimulatedCards, now: SystemTime) -> Result<Self, Error> {
        let mut folder = Self {
            path: path.to_path_buf(),
            written: Vec::new(),
            made: Vec::new(),
        };
        folder.make(path)?;
        let failed = |cause| Error::Write {
            path: path.to_path_buf(),
            cause,
        };
        if fs::read_dir(path).map_err(failed)?.next().is_some() {
            return Err(Error::FolderInUse {
                folder: path.to_path_buf(),
            });
        }
        folder.make(&path.join("lists"))?;
        let (anchors, intermediates) = cards.authorities()?;
        folder.add("anchors.pem", anchors.as_bytes())?;
        folder.add("intermediates.pem", intermediates.as_bytes())?;
        for (name, list) in cards.lists(now)? {
            folder.add(&format!("lists/{name}"), &list)?;
        }
        Ok(folder)
    }

    /// Writes one file more.
    ///
    /// # Errors
    /// [`Error::Write`].
    pub fn add(&mut self, name: &str, content: &[u8]) -> Result<(), Error> {
        let path = self.path.join(name);
        // Before it is there, so that half of it is taken out as well.
        self.written.push(path.clone());
        fs::write(&path, content).map_err(|cause| Error::Write { path, cause })
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn make(&mut self, path: &Path) -> Result<(), Error> {
        match fs::create_dir(path) {
            Ok(()) => self.made.push(path.to_path_buf()),
            Err(cause) if cause.kind() == io::ErrorKind::AlreadyExists => {}
            Err(cause) => {
                let path = path.to_path_buf();
                return Err(Error::Write { path, cause });
            }
        }
        Ok(())
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        for path in &self.written {
            let _ = fs::remove_file(path);
        }
        for path in self.made.iter().rev() {
            // Fails where somebody has put something of their own into it: then it stays.
            let _ = fs::remove_dir(path);
        }
    }
}
