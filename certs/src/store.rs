//! The pair's file: `localhost.pem` in a folder that nobody else may enter.
//!
//! One file, so that authority, leaf and key can never be of different pairs. It is written beside
//! its place and moved there in one step: a reader finds the old one or the new one, whole.

#[cfg_attr(unix, path = "store/unix.rs")]
#[cfg_attr(windows, path = "store/windows.rs")]
mod platform;

use std::{
    fs::File,
    io::{self, Read as _, Write as _},
    path::{Path, PathBuf},
    time::SystemTime,
};

use rustls_pki_types::{
    CertificateDer,
    pem::{SectionKind, SliceIter},
};
use x509_cert::der::pem::{LineEnding, encode_string};
use zeroize::Zeroizing;

use crate::{Error, Lifetime, LocalhostPair};

/// The file's name.
const FILE: &str = "localhost.pem";

/// The largest file that is read, in bytes; ours has about 1,700.
const MAX_FILE: u64 = 16_384;

/// Reads the pair, or makes and keeps one if there is none.
///
/// When two processes do this at once, the file of the first to be ready stays and both have it.
///
/// # Errors
/// Those of [`load`] but [`Error::Missing`]; those of [`save`]; [`Error::Generate`].
pub fn load_or_create(
    folder: &Path,
    now: SystemTime,
    lifetime: Lifetime,
) -> Result<LocalhostPair, Error> {
    match load(folder, now) {
        Err(Error::Missing { .. }) => {}
        loaded => return loaded,
    }
    let pair = LocalhostPair::generate(now, lifetime)?;
    match write(folder, &pair)?.persist_noclobber(place(folder)) {
        Ok(_) => Ok(pair),
        // Another process was faster.
        Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => load(folder, now),
        Err(error) => Err(Error::file("written", place(folder))(error.error)),
    }
}

/// Keeps `pair` in `folder`, in place of what was there. The folder is made if need be.
///
/// # Errors
/// [`Error::File`].
pub fn save(folder: &Path, pair: &LocalhostPair) -> Result<(), Error> {
    let file = write(folder, pair)?;
    file.persist(place(folder))
        .map_err(|error| error.error)
        .map_err(Error::file("written", place(folder)))?;
    Ok(())
}

/// Reads the pair in `folder` and checks all of it: permissions, key, confinement, validity at
/// `now`, chain, names.
///
/// # Errors
/// [`Error::Missing`], [`Error::File`], [`Error::Exposed`], [`Error::Damaged`],
/// [`Error::KeyMismatch`], [`Error::Unconfined`], [`Error::NotYetValid`], [`Error::Expired`],
/// [`Error::Chain`].
pub fn load(folder: &Path, now: SystemTime) -> Result<LocalhostPair, Error> {
    let path = place(folder);
    let file = match File::open(&path) {
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => {
            return Err(Error::Missing { path });
        }
        opened => opened.map_err(Error::file("opened", &path))?,
    };
    platform::check_private(&file, &path)?;
    read_open(file, &path, now)
}

/// Reads the pair in this very file, whoever may read it: for a copy that the system's service
/// manager has made for one service.
///
/// # Errors
/// Those of [`load`] but [`Error::Exposed`].
pub fn read(path: &Path, now: SystemTime) -> Result<LocalhostPair, Error> {
    match File::open(path) {
        Ok(file) => read_open(file, path, now),
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => Err(Error::Missing {
            path: path.to_path_buf(),
        }),
        Err(cause) => Err(Error::file("opened", path)(cause)),
    }
}

fn read_open(file: File, path: &Path, now: SystemTime) -> Result<LocalhostPair, Error> {
    let mut text = Zeroizing::new(Vec::new());
    file.take(MAX_FILE)
        .read_to_end(&mut text)
        .map_err(Error::file("read", path))?;
    let (leaf, authority, key) = parse(&text)?;
    LocalhostPair::checked(authority, leaf, key, now)
}

/// Where the file is, or would be.
#[must_use]
pub fn place(folder: &Path) -> PathBuf {
    folder.join(FILE)
}

/// Writes beside the place. What is left of it when we are killed is as private as the file.
fn write(folder: &Path, pair: &LocalhostPair) -> Result<tempfile::NamedTempFile, Error> {
    platform::create_private_folder(folder).map_err(Error::file("made", folder))?;
    let text = format(pair)?;
    let written = (|| {
        let mut file = platform::private_file(folder)?;
        file.write_all(text.as_bytes())?;
        file.as_file().sync_all()?;
        Ok(file)
    })();
    written.map_err(Error::file("written", folder))
}

fn format(pair: &LocalhostPair) -> Result<Zeroizing<String>, Error> {
    let mut text = Zeroizing::new(String::with_capacity(4096));
    for (label, der) in [
        ("CERTIFICATE", pair.leaf().as_ref()),
        ("CERTIFICATE", pair.authority().as_ref()),
        ("PRIVATE KEY", pair.key().secret_der()),
    ] {
        let block = encode_string(label, LineEnding::LF, der).map(Zeroizing::new);
        text.push_str(&block.map_err(|_| Error::Damaged {
            what: "it cannot be written as PEM",
        })?);
    }
    Ok(text)
}

type Parts = (
    CertificateDer<'static>,
    CertificateDer<'static>,
    Zeroizing<Vec<u8>>,
);

/// Two certificates and a key, in this order, and nothing else.
fn parse(text: &[u8]) -> Result<Parts, Error> {
    let mut blocks = SliceIter::<(SectionKind, Vec<u8>)>::new(text);
    let mut block = |wanted: SectionKind, what| match blocks.next() {
        Some(Ok((kind, der))) if kind == wanted => Ok(Zeroizing::new(der)),
        _ => Err(Error::Damaged { what }),
    };
    let leaf = block(SectionKind::Certificate, "its leaf is not there")?;
    let authority = block(SectionKind::Certificate, "its authority is not there")?;
    let key = block(SectionKind::PrivateKey, "its key is not there")?;
    if blocks.next().is_some() {
        return Err(Error::Damaged {
            what: "there is more in it than a pair",
        });
    }
    Ok((leaf.to_vec().into(), authority.to_vec().into(), key))
}
