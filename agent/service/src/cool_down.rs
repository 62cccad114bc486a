//! Sites whose windows ended badly too often have to wait.
//!
//! A hostile site can open windows until a person, tired of them, has locked the card, or cannot
//! use the screen for anything else. So windows that ended with a wrong PIN, and those that nobody
//! answered, are counted, across restarts. The count is the registrable domain's: sub-domains cost
//! nothing.
//!
//! Spec: docs/protocol.md, "Sign in", step 3; docs/threat-model.md, C-11.

mod count;
mod file;

use std::{
    path::PathBuf,
    sync::{Mutex, PoisonError},
    time::SystemTime,
};

use chop_protocol::Origin;

use crate::{Error, domain};
use count::{UNANSWERED, WRONG};
use file::Domains;

/// How many domains are remembered; beyond, the one that was last heard of longest ago is
/// forgotten.
const MOST: usize = 200;

/// Counts windows that ended badly, for each registrable domain.
#[derive(Debug)]
pub struct CoolDown {
    path: Option<PathBuf>,
    domains: Mutex<Domains>,
}

impl CoolDown {
    /// Reads the counts that an earlier run has written to `path`, and writes them there from now
    /// on: one small file, replaced as a whole, readable by its owner alone. It holds hashes of
    /// domains, so that it is no browsing history.
    ///
    /// A file that is missing or cannot be read counts as empty, and is replaced.
    #[must_use]
    pub fn load(path: PathBuf) -> Self {
        let domains = Mutex::new(file::read(&path));
        Self {
            path: Some(path),
            domains,
        }
    }

    /// Forgets when the process ends.
    #[must_use]
    pub fn in_memory() -> Self {
        Self {
            path: None,
            domains: Mutex::new(Domains::new()),
        }
    }

    /// Whether the site may ask at `now`.
    ///
    /// # Errors
    /// [`Error::CoolingDown`].
    pub(crate) fn check(&self, site: &Origin, now: SystemTime) -> Result<(), Error> {
        let mut domains = self.domains.lock().unwrap_or_else(PoisonError::into_inner);
        let now = file::seconds(now);
        let Some(record) = domains.find(domain::name(site)) else {
            return Ok(());
        };
        let rest = record
            .wrong
            .rest(&WRONG, now)
            .max(record.unanswered.rest(&UNANSWERED, now));
        match u32::try_from(rest.as_secs()).unwrap_or(u32::MAX) {
            0 => Ok(()),
            seconds => Err(Error::CoolingDown { seconds }),
        }
    }

    /// A PIN was wrong in a window of the site: once for each window. On the disk when this
    /// returns, so that no crash forgets it.
    pub(crate) fn wrong(&self, site: &Origin, now: SystemTime) {
        self.count(site, now, |record, now| record.wrong.add(&WRONG, now));
    }

    /// A window of the site ended without anybody having answered it.
    pub(crate) fn unanswered(&self, site: &Origin, now: SystemTime) {
        self.count(site, now, |record, now| {
            record.unanswered.add(&UNANSWERED, now);
        });
    }

    /// A sign-in of the site succeeded.
    pub(crate) fn right(&self, site: &Origin) {
        let mut domains = self.domains.lock().unwrap_or_else(PoisonError::into_inner);
        // Nearly always there is nothing to forget: then nothing is hashed or written.
        if domains.forget(domain::name(site)) {
            self.save(&domains);
        }
    }

    fn count(&self, site: &Origin, now: SystemTime, add: impl FnOnce(&mut file::Record, u64)) {
        let mut domains = self.domains.lock().unwrap_or_else(PoisonError::into_inner);
        let now = file::seconds(now);
        domains.list.retain(|record| {
            record.wrong.is_remembered(&WRONG, now)
                || record.unanswered.is_remembered(&UNANSWERED, now)
        });
        add(domains.entry(domain::name(site)), now);
        if domains.list.len() > MOST {
            let oldest = (0..).zip(&domains.list).min_by_key(|(_, it)| it.last());
            if let Some((oldest, _)) = oldest {
                domains.list.swap_remove(oldest);
            }
        }
        self.save(&domains);
    }

    /// A count that cannot be written is kept for this run; the log says so.
    fn save(&self, domains: &Domains) {
        if let Some(path) = &self.path
            && let Err(error) = file::write(path, domains)
        {
            tracing::warn!(%error, path = %path.display(), "the cool-down could not be written");
        }
    }
}

#[cfg(test)]
mod tests;
