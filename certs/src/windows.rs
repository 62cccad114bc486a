//! The machine's own trust on Windows: its pair, the ROOT store, the browsers' policies in the
//! registry and the reserved ports, with a book of what was changed, so that all of it can be taken
//! back.
//!
//! Nothing of others is overwritten. Browsers' lists are numbered values: ours get numbers that are
//! free, and exactly those go again. A switch that somebody has set otherwise stays, and is told as
//! [`Held`].
//!
//! What is asked of the system is behind [`System`], so all of this is tested on any system;
//! `Local` is the real one, on Windows alone.
//!
//! Spec: docs/architecture.md, "The localhost certificate" (D3); docs/windows.md.

mod book;
#[cfg(windows)]
mod local;
pub mod person;
mod policies;
#[cfg(windows)]
mod roots;

use std::{
    fs, io,
    path::{Path, PathBuf},
    time::SystemTime,
};

use rustls_pki_types::CertificateDer;

use crate::{
    Error, Lifetime, LocalhostPair,
    rotation::{Rotation, remove_folder},
    stores::Browser,
};
use book::Book;
#[cfg(windows)]
pub use local::Local;
#[cfg(windows)]
pub(crate) use policies::KEYS;
#[cfg(windows)]
pub use roots::Roots;

/// What of Windows is changed: everybody's, or one person's.
pub trait System {
    /// The values of a key below `HKEY_LOCAL_MACHINE` or `HKEY_CURRENT_USER`; none where there is no such key.
    ///
    /// # Errors
    /// The system's.
    fn values(&self, key: &str) -> io::Result<Vec<(String, Value)>>;

    /// Whether there is such a key.
    fn has_key(&self, key: &str) -> bool;

    /// Sets a value; the key is made if need be.
    ///
    /// # Errors
    /// The system's.
    fn set(&self, key: &str, name: &str, value: &Value) -> io::Result<()>;

    /// Removes a value, if it is there.
    ///
    /// # Errors
    /// The system's.
    fn remove(&self, key: &str, name: &str) -> io::Result<()>;

    /// Removes a key, if it is there and has neither values nor keys.
    ///
    /// # Errors
    /// The system's.
    fn remove_if_empty(&self, key: &str) -> io::Result<()>;

    /// Whether the ROOT store has the certificate (DER).
    ///
    /// # Errors
    /// The system's.
    fn trusts(&self, authority: &[u8]) -> io::Result<bool>;

    /// Adds the certificate (DER) to the ROOT store.
    ///
    /// # Errors
    /// The system's.
    fn trust(&self, authority: &[u8]) -> io::Result<()>;

    /// Takes the certificate (DER) out of the ROOT store, if it is in it.
    ///
    /// # Errors
    /// The system's.
    fn distrust(&self, authority: &[u8]) -> io::Result<()>;

    /// Whether Windows gives the TCP port to nobody who has not asked for exactly it.
    fn reserves(&self, port: u16) -> bool;

    /// Makes it so, for IPv4 and IPv6, until it is released.
    ///
    /// # Errors
    /// What the system's tool says.
    fn reserve(&self, port: u16) -> io::Result<()>;

    /// Ends it.
    ///
    /// # Errors
    /// What the system's tool says.
    fn release(&self, port: u16) -> io::Result<()>;

    /// Makes a folder, or takes the one that is there: whoever is logged on may read it, and nobody
    /// but administrators change it or what is in it. One of somebody else's is put aside.
    ///
    /// # Errors
    /// The system's.
    fn claim(&self, folder: &Path) -> io::Result<()>;

    /// Lets administrators and the system alone have the folder or file.
    ///
    /// # Errors
    /// The system's.
    fn keep_from_people(&self, path: &Path) -> io::Result<()>;
}

/// A value of the registry.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Value {
    /// `REG_SZ`.
    Text(String),
    /// `REG_DWORD`.
    Number(u32),
    /// Anything else; never written.
    Other,
}

/// A value that somebody else has set otherwise, and that stays so.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Held {
    /// Who reads it.
    pub browser: Browser,
    /// Its key below `HKEY_LOCAL_MACHINE`.
    pub key: String,
    /// Its name.
    pub name: String,
    /// What it would have to be.
    pub wanted: u32,
}

/// What is wanted.
#[derive(Clone, Copy, Debug)]
pub struct Wish<'a> {
    /// The sites that may reach the agent, as origins; none for no policies at all.
    pub sites: &'a [String],
    /// The ports to keep from programs that take any port.
    pub ports: &'a [u16],
}

/// What was done.
#[derive(Debug, Default)]
pub struct Done {
    /// What others have to do.
    pub held: Vec<Held>,
    /// Ports that could not be reserved, and why; pages reach the agent all the same.
    pub not_reserved: Vec<(u16, io::Error)>,
    /// Whether the pair that is served has changed.
    pub pair_changed: bool,
}

/// The files in the machine's folder, normally `C:\ProgramData\Chop\machine`.
#[derive(Clone, Debug)]
pub struct Places {
    /// That folder.
    pub state: PathBuf,
}

impl Places {
    /// The folder of the pair that is served.
    #[must_use]
    pub fn pair(&self) -> PathBuf {
        self.state.join("localhost")
    }

    fn next(&self) -> PathBuf {
        self.state.join("next")
    }

    /// The authority of the pair that is served, PEM, readable by all.
    #[must_use]
    pub fn authority(&self) -> PathBuf {
        self.state.join("authority.pem")
    }

    fn book(&self) -> PathBuf {
        self.state.join("changes.json")
    }
}

/// Makes the machine's pair where there is none or it is due, trusts it, reserves ports, and writes
/// what `sites` need. Running it when nothing is due changes nothing.
///
/// # Errors
/// [`Error::File`], [`Error::System`], and those of [`Rotation::step`].
pub fn set_up(
    system: &impl System,
    places: &Places,
    wish: &Wish<'_>,
    now: SystemTime,
    seen: impl FnOnce(SystemTime) -> bool,
) -> Result<Done, Error> {
    // The one above is one that everybody may make things in.
    for folder in [places.state.parent(), Some(&places.state)]
        .into_iter()
        .flatten()
    {
        system.claim(folder).map_err(Error::file("made", folder))?;
    }
    let rotation = Rotation {
        current: places.pair(),
        next: places.next(),
        lifetime: Lifetime::MachineWide,
    };
    let pairs = rotation.step(now, seen)?;
    let next = places.next();
    let keys = [places.pair()].into_iter();
    for folder in keys.chain(next.exists().then_some(next)) {
        for path in [crate::store::place(&folder), folder] {
            let kept = system.keep_from_people(&path);
            kept.map_err(Error::file("kept from people", &path))?;
        }
    }
    write_authority(&places.authority(), &pairs.current)?;

    let mut book = Book::open(places.book())?;
    let wanted: Vec<CertificateDer<'_>> = [Some(&pairs.current), pairs.next.as_ref()]
        .into_iter()
        .flatten()
        .map(|pair| pair.authority().clone())
        .collect();
    for authority in &wanted {
        book.trust(system, authority)?;
    }
    book.distrust_others(system, &wanted)?;
    let held = policies::write(system, &mut book, wish.sites)?;
    let not_reserved = book.reserve(system, wish.ports)?;
    Ok(Done {
        held,
        not_reserved,
        pair_changed: pairs.changed,
    })
}

/// Takes everything back, and removes the machine's folder.
///
/// # Errors
/// [`Error::File`], [`Error::System`]. What could be taken back before is.
pub fn clear(system: &impl System, places: &Places) -> Result<(), Error> {
    Book::open(places.book())?.undo(system)?;
    remove_folder(&places.state)?;
    // The folder above, unless an administrator has a policy in it.
    if let Some(above) = places.state.parent() {
        let _ = fs::remove_dir(above);
    }
    Ok(())
}

/// Writes a PEM file if it is another than the one that is there.
fn write_authority(path: &Path, pair: &LocalhostPair) -> Result<(), Error> {
    let pem = pair.authority_pem();
    if fs::read(path).is_ok_and(|there| there == pem.as_bytes()) {
        return Ok(());
    }
    crate::machine::replace(path, pem.as_bytes(), 0o644)
}

#[cfg(test)]
mod tests;
