//! Windows: the ROOT store, which Chromium's family reads, and Firefox unless it is told not to.

use std::path::{Path, PathBuf};

use super::{Browser, Trust, TrustStore};
use crate::windows::Roots;

/// Looks for `authority` (DER) among what this person and the machine trust.
#[must_use]
pub fn look(_home: &Path, authority: &[u8]) -> Vec<TrustStore> {
    let trust = match Roots::of_this_person().has(authority) {
        Ok(true) => Trust::Trusted,
        Ok(false) => Trust::Untrusted,
        Err(error) => Trust::Unknown {
            reason: error.to_string(),
        },
    };
    [Browser::Chromium, Browser::Firefox]
        .map(|browser| TrustStore {
            browser,
            folder: PathBuf::from("ROOT"),
            trust: trust.clone(),
        })
        .into()
}

/// None: browsers here have no databases that we change.
#[must_use]
pub fn databases(_home: &Path) -> Vec<PathBuf> {
    Vec::new()
}

/// Chromium has no database of its own here; this is where one would be made.
#[must_use]
pub fn chromium_database(home: &Path) -> PathBuf {
    home.join(".pki/nssdb")
}
