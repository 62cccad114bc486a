//! Files of hashes.

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
    time::{SystemTime, UNIX_EPOCH},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use ring::{
    digest::{self, SHA256},
    rand::{SecureRandom as _, SystemRandom},
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// Makes the hashes of one file its own.
#[derive(Debug, Deserialize, Serialize)]
#[serde(transparent)]
pub(super) struct Salt(String);

impl Salt {
    pub(super) fn new() -> Self {
        let mut salt = [0; 16];
        // Without randomness the names are only easier to guess for who reads the file.
        let _ = SystemRandom::new().fill(&mut salt);
        Self(STANDARD.encode(salt))
    }

    /// `SHA-256(salt ‖ text)` in base64.
    pub(super) fn name(&self, text: &str) -> String {
        let text = [self.0.as_bytes(), text.as_bytes()].concat();
        STANDARD.encode(digest::digest(&SHA256, &text))
    }
}

/// Seconds since 1970.
pub(super) fn seconds(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs())
}

/// What is in the file; the default if that cannot be told.
pub(super) fn read<T: Default + DeserializeOwned>(path: &Path) -> T {
    let read = fs::read(path).and_then(|text| Ok(serde_json::from_slice(&text)?));
    read.unwrap_or_else(|error: io::Error| {
        if error.kind() != io::ErrorKind::NotFound {
            tracing::warn!(%error, path = %path.display(), "unreadable; it starts anew");
        }
        T::default()
    })
}

/// Replaces the file, and returns when the disk has it. What cannot be written is kept for this
/// run; the log says so.
pub(super) fn save(path: Option<&PathBuf>, content: &impl Serialize) {
    if let Some(path) = path
        && let Err(error) = write(path, content)
    {
        tracing::warn!(%error, path = %path.display(), "could not be written");
    }
}

fn write(path: &Path, content: &impl Serialize) -> io::Result<()> {
    let folder = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
    fs::create_dir_all(folder)?;
    let file = tempfile::NamedTempFile::new_in(folder)?;
    serde_json::to_writer(&file, content)?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    sync_folder(folder)
}

/// The new name is in the folder, which the disk may have later than the file. (Windows writes a
/// renamed file's name by itself, and opens no folders.)
fn sync_folder(folder: &Path) -> io::Result<()> {
    match cfg!(unix) {
        true => File::open(folder)?.sync_all(),
        false => Ok(()),
    }
}
