//! A PKCS #12 file as a card of its own.
//!
//! Its worker lives for one operation, so that the key goes with the process: the libraries that
//! decrypt it zero little. An iteration count above a million, or scrypt with more than 1 GiB, is
//! refused by p12-keystore before the work is done; the keyring's deadline ends everything else.

mod bags;
mod key;

use std::{fs::File, io::Read as _, path::Path};

use bags::Bag;
use p12_keystore::{Pkcs12Archive, error::Error};

use crate::{
    Certificate, Messages, Pin, Signed, check,
    wire::{Failure, FileFault, Found, Listing},
};

/// The longest file that is read, in bytes: 1 MiB.
const LONGEST: u64 = 1 << 20;

/// The longest password, in bytes.
const LONGEST_PASSWORD: usize = 255;

/// Looks at a file without its password: what it holds is shown where the certificates are not
/// encrypted.
pub(super) fn list(path: &Path) -> Result<Listing, FileFault> {
    let bags = bags::in_the_open(&read(path)?)?;
    let certificate = match bags.hidden {
        true => None,
        false => Some(
            bags::choose(&bags.keys, &bags.certificates)
                .ok_or(FileFault::NoKey)?
                .1,
        ),
    };
    let found = Found {
        slot: 0,
        place: String::new(),
        token: String::new(),
        label: path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned(),
        id: Vec::new(),
        certificate,
        shortest_pin: 0,
        longest_pin: LONGEST_PASSWORD,
        locked: false,
        keypad: false,
    };
    Ok(Listing {
        found: vec![found],
        fixed: false,
    })
}

/// Opens the file with its password and signs.
pub(super) fn sign(
    path: &Path,
    shown: Option<&[u8]>,
    messages: &Messages,
    password: &Pin,
) -> Result<Signed, Failure> {
    let file = read(path).map_err(Failure::File)?;
    // The format knows passwords as text only.
    let password = std::str::from_utf8(password.expose()).map_err(|_| Failure::PinWrong)?;
    let mac = bags::in_the_open(&file).map_err(Failure::File)?.mac;
    let archive =
        Pkcs12Archive::from_pkcs12(&file, password).map_err(|error| failure(&error, mac))?;

    let key_bags: Vec<Bag<_>> = archive
        .keys
        .iter()
        .map(|bag| Bag {
            id: bag.local_key_id.as_ref().map(|id| id.0.clone()),
            content: &bag.key,
        })
        .collect();
    let certificate_bags: Vec<Bag<_>> = archive
        .certs
        .iter()
        .map(|bag| Bag {
            id: bag.local_key_id.clone(),
            content: bag.cert.as_der().to_vec(),
        })
        .collect();
    let (key, certificate) =
        bags::choose(&key_bags, &certificate_bags).ok_or(Failure::File(FileFault::NoKey))?;
    if shown.is_some_and(|shown| shown != certificate.der) {
        return Err(Failure::File(FileFault::Changed));
    }

    let message = messages.fitting(certificate.key);
    let signature = key::sign(certificate.key, key.as_der(), message)
        .ok_or(Failure::File(FileFault::Unsupported))?;
    if !check::is_by(&certificate.der, certificate.key, message, &signature) {
        return Err(Failure::NotASignature);
    }
    let Certificate { der, key, .. } = certificate;
    Ok(Signed {
        certificate: der,
        key,
        signature,
    })
}

fn read(path: &Path) -> Result<Vec<u8>, FileFault> {
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(|_| FileFault::Unreadable)?;
    file.take(LONGEST + 1)
        .read_to_end(&mut bytes)
        .map_err(|_| FileFault::Unreadable)?;
    match bytes.len() as u64 {
        0..=LONGEST => Ok(bytes),
        _ => Err(FileFault::TooLong),
    }
}

/// Sorts the errors of a file whose outer structure is sound.
fn failure(error: &Error, mac: bool) -> Failure {
    match error {
        Error::MacError(_) | Error::Pkcs5Error(_) | Error::UnpadError => Failure::PinWrong,
        Error::UnsupportedEncryptionScheme
        | Error::UnsupportedMacAlgorithm
        | Error::UnsupportedContentType
        | Error::InvalidParameters => Failure::File(FileFault::Unsupported),
        // One wrong password in 256 leaves what looks like padding, and then no structure.
        _ if !mac => Failure::PinWrong,
        _ => Failure::File(FileFault::NotPkcs12),
    }
}

#[cfg(test)]
mod tests;
