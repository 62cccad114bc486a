//! Systems whose own stores we do not look at yet.

use std::path::{Path, PathBuf};

use super::{Browser, Trust, TrustStore};

/// Says that nothing was looked at.
#[must_use]
pub fn look(_home: &Path, _authority: &[u8]) -> Vec<TrustStore> {
    [Browser::Chromium, Browser::Firefox]
        .map(|browser| TrustStore {
            browser,
            folder: PathBuf::new(),
            trust: Trust::NotLookedAt,
        })
        .into()
}

/// None.
#[must_use]
pub fn databases(_home: &Path) -> Vec<PathBuf> {
    Vec::new()
}

/// Chromium has no database of its own here; this is where one would be made.
#[must_use]
pub fn chromium_database(home: &Path) -> PathBuf {
    home.join(".pki/nssdb")
}
