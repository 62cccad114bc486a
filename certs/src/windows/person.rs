//! What an installation changes for one person on Windows: values below `HKEY_CURRENT_USER` and the
//! person's own ROOT store, with a book of what was changed, so that all of it can be taken back.
//!
//! Windows asks the person before that store is changed, and the person may say no. So what was
//! tried once is tried again only when the person installs again.
//!
//! Spec: docs/architecture.md, "The localhost certificate" (D3); docs/windows.md.

use std::path::Path;

use rustls_pki_types::CertificateDer;

use super::{System, Value, book::Book};
use crate::Error;

/// A value that an installation sets.
#[derive(Clone, Debug)]
pub struct Setting {
    /// Its key below `HKEY_CURRENT_USER`.
    pub key: &'static str,
    /// Its name.
    pub name: &'static str,
    /// What it is.
    pub value: Value,
}

/// Sets exactly these values of ours; gives those that somebody else has set otherwise, which stay.
///
/// # Errors
/// [`Error::File`] and [`Error::System`].
pub fn set<'a>(
    system: &impl System,
    book: &Path,
    wanted: &'a [Setting],
) -> Result<Vec<&'a Setting>, Error> {
    let mut book = Book::open(book.to_path_buf())?;
    for key in book.places() {
        for ours in book.ours(&key) {
            let is_wanted =
                |it: &Setting| it.key == ours.key && it.name == ours.name && it.value == ours.value;
            if !wanted.iter().any(is_wanted) {
                book.take_back(system, &ours)?;
            }
        }
    }
    let mut held = Vec::new();
    for setting in wanted {
        let there = system.values(setting.key);
        let there = there.map_err(Error::system("the registry could not be read"))?;
        match there.iter().find(|(name, _)| name == setting.name) {
            None => book.set(system, setting.key, setting.name, setting.value.clone())?,
            Some((_, value)) if *value == setting.value => {}
            Some(_) => held.push(setting),
        }
    }
    book.remove_keys(system)?;
    Ok(held)
}

/// Trusts these authorities, and no other of ours any more. The person is asked for each.
///
/// # Errors
/// [`Error::File`]; [`Error::System`] when the person says no, too.
pub fn trust(
    system: &impl System,
    book: &Path,
    authorities: &[CertificateDer<'_>],
) -> Result<(), Error> {
    let mut book = Book::open(book.to_path_buf())?;
    for authority in authorities {
        book.trust(system, authority)?;
    }
    book.distrust_others(system, authorities)
}

/// The same for authorities that are new since: the person is asked once for each of them.
///
/// # Errors
/// Those of [`trust`].
pub fn trust_new(
    system: &impl System,
    book: &Path,
    authorities: &[CertificateDer<'_>],
) -> Result<(), Error> {
    let mut open = Book::open(book.to_path_buf())?;
    let new = authorities.iter().filter(|it| !open.has_tried(it));
    for authority in new.cloned().collect::<Vec<_>>() {
        open.trust(system, &authority)?;
    }
    open.distrust_others(system, authorities)
}

/// Takes everything back, and removes the book.
///
/// # Errors
/// [`Error::File`]; [`Error::System`] when the person says no, too. The rest is taken back, and the
/// book stays for another try.
pub fn clear(system: &impl System, book: &Path) -> Result<(), Error> {
    Book::open(book.to_path_buf())?.undo(system)
}
