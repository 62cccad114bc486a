//! What is plugged in, as far as it is known now.

use std::{
    ops::RangeInclusive,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use crate::{
    Certificate, Fault,
    model::{self, Model},
};

/// Readers, cards and certificates at one moment.
#[derive(Clone, Debug, Default)]
pub struct Inventory {
    /// Whether every module has answered since the last change; until then, wait rather than
    /// tell the person that something is missing.
    pub settled: bool,
    /// What PC/SC sees.
    pub readers: Readers,
    /// Cards and files that a module, or we, can read. A card that two modules know is here once.
    pub tokens: Vec<Token>,
    /// Modules and files, in the order of the settings.
    pub sources: Vec<Source>,
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

/// Names one token, for as long as its card stays in.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct TokenId {
    /// The module or the PKCS #12 file.
    pub source: PathBuf,
    /// The PKCS #11 slot; 0 for a file.
    pub slot: u64,
    /// The token's serial number; empty for a file.
    pub serial: String,
}

/// A card, a stick or a file with keys.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Token {
    /// Its name here.
    pub id: TokenId,
    /// Its own name: the token's label, or the file's name.
    pub label: String,
    /// Who made it, as it says.
    pub manufacturer: String,
    /// What it is, as it says.
    pub model: String,
    /// The PC/SC reader that it is in, where the module's slot names one.
    pub reader: Option<String>,
    /// What is known of its PIN.
    pub pin: PinState,
    /// Its certificates, in the token's own order; all there are, also of authorities.
    pub certificates: Vec<Certificate>,
    /// Whether it shows its certificates only to who knows the PIN: a PKCS #12 file may.
    pub hidden: bool,
}

/// Names one key, for as long as its card stays in.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct KeyId {
    /// Where it is.
    pub token: TokenId,
    /// `CKA_ID`; in a file the `localKeyId`, empty where there is none.
    pub id: Vec<u8>,
}

/// What a key is wanted for.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
pub enum Use {
    /// Signing in to a site.
    SignIn,
    /// Signing a document.
    Sign,
    /// Decrypting what was encrypted to the certificate.
    Decrypt,
}

/// A key that fits a use, and what is known of its card.
#[derive(Clone, Debug)]
pub struct Signer {
    /// The key to give to [`crate::Keyring`].
    pub key: KeyId,
    /// The certificate; `None` for a file that hides it until the password is given.
    pub certificate: Option<Certificate>,
    /// The token's label, or the file's name.
    pub label: String,
    /// The PC/SC reader that the card is in, where the module's slot names one.
    pub reader: Option<String>,
    /// What is known of the PIN.
    pub pin: PinState,
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

/// A module or a file, and how it does.
#[derive(Clone, Debug)]
pub struct Source {
    /// The module or file.
    pub path: PathBuf,
    /// What the module says of itself; `None` for a file, and before it was asked.
    pub library: Option<Library>,
    /// Why it cannot be used.
    pub fault: Option<Fault>,
}

/// What a module says of itself (`CK_INFO`).
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Library {
    /// The version of the standard that it speaks: major, minor.
    pub cryptoki: (u8, u8),
    /// Its own version: major, minor.
    pub version: (u8, u8),
    /// Its name.
    pub description: String,
    /// Its maker.
    pub manufacturer: String,
}

impl Inventory {
    /// The keys that fit a use, by their certificates' keyUsage and never by the key's own flags;
    /// a file that hides its certificates is in every list.
    ///
    /// Of two certificates of one key, a renewed one and the one before, the newer counts.
    #[must_use]
    pub fn signers(&self, wanted: Use) -> Vec<Signer> {
        let of_token = |token: &Token| token.signers(wanted).collect::<Vec<_>>();
        self.tokens.iter().flat_map(of_token).collect()
    }

    /// Modules and files that cannot be used, and why.
    pub fn faults(&self) -> impl Iterator<Item = (&Path, &Fault)> {
        self.sources
            .iter()
            .filter_map(|source| Some((source.path.as_path(), source.fault.as_ref()?)))
    }

    /// What the card in a reader is: by its certificates where a module reads them, otherwise by
    /// its answer to reset, or what a module calls it. `None` for an empty reader, and for a card that nobody knows.
    #[must_use]
    pub fn model_in(&self, reader: &Reader) -> Option<&'static Model> {
        reader.card.as_ref()?;
        let all = || self.tokens_in(&reader.name);
        let issued = all().find_map(|token| model::by_issuer(&token.certificates));
        issued
            .or_else(|| reader.model())
            .or_else(|| all().find_map(model::by_name))
    }

    /// The tokens in the reader of this name.
    pub fn tokens_in<'a>(&'a self, reader: &'a str) -> impl Iterator<Item = &'a Token> {
        let is_in = move |token: &&'a Token| token.reader.as_deref() == Some(reader);
        self.tokens.iter().filter(is_in)
    }

    /// The token of this name, if it is still there.
    #[must_use]
    pub fn token(&self, id: &TokenId) -> Option<&Token> {
        self.tokens.iter().find(|token| token.id == *id)
    }
}

impl Token {
    fn signers(&self, wanted: Use) -> impl Iterator<Item = Signer> {
        let mut fitting: Vec<&Certificate> = Vec::new();
        for certificate in self.certificates.iter().filter(|it| it.fits(wanted)) {
            match fitting.iter_mut().find(|other| other.id == certificate.id) {
                Some(other) if other.not_before < certificate.not_before => *other = certificate,
                Some(_) => {}
                None => fitting.push(certificate),
            }
        }
        let hidden = self.hidden.then(|| self.signer(Vec::new(), None));
        let shown = fitting
            .into_iter()
            .map(|certificate| self.signer(certificate.id.clone(), Some(certificate.clone())));
        shown.chain(hidden)
    }

    fn signer(&self, id: Vec<u8>, certificate: Option<Certificate>) -> Signer {
        Signer {
            key: KeyId {
                token: self.id.clone(),
                id,
            },
            certificate,
            label: self.label.clone(),
            reader: self.reader.clone(),
            pin: self.pin.clone(),
        }
    }
}
