//! Sites whose windows ended badly too often have to wait.
//!
//! A hostile site can open windows until a person, tired of them, has locked the card, or cannot
//! use the screen for anything else. So windows that ended with a wrong PIN, and those that nobody
//! answered, are counted, across restarts. The count is the registrable domain's: sub-domains cost
//! nothing.
//!
//! Spec: docs/protocol.md, "Operations", step 3; docs/threat-model.md, C-11.

mod count;
mod domains;

use std::{
    path::PathBuf,
    sync::{Mutex, PoisonError},
    time::SystemTime,
};

use super::file;
use crate::{Caller, Error};
use count::{UNANSWERED, UNDECRYPTED, WRONG};
use domains::{Domains, Record};

/// How many domains are remembered; beyond, the one that was last heard of longest ago is
/// forgotten.
const MOST: usize = 200;

/// Counts windows that ended badly, for each registrable domain. It hashes the domains' names, so
/// that its file is no browsing history.
#[derive(Debug)]
pub(crate) struct CoolDown {
    path: Option<PathBuf>,
    domains: Mutex<Domains>,
}

impl CoolDown {
    pub(super) fn load(path: PathBuf) -> Self {
        let domains = Mutex::new(file::read(&path));
        Self {
            path: Some(path),
            domains,
        }
    }

    pub(super) fn in_memory() -> Self {
        Self {
            path: None,
            domains: Mutex::default(),
        }
    }

    /// Whether the site may ask at `now`.
    ///
    /// # Errors
    /// [`Error::CoolingDown`].
    pub(crate) fn check(&self, caller: &Caller, now: SystemTime) -> Result<(), Error> {
        let mut domains = self.domains.lock().unwrap_or_else(PoisonError::into_inner);
        let now = file::seconds(now);
        let Some(record) = domains.find(&caller.owner()) else {
            return Ok(());
        };
        match u32::try_from(record.rest(now).as_secs()).unwrap_or(u32::MAX) {
            0 => Ok(()),
            seconds => Err(Error::CoolingDown { seconds }),
        }
    }

    /// A PIN was wrong in a window of the site: once for each window. On the disk when this
    /// returns, so that no crash forgets it.
    pub(crate) fn wrong(&self, caller: &Caller, now: SystemTime) {
        self.count(caller, now, |record, now| record.wrong.add(&WRONG, now));
    }

    /// A window of the site ended without anybody having answered it.
    pub(crate) fn unanswered(&self, caller: &Caller, now: SystemTime) {
        self.count(caller, now, |record, now| {
            record.unanswered.add(&UNANSWERED, now);
        });
    }

    /// Nobody has to wait any more.
    pub(super) fn forget_all(&self) {
        let mut domains = self.domains.lock().unwrap_or_else(PoisonError::into_inner);
        domains.list.clear();
        file::save(self.path.as_ref(), &*domains);
    }

    /// Something that the site gave did not decrypt.
    pub(crate) fn undecrypted(&self, caller: &Caller, now: SystemTime) {
        self.count(caller, now, |record, now| {
            record.undecrypted.add(&UNDECRYPTED, now);
        });
    }

    /// An operation of the site succeeded. What did not decrypt stays counted.
    pub(crate) fn right(&self, caller: &Caller) {
        let mut domains = self.domains.lock().unwrap_or_else(PoisonError::into_inner);
        // Nearly always there is nothing to forget: then nothing is hashed or written.
        if domains.forgive(&caller.owner()) {
            file::save(self.path.as_ref(), &*domains);
        }
    }

    fn count(&self, caller: &Caller, now: SystemTime, add: impl FnOnce(&mut Record, u64)) {
        let mut domains = self.domains.lock().unwrap_or_else(PoisonError::into_inner);
        let now = file::seconds(now);
        domains.list.retain(|record| record.is_remembered(now));
        add(domains.entry(&caller.owner()), now);
        if domains.list.len() > MOST {
            let oldest = (0..).zip(&domains.list).min_by_key(|(_, it)| it.last());
            if let Some((oldest, _)) = oldest {
                domains.list.swap_remove(oldest);
            }
        }
        file::save(self.path.as_ref(), &*domains);
    }
}

#[cfg(test)]
mod tests;
