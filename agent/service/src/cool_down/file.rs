//! The counts as they are kept in a file.

use std::{
    fs::{self, File},
    io,
    path::Path,
    time::{SystemTime, UNIX_EPOCH},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use ring::{
    digest::{self, SHA256},
    rand::{SecureRandom as _, SystemRandom},
};
use serde::{Deserialize, Serialize};

use super::count::Count;

/// All counts.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct Domains {
    /// Makes the hashes of this file its own.
    salt: String,
    /// In no order.
    #[serde(rename = "domains")]
    pub(super) list: Vec<Record>,
}

/// One domain's.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct Record {
    /// `SHA-256(salt ‖ domain)` in base64.
    domain: String,
    /// Windows in which a PIN was wrong.
    #[serde(default)]
    pub(super) wrong: Count,
    /// Windows that nobody answered.
    #[serde(default)]
    pub(super) unanswered: Count,
}

impl Record {
    /// When the domain was last heard of.
    pub(super) fn last(&self) -> u64 {
        self.wrong.last.max(self.unanswered.last)
    }
}

impl Domains {
    pub(super) fn new() -> Self {
        let mut salt = [0; 16];
        // Without randomness the names are only easier to guess for who reads the file.
        let _ = SystemRandom::new().fill(&mut salt);
        Self {
            salt: STANDARD.encode(salt),
            list: Vec::new(),
        }
    }

    pub(super) fn find(&mut self, domain: &str) -> Option<&mut Record> {
        let at = self.place(domain)?;
        self.list.get_mut(at)
    }

    /// The domain's record, a new one if there is none.
    pub(super) fn entry(&mut self, domain: &str) -> &mut Record {
        let at = self.place(domain).unwrap_or_else(|| {
            self.list.push(Record {
                domain: self.name(domain),
                wrong: Count::default(),
                unanswered: Count::default(),
            });
            self.list.len() - 1
        });
        self.list.get_mut(at).expect("it was just found or added")
    }

    /// Whether there was anything to forget.
    pub(super) fn forget(&mut self, domain: &str) -> bool {
        let place = self.place(domain);
        place.map(|at| self.list.swap_remove(at)).is_some()
    }

    fn place(&self, domain: &str) -> Option<usize> {
        if self.list.is_empty() {
            return None;
        }
        let name = self.name(domain);
        self.list.iter().position(|record| record.domain == name)
    }

    fn name(&self, domain: &str) -> String {
        let text = [self.salt.as_bytes(), domain.as_bytes()].concat();
        STANDARD.encode(digest::digest(&SHA256, &text))
    }
}

/// Seconds since 1970.
pub(super) fn seconds(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs())
}

/// What is in the file; empty if that cannot be told.
pub(super) fn read(path: &Path) -> Domains {
    let read = fs::read(path).and_then(|text| Ok(serde_json::from_slice(&text)?));
    read.unwrap_or_else(|error: io::Error| {
        if error.kind() != io::ErrorKind::NotFound {
            tracing::warn!(%error, path = %path.display(), "the cool-down is unreadable; it starts anew");
        }
        Domains::new()
    })
}

/// Replaces the file as a whole, and returns when the disk has it. A new one is readable by its
/// owner alone.
pub(super) fn write(path: &Path, domains: &Domains) -> io::Result<()> {
    let folder = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
    fs::create_dir_all(folder)?;
    let file = tempfile::NamedTempFile::new_in(folder)?;
    serde_json::to_writer(&file, domains)?;
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
