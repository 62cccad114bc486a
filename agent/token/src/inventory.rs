//! What is plugged in, as far as it is known now.

use std::{ops::RangeInclusive, path::PathBuf};

use serde::{Deserialize, Serialize};

/// Readers, cards and certificates at one moment.
#[derive(Clone, Debug, Default)]
pub struct Inventory {
    /// Whether every module has answered since the last change; until then, wait rather than
    /// tell the person that something is missing.
    pub settled: bool,
    /// What PC/SC sees.
    pub readers: Readers,
    /// Every certificate whose key can sign a login: by its keyUsage, not by the key's flags.
    pub signers: Vec<Signer>,
    /// Modules and files that could not be used, for doctor and the window.
    pub faults: Vec<ModuleFault>,
}

/// What PC/SC sees.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub enum Readers {
    /// Not looked yet.
    #[default]
    Unknown,
    /// The smart card service does not run.
    ServiceDown,
    /// The readers, maybe none.
    Present(Vec<Reader>),
}

/// A card reader.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Reader {
    /// Its PC/SC name.
    pub name: String,
    /// The answer to reset of the card in it, if there is one.
    pub card: Option<Vec<u8>>,
}

/// Names one key, for as long as its card stays in.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct KeyId {
    /// The module or the PKCS #12 file.
    pub source: PathBuf,
    /// The PKCS #11 slot; 0 for a file.
    pub slot: u64,
    /// The token's serial number; empty for a file.
    pub token: String,
    /// `CKA_ID`; empty for a file.
    pub id: Vec<u8>,
}

/// A certificate that can sign a login, and what is known of its card.
#[derive(Clone, Debug)]
pub struct Signer {
    /// The key to give to [`crate::Keyring::sign`].
    pub key: KeyId,
    /// The certificate; `None` for a PKCS #12 file that hides it until the password is given.
    pub certificate: Option<Certificate>,
    /// The token's label, or the file's name.
    pub label: String,
    /// The PC/SC reader the card is in, where the module's slot names one.
    pub reader: Option<String>,
    /// What is known of the PIN.
    pub pin: PinState,
}

/// A certificate, as far as it is shown and used.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Certificate {
    /// The whole certificate, DER.
    pub der: Vec<u8>,
    /// The subject's common name, or its organization where there is none.
    pub holder: String,
    /// The issuer's common name, organizational unit or organization, the first there is.
    pub issuer: String,
    /// The start of validity, seconds since 1970.
    pub not_before: i64,
    /// The end of validity, seconds since 1970.
    pub not_after: i64,
    /// The kind of its key.
    pub key: KeyKind,
}

/// Keys that can sign a login.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
pub enum KeyKind {
    /// RSA of this many bits, 2048 to 4096.
    Rsa(u16),
    /// NIST P-256.
    P256,
    /// NIST P-384.
    P384,
    /// NIST P-521.
    P521,
}

/// What is known of a PIN.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PinState {
    /// Tries before it locks, from the card's own status word; `None` where the card does not tell.
    pub tries_left: Option<u8>,
    /// Whether the card says that it is locked.
    pub locked: bool,
    /// How many bytes it may have.
    pub length: RangeInclusive<usize>,
    /// Whether it is entered on the reader's own keypad.
    pub keypad: bool,
}

/// A module or file that could not be used.
#[derive(Clone, Debug)]
pub struct ModuleFault {
    /// The module or file.
    pub source: PathBuf,
    /// Why, in English, for doctor and the log.
    pub reason: String,
}
