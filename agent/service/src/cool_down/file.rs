//! The counts as they are kept in a file.

use std::{
    fs, io,
    path::Path,
    time::{SystemTime, UNIX_EPOCH},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use chop_protocol::Origin;
use ring::{
    digest::{self, SHA256},
    rand::{SecureRandom as _, SystemRandom},
};
use serde::{Deserialize, Serialize};

/// All counts.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct Sites {
    /// Makes the hashes of this file its own.
    salt: String,
    /// In no order.
    #[serde(rename = "sites")]
    pub(super) list: Vec<Wrong>,
}

/// Windows of one site that ended with a wrong PIN.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct Wrong {
    /// The site's name in this file: see [`Sites::name`].
    pub(super) site: String,
    /// How many in a row.
    pub(super) count: u32,
    /// The last, in seconds since 1970.
    pub(super) last: u64,
}

impl Sites {
    pub(super) fn new() -> Self {
        let mut salt = [0; 16];
        // Without randomness the names are only easier to guess for who reads the file.
        let _ = SystemRandom::new().fill(&mut salt);
        Self {
            salt: STANDARD.encode(salt),
            list: Vec::new(),
        }
    }

    /// `SHA-256(salt ‖ origin)` in base64.
    pub(super) fn name(&self, site: &Origin) -> String {
        let text = [self.salt.as_bytes(), site.as_str().as_bytes()].concat();
        STANDARD.encode(digest::digest(&SHA256, &text))
    }

    pub(super) fn find(&mut self, site: &Origin) -> Option<&mut Wrong> {
        if self.list.is_empty() {
            return None;
        }
        let name = self.name(site);
        self.list.iter_mut().find(|wrong| wrong.site == name)
    }
}

/// Seconds since 1970.
pub(super) fn seconds(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs())
}

/// What is in the file; empty if that cannot be told.
pub(super) fn read(path: &Path) -> Sites {
    let read = fs::read(path).and_then(|text| Ok(serde_json::from_slice(&text)?));
    read.unwrap_or_else(|error: io::Error| {
        if error.kind() != io::ErrorKind::NotFound {
            tracing::warn!(%error, path = %path.display(), "the cool-down is unreadable; it starts anew");
        }
        Sites::new()
    })
}

/// Replaces the file as a whole. A new one is readable by its owner alone.
pub(super) fn write(path: &Path, sites: &Sites) -> io::Result<()> {
    let folder = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
    fs::create_dir_all(folder)?;
    let file = tempfile::NamedTempFile::new_in(folder)?;
    serde_json::to_writer(&file, sites)?;
    file.persist(path)?;
    Ok(())
}
