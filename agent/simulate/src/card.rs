//! One card: its two keys and their certificates, its PIN and its tries.

use std::sync::Arc;

use chop_testpki::{Holder, Pki, Request};
use chop_token::{Certificate, Error as CardError, Pin, PinState, Reader, Token, TokenId};

use crate::{
    Error, Kind, PIN,
    key::{Key, Unable},
};

/// What a card answers to a reset: one that no real card has, with the text `CHOP-SIM`.
const ANSWER: &[u8] = b"\x3b\x68\x00\x00CHOP-SIM";

/// How GPKI's cards name their keys (`CKA_ID`).
const SIGNS: &[u8] = b"SIGN";
const DECRYPTS: &[u8] = b"KEYX";

/// PINs of GPKI's cards have six to eight characters.
const PIN_LENGTH: std::ops::RangeInclusive<usize> = 6..=8;

/// A card.
pub(crate) struct Card {
    pub(crate) kind: Kind,
    pub(crate) id: TokenId,
    pub(crate) signing: Arc<Key>,
    pub(crate) decrypting: Arc<Key>,
    /// Whether it is in its reader.
    pub(crate) is_in: bool,
    reader: String,
    certificates: Vec<Certificate>,
    pin: Vec<u8>,
    left: u8,
}

impl Card {
    /// A new one, for the reader of this number, with a card number that none has had before.
    pub(crate) fn make(
        kind: Kind,
        reader: usize,
        number: u64,
        authorities: &Pki,
    ) -> Result<Self, Error> {
        let holder = match kind {
            Kind::Citizen => Holder::citizen(),
            _ => Holder::company(),
        };
        let request = match kind {
            Kind::Expired => Request::of(&holder).expired(),
            _ => Request::of(&holder),
        };
        let (signing, decrypting) = (key()?, key()?);
        let issued = |request: &Request<'_>, key: &Key, id: &[u8]| {
            let der = authorities.issue(request, &key.public_key)?;
            Ok::<_, Error>(read(&der, id))
        };
        let issuer = authorities.intermediate(request.issuer());
        let certificates = [
            issued(&request, &signing, SIGNS)?,
            issued(&request.clone().for_encryption(), &decrypting, DECRYPTS)?,
            read(issuer, b""),
        ];
        Ok(Self {
            kind,
            id: TokenId {
                source: "simulated".into(),
                slot: number,
                serial: format!("CHOPSIM{number:09}"),
            },
            signing: Arc::new(signing),
            decrypting: Arc::new(decrypting),
            is_in: true,
            reader: format!("Simulated reader {reader}"),
            certificates: certificates.into_iter().flatten().collect(),
            pin: PIN.into(),
            left: kind.tries(),
        })
    }

    /// Its reader, with it or without.
    pub(crate) fn reader(&self) -> Reader {
        Reader {
            name: self.reader.clone(),
            card: self.is_in.then(|| ANSWER.to_vec()),
        }
    }

    /// What is seen of it.
    pub(crate) fn token(&self) -> Token {
        Token {
            id: self.id.clone(),
            label: format!("模擬卡 simulated: {}, PIN {PIN}", self.kind),
            manufacturer: "chop simulate".to_owned(),
            model: "simulated".to_owned(),
            reader: Some(self.reader.clone()),
            pin: PinState {
                tries_left: Some(self.left),
                locked: self.left == 0,
                length: PIN_LENGTH,
                keypad: false,
            },
            certificates: self.certificates.clone(),
            hidden: false,
        }
    }

    /// Tries a PIN, once.
    ///
    /// # Errors
    /// [`CardError::CardRemoved`], [`CardError::PinLength`], [`CardError::PinLocked`],
    /// [`CardError::PinWrong`].
    pub(crate) fn log_in(&mut self, pin: &Pin) -> Result<(), CardError> {
        if !self.is_in {
            return Err(CardError::CardRemoved);
        }
        if !PIN_LENGTH.contains(&pin.expose().len()) {
            return Err(CardError::PinLength);
        }
        if self.left == 0 {
            return Err(CardError::PinLocked);
        }
        if pin.expose() == self.pin {
            self.left = self.kind.tries();
            return Ok(());
        }
        self.left -= 1;
        Err(match self.left {
            0 => CardError::PinLocked,
            left => CardError::PinWrong { left: Some(left) },
        })
    }

    /// Changes the PIN, after a login.
    ///
    /// # Errors
    /// [`CardError::PinRefused`] for one of another length.
    pub(crate) fn set_pin(&mut self, new: &Pin) -> Result<(), CardError> {
        if !PIN_LENGTH.contains(&new.expose().len()) {
            return Err(CardError::PinRefused);
        }
        self.pin = new.expose().to_vec();
        Ok(())
    }
}

fn key() -> Result<Key, Error> {
    Key::generate().map_err(|Unable| chop_testpki::Error::Random.into())
}

fn read(der: &[u8], id: &[u8]) -> Option<Certificate> {
    let certificate = Certificate::read(der)?;
    Some(Certificate {
        id: id.to_vec(),
        ..certificate
    })
}
