//! A PKCS #12 file as a card of its own.
//!
//! Its worker lives for one operation, so that the key goes with the process: the libraries that
//! decrypt it zero little. An iteration count above a million, or scrypt with more than 1 GiB, is
//! refused by p12-keystore before the work is done; the keyring's deadline ends everything else.

pub(crate) mod bags;
mod key;

use std::{
    fs::File,
    io::{ErrorKind, Read as _},
    path::Path,
};

use bags::Bag;
use p12_keystore::{Pkcs12Archive, error::Error};
use zeroize::Zeroizing;

use crate::{
    Certificate, FileFault, KeyKind, Pin, Signing, Use,
    certificate::name::printable,
    check,
    check::Care,
    pin::LONGEST as LONGEST_PIN,
    wire::{Failure, Found, Listing, Padding, Reply, What},
};

/// The longest file that is read, in bytes: 1 MiB.
const LONGEST: u64 = 1 << 20;

/// Looks at a file without its password: what it holds is shown where the certificates are not
/// encrypted.
pub(super) fn list(path: &Path) -> Result<Listing, FileFault> {
    let bags = bags::in_the_open(&read(path)?)?;
    let certificates = match bags.hidden {
        true => Vec::new(),
        false => bags::with_keys(&bags.keys, &bags.certificates),
    };
    if certificates.is_empty() && !bags.hidden {
        return Err(FileFault::NoKey);
    }
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let found = Found {
        slot: 0,
        place: String::new(),
        serial: String::new(),
        label: printable(&name),
        manufacturer: String::new(),
        model: "PKCS #12".to_owned(),
        certificates: certificates.into_iter().map(|(_, it)| it).collect(),
        hidden: bags.hidden,
        shortest_pin: 0,
        longest_pin: LONGEST_PIN,
        locked: false,
        keypad: false,
    };
    let listing = Listing {
        library: None,
        tokens: vec![found],
        fixed: false,
    };
    Ok(listing.cut())
}

/// A file that was opened with its password, and the one key in it that is wanted.
pub(super) struct OpenFile {
    pub(super) certificate: Certificate,
    kind: KeyKind,
    /// PKCS #8, DER.
    key: Zeroizing<Vec<u8>>,
}

impl OpenFile {
    /// Opens it. The key is that of the certificate `shown`; where none was, of the first one that
    /// fits.
    pub(super) fn new(
        path: &Path,
        password: &Pin,
        wanted: Use,
        shown: Option<&[u8]>,
    ) -> Result<Self, Failure> {
        let file = read(path).map_err(Failure::File)?;
        // The format knows passwords as text only.
        let password =
            std::str::from_utf8(password.expose()).map_err(|_| Failure::PinWrong { left: None })?;
        let mac = bags::in_the_open(&file).map_err(Failure::File)?.mac;
        let archive =
            Pkcs12Archive::from_pkcs12(&file, password).map_err(|error| failure(&error, mac))?;

        let keys: Vec<Bag<_>> = archive
            .keys
            .iter()
            .map(|bag| Bag {
                id: bag.local_key_id.as_ref().map(|id| id.0.clone()),
                label: String::new(),
                content: &bag.key,
            })
            .collect();
        let certificates: Vec<Bag<_>> = archive
            .certs
            .iter()
            .map(|bag| Bag {
                id: bag.local_key_id.clone(),
                label: String::new(),
                content: bag.cert.as_der().to_vec(),
            })
            .collect();
        let mut pairs = bags::with_keys(&keys, &certificates).into_iter();
        let (key, certificate) = match shown {
            Some(shown) => pairs
                .find(|(_, certificate)| certificate.der == shown)
                .ok_or(Failure::File(FileFault::Changed))?,
            None => pairs
                .find(|(_, certificate)| certificate.fits(wanted))
                .ok_or(Failure::File(FileFault::NoKey))?,
        };
        Ok(Self {
            kind: certificate.key.ok_or(Failure::File(FileFault::NoKey))?,
            key: Zeroizing::new(key.as_der().to_vec()),
            certificate,
        })
    }

    /// Signs; each signature is a reply.
    pub(super) fn sign(self, what: &What) -> Result<Vec<Reply>, Failure> {
        match what {
            What::Login(messages) => Ok(vec![Reply::Signed {
                signature: self.signature(&messages.fitting(self.kind))?,
                kind: self.kind,
                certificate: self.certificate.der,
            }]),
            What::Each(messages) => messages
                .iter()
                .map(|message| self.signature(message).map(Reply::Signature))
                .collect(),
        }
    }

    fn signature(&self, message: &Signing) -> Result<Vec<u8>, Failure> {
        let signature = key::sign(self.kind, &self.key, message)?;
        let key = (self.kind, self.certificate.public_key.as_slice());
        match check::is_by(key, message, &signature, Care::Full) {
            true => Ok(signature),
            false => Err(Failure::NotASignature),
        }
    }

    /// Decrypts one block; `None` if it is none of this key's.
    pub(super) fn decrypt(&self, padding: Padding, block: &[u8]) -> Result<Option<Pin>, Failure> {
        key::decrypt(&self.key, padding, block)
    }
}

fn read(path: &Path) -> Result<Vec<u8>, FileFault> {
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(|error| match error.kind() {
        ErrorKind::NotFound | ErrorKind::NotADirectory => FileFault::NotFound,
        _ => FileFault::Unreadable,
    })?;
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
        Error::MacError(_) | Error::Pkcs5Error(_) | Error::UnpadError => {
            Failure::PinWrong { left: None }
        }
        Error::UnsupportedEncryptionScheme
        | Error::UnsupportedMacAlgorithm
        | Error::UnsupportedContentType
        | Error::InvalidParameters => Failure::File(FileFault::Unsupported),
        // One wrong password in 256 leaves what looks like padding, and then no structure.
        _ if !mac => Failure::PinWrong { left: None },
        _ => Failure::File(FileFault::NotPkcs12),
    }
}

#[cfg(test)]
mod tests;
