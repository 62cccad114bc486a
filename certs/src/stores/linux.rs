//! Linux: NSS databases in the person's home.

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::{Browser, FLATPAKS, Trust, TrustStore};
use crate::nss::Database;

/// Where Firefox has its profiles, below the home: as packaged by distributions (the second since
/// Firefox 147, where there is none of the first), as a snap, as a flatpak.
const FIREFOX: [&str; 5] = [
    ".mozilla/firefox",
    ".config/mozilla/firefox",
    "snap/firefox/common/.mozilla/firefox",
    ".var/app/org.mozilla.firefox/.mozilla/firefox",
    ".var/app/org.mozilla.firefox/config/mozilla/firefox",
];

/// Looks for `authority` (DER) in every store below `home`.
///
/// The first is always the one that Chromium reads; the others are the profiles of Firefox that
/// there are, Chromium's snap, and what of its family has been started as a Flatpak.
#[must_use]
pub fn look(home: &Path, authority: &[u8]) -> Vec<TrustStore> {
    all(home)
        .map(|(browser, folder)| TrustStore {
            browser,
            trust: trust(&folder, authority),
            folder,
        })
        .collect()
}

/// The folders of every database below `home`; the first may have to be made.
#[must_use]
pub fn databases(home: &Path) -> Vec<PathBuf> {
    all(home).map(|(_, folder)| folder).collect()
}

fn all(home: &Path) -> impl Iterator<Item = (Browser, PathBuf)> {
    let snap = Some(home.join("snap/chromium/current/.pki/nssdb")).filter(|folder| folder.is_dir());
    let chromium = [Some(chromium_database(home)), snap].into_iter().flatten();
    let chromium = chromium.chain(in_flatpaks(home));
    let chromium = chromium.map(|folder| (Browser::Chromium, folder));
    let firefox = firefox_profiles(home)
        .into_iter()
        .map(|folder| (Browser::Firefox, folder));
    chromium.chain(firefox)
}

/// The databases that Chromium and its relatives have made as Flatpaks: each has a home of its own.
fn in_flatpaks(home: &Path) -> Vec<PathBuf> {
    let boxes = FLATPAKS
        .iter()
        .map(|(id, _)| home.join(".var/app").join(id));
    let places = boxes.flat_map(|it| [".pki/nssdb", "data/pki/nssdb"].map(|place| it.join(place)));
    let exists = |folder: &PathBuf| Database::at(folder.as_path()).exists();
    places.filter(exists).collect()
}

/// The database that Chromium, Chrome and Edge read: `~/.pki/nssdb` where it exists, otherwise
/// `~/.local/share/pki/nssdb`.
#[must_use]
pub fn chromium_database(home: &Path) -> PathBuf {
    let old = home.join(".pki/nssdb");
    if old.is_dir() {
        old
    } else {
        home.join(".local/share/pki/nssdb")
    }
}

/// Folders with a `cert9.db`, in the order of their names.
fn firefox_profiles(home: &Path) -> Vec<PathBuf> {
    let entries = FIREFOX
        .iter()
        .filter_map(|folder| fs::read_dir(home.join(folder)).ok());
    let folders = entries.flatten().flatten().map(|entry| entry.path());
    let mut profiles: Vec<_> = folders
        .filter(|folder| Database::at(folder.as_path()).exists())
        .collect();
    profiles.sort();
    profiles
}

fn trust(folder: &Path, authority: &[u8]) -> Trust {
    let database = Database::at(folder);
    if !database.exists() {
        return Trust::NoStore;
    }
    match database.contains(authority) {
        Ok(true) => Trust::Trusted,
        Ok(false) => Trust::Untrusted,
        Err(error) => Trust::Unknown {
            reason: error.to_string(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn home_with(files: &[&str]) -> tempfile::TempDir {
        let home = tempfile::tempdir().unwrap();
        for file in files {
            let path = home.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        home
    }

    #[test]
    fn chromium_reads_the_old_place_where_it_exists() {
        let home = home_with(&[]);
        assert_eq!(
            chromium_database(home.path()),
            home.path().join(".local/share/pki/nssdb")
        );
        let home = home_with(&[".pki/nssdb/cert9.db"]);
        assert_eq!(
            chromium_database(home.path()),
            home.path().join(".pki/nssdb")
        );
    }

    #[test]
    fn every_firefox_profile_is_found_wherever_it_is_packaged() {
        let home = home_with(&[
            ".mozilla/firefox/b.default/cert9.db",
            ".mozilla/firefox/a.default-esr/cert9.db",
            ".mozilla/firefox/Crash Reports/x",
            "snap/firefox/common/.mozilla/firefox/c/cert9.db",
        ]);
        let found = firefox_profiles(home.path());
        let names: Vec<_> = found.iter().map(|path| path.file_name().unwrap()).collect();
        assert_eq!(names, ["a.default-esr", "b.default", "c"]);
    }

    #[test]
    fn a_chromium_that_has_been_started_as_a_flatpak_has_a_store_of_its_own() {
        let home = home_with(&[
            ".var/app/org.chromium.Chromium/data/pki/nssdb/cert9.db",
            ".var/app/com.google.Chrome/.pki/nssdb/cert9.db",
            ".var/app/com.microsoft.Edge/data/x",
            ".var/app/org.gnome.Calculator/data/pki/nssdb/cert9.db",
        ]);
        let all = databases(home.path());
        let inside = |it: &&PathBuf| it.starts_with(home.path().join(".var"));
        let found: Vec<_> = all.iter().filter(inside).collect();
        let boxes = home.path().join(".var/app");
        assert_eq!(
            found,
            [
                &boxes.join("com.google.Chrome/.pki/nssdb"),
                &boxes.join("org.chromium.Chromium/data/pki/nssdb"),
            ]
        );
    }

    #[test]
    fn flatpaks_that_were_used_are_named() {
        let home = home_with(&[
            ".var/app/com.google.Chrome/config/x",
            ".var/app/org.gnome.Calculator/x",
            ".var/app/org.mozilla.firefox",
        ]);
        // The last is a file.
        assert_eq!(super::super::flatpaks(home.path()), ["Google Chrome"]);
    }

    #[test]
    fn a_home_without_browsers_has_only_the_store_that_chromium_would_make() {
        let home = home_with(&[]);
        let found = look(home.path(), b"");
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].trust, Trust::NoStore);
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 0);
    }
}
