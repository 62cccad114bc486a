//! The folder of lists: each as an index, with what is known of where it came from.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, SystemTime},
};

use chop_verifier::{Anchors, Crl, CrlError};
use ring::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};

use crate::{Error, http::Validators};

/// A list that we have.
#[derive(Clone, Debug)]
pub(crate) struct Kept {
    pub(crate) list: Arc<Crl>,
    pub(crate) validators: Validators,
    /// When its server was last heard of.
    pub(crate) checked_at: SystemTime,
}

/// What lies beside an index. Times are seconds since 1970.
#[derive(Deserialize, Serialize)]
struct Note {
    address: String,
    checked_at: u64,
    validators: Validators,
}

/// Where a list lies, by its address.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    address: String,
    index: PathBuf,
    note: PathBuf,
}

impl Place {
    pub(crate) fn of(folder: &Path, address: &str) -> Self {
        let hash = digest(&SHA256, address.as_bytes());
        let name: String = hash
            .as_ref()
            .iter()
            .take(16)
            .map(|byte| format!("{byte:02x}"))
            .collect();
        Self {
            address: address.to_owned(),
            index: folder.join(format!("{name}.index")),
            note: folder.join(format!("{name}.json")),
        }
    }

    /// The list from an earlier run. One that cannot be used is as good as none: it is fetched anew.
    pub(crate) fn open(&self) -> Option<Kept> {
        let note = fs::read(&self.note).ok()?;
        let note: Note = serde_json::from_slice(&note).ok()?;
        let list = Crl::open(&self.index).ok()?;
        (note.address == self.address).then(|| Kept {
            list: Arc::new(list),
            validators: note.validators,
            checked_at: SystemTime::UNIX_EPOCH + Duration::from_secs(note.checked_at),
        })
    }

    /// Takes a list that came in; it takes the place of an older one, never that of a newer one, nor
    /// that of another list while that counts.
    pub(crate) fn put(
        &self,
        der: &[u8],
        validators: Validators,
        anchors: &Anchors,
        old: Option<&Kept>,
        now: SystemTime,
    ) -> Result<Kept, Error> {
        let new = self.index.with_extension("new");
        let list = Crl::index(der, anchors, &new).map_err(|source| Error::List {
            address: self.address.clone(),
            source,
        })?;
        // Over http anybody on the way can send a list that is signed, and another's or yesterday's.
        let stays = old.filter(|old| match list.is_edition_of(&old.list) {
            true => list.this_update() < old.list.this_update(),
            false => !old.is_due(now),
        });
        let kept = match stays {
            Some(old) => {
                fs::remove_file(&new).map_err(Error::Folder)?;
                let address = &self.address;
                tracing::warn!(%address, "a list came that is older than ours, or another's");
                Kept {
                    checked_at: now,
                    ..old.clone()
                }
            }
            None => {
                // The open file stays the same one under its new name.
                fs::rename(&new, &self.index).map_err(Error::Folder)?;
                Kept {
                    list: Arc::new(list),
                    validators,
                    checked_at: now,
                }
            }
        };
        self.write_note(&kept).map_err(Error::Folder)?;
        Ok(kept)
    }

    /// Notes that the list is still the newest.
    pub(crate) fn confirm(&self, old: &Kept, now: SystemTime) -> Result<Kept, Error> {
        let kept = Kept {
            checked_at: now,
            ..old.clone()
        };
        self.write_note(&kept).map_err(Error::Folder)?;
        Ok(kept)
    }

    fn write_note(&self, kept: &Kept) -> io::Result<()> {
        let since = kept.checked_at.duration_since(SystemTime::UNIX_EPOCH);
        let note = Note {
            address: self.address.clone(),
            checked_at: since.unwrap_or_default().as_secs(),
            validators: kept.validators.clone(),
        };
        let new = self.note.with_extension("note");
        fs::write(&new, serde_json::to_vec(&note)?)?;
        fs::rename(new, &self.note)
    }
}

impl Kept {
    /// Its next one should be there by now.
    pub(crate) fn is_due(&self, now: SystemTime) -> bool {
        self.list.next_update().is_none_or(|next| next < now)
    }

    /// It still counts, and a newer one may be there.
    pub(crate) fn is_old(&self, now: SystemTime, after: Duration) -> bool {
        now.duration_since(self.checked_at)
            .is_ok_and(|age| age >= after)
    }
}

/// The folder, made if it is not there.
pub(crate) fn folder(path: &Path) -> Result<(), Error> {
    fs::create_dir_all(path).map_err(Error::Folder)
}

/// A list that could not be read, in the words of this crate.
pub(crate) fn unreadable(address: &str, source: CrlError) -> Error {
    let address = address.to_owned();
    Error::List { address, source }
}
