//! A home folder in which browsers trust the certificates of a test, and nothing of the developer's.

use std::path::{Path, PathBuf};

use anyhow::Result;
use chop_certs::nss::Database;
use chop_certs::stores;
use rustls_pki_types::CertificateDer;

/// A `HOME` with Chromium's certificate store, and a Firefox profile with its own.
///
/// Chromium on Linux reads the NSS database of the person, Firefox that of its profile. Both are
/// written before the browser starts, because a running one does not look again.
#[derive(Debug)]
pub struct Home {
    folder: PathBuf,
}

impl Home {
    /// Makes a home in `folder` whose browsers trust `authorities` for naming web sites.
    ///
    /// # Errors
    /// When `folder` cannot be written or `certutil` (package libnss3-tools) refuses.
    pub fn new(folder: &Path, authorities: &[CertificateDer<'_>]) -> Result<Self> {
        let home = Self {
            folder: folder.to_owned(),
        };
        for store in [stores::chromium_database(folder), home.firefox_profile()] {
            let database = Database::at(store);
            database.create_if_missing()?;
            for (number, authority) in authorities.iter().enumerate() {
                database.add(&format!("Chop test {number}"), authority)?;
            }
        }
        Ok(home)
    }

    /// Takes one of the `authorities` that it was made with out of Chromium's store, by its place.
    ///
    /// # Errors
    /// When `certutil` refuses.
    pub fn distrust(&self, number: usize) -> Result<()> {
        let database = Database::at(stores::chromium_database(&self.folder));
        Ok(database.remove(&format!("Chop test {number}"))?)
    }

    /// The folder itself: the value of `HOME` for whatever is started with it.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Chromium's profile. It lasts as long as the home, so a browser started again remembers.
    pub fn chromium_profile(&self) -> PathBuf {
        self.folder.join("chromium")
    }

    /// Firefox's profile, where doctor looks for profiles.
    pub fn firefox_profile(&self) -> PathBuf {
        self.folder.join(".mozilla/firefox/test")
    }
}
