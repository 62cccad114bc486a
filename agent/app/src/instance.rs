//! One agent per person.

use std::{
    fs::{self, File, TryLockError},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

/// Held while the agent runs; the system frees it when the process ends, however it ends.
#[derive(Debug)]
pub struct Instance {
    _lock: File,
}

/// Why this process cannot be the person's agent.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Another one is.
    #[error("Chop runs already for this person")]
    Running,
    /// The lock file cannot be made.
    #[error("{} cannot be locked", path.display())]
    Lock {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        cause: io::Error,
    },
}

impl Instance {
    /// Becomes the person's one agent.
    ///
    /// # Errors
    /// [`Error`], each variant as it says.
    pub fn claim(path: &Path) -> Result<Self, Error> {
        let failed = |cause| Error::Lock {
            path: path.to_path_buf(),
            cause,
        };
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(failed)?;
        }
        let file = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(path)
            .map_err(failed)?;
        match file.try_lock() {
            Ok(()) => {
                // For an installation that has something to say to us.
                let written = file
                    .set_len(0)
                    .and_then(|()| (&file).write_all(std::process::id().to_string().as_bytes()));
                written.map_err(failed)?;
                Ok(Self { _lock: file })
            }
            Err(TryLockError::WouldBlock) => Err(Error::Running),
            Err(TryLockError::Error(cause)) => Err(failed(cause)),
        }
    }
}

/// The number of the process that is the person's agent; `None` if there is none.
#[must_use]
pub fn running(path: &Path) -> Option<u32> {
    let file = File::options().read(true).write(true).open(path).ok()?;
    // Whoever can lock it is alone; the lock goes with the file.
    match file.try_lock() {
        Err(TryLockError::WouldBlock) => fs::read_to_string(path).ok()?.trim().parse().ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_agent_is_refused_until_the_first_ends() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run/agent.lock");
        let first = Instance::claim(&path).unwrap();
        assert!(matches!(Instance::claim(&path), Err(Error::Running)));
        assert_eq!(running(&path), Some(std::process::id()));
        drop(first);
        assert_eq!(running(&path), None);
        assert!(Instance::claim(&path).is_ok());
    }
}
