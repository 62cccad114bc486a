//! Sessions, logins and keys: what every operation with a PIN begins with.

use cryptoki::{
    context::Pkcs11,
    error::{Error, RvError},
    object::{Attribute, AttributeType, KeyType, ObjectClass, ObjectHandle},
    session::{Session, UserType},
    slot::Slot,
    types::{AuthPin, RawAuthPin},
};

use super::module::{Module, Open, failure};
use crate::{
    KeyKind, Pin,
    wire::{Failure, Place},
};

impl Module {
    /// Takes the session that was opened for the token when it was listed, or opens one for the
    /// same token.
    pub(super) fn session(&mut self, place: &Place) -> Result<Open, Failure> {
        match self.open.remove(&place.slot) {
            Some(open) if open.token == place.serial => return Ok(open),
            _ => {}
        }
        let session = self.open_for(place, Pkcs11::open_ro_session)?;
        Ok(Open::new(&place.serial, session))
    }

    /// Opens a session with that token and no other. It is asked who it is after the session was
    /// opened, not before: a card that is swapped in between takes the session with it, and so no
    /// PIN can reach the other one.
    pub(super) fn open_for(
        &self,
        place: &Place,
        open: impl Fn(&Pkcs11, Slot) -> Result<Session, Error>,
    ) -> Result<Session, Failure> {
        let slot = place.slot.try_into().map_err(|error| failure(&error))?;
        let session = open(&self.pkcs11, slot).map_err(|error| failure(&error))?;
        let token = self
            .pkcs11
            .get_token_info(slot)
            .map_err(|error| failure(&error))?;
        match token.serial_number() == place.serial {
            true => Ok(session),
            false => Err(Failure::CardRemoved),
        }
    }
}

/// A private key.
pub(super) struct Found {
    pub(super) key: ObjectHandle,
    /// Whether it wants the PIN for each use.
    pub(super) always: bool,
}

impl Open {
    pub(super) fn log_in(&self, pin: &Secret) -> Result<(), Error> {
        match pin.log_in(&self.session, UserType::User) {
            // Left over from an operation whose logout failed: the card has not seen this PIN yet.
            Err(Error::Pkcs11(RvError::UserAlreadyLoggedIn, _)) => {
                self.session.logout()?;
                pin.log_in(&self.session, UserType::User)
            }
            other => other,
        }
    }

    /// The private key with this `CKA_ID`.
    pub(super) fn find(&mut self, id: &[u8], kind: KeyKind) -> Result<Found, Failure> {
        // SoftHSM compares in this order, and has to decrypt each CKA_ID first.
        let template = [
            Attribute::Class(ObjectClass::PRIVATE_KEY),
            Attribute::KeyType(match kind {
                KeyKind::Rsa(_) => KeyType::RSA,
                _ => KeyType::EC,
            }),
            Attribute::Id(id.to_vec()),
        ];
        let found = self
            .session
            .iter_objects(&template)
            .and_then(|mut objects| objects.next().transpose());
        let key = found
            .map_err(|error| failure(&error))?
            .ok_or(Failure::KeyGone)?;
        let always = match self.always.get(id) {
            Some(known) => *known,
            None => {
                let always = always_authenticates(&self.session, key);
                let always = always.map_err(|error| failure(&error))?;
                self.always.insert(id.to_vec(), always);
                always
            }
        };
        Ok(Found { key, always })
    }
}

fn always_authenticates(session: &Session, key: ObjectHandle) -> Result<bool, Error> {
    let attributes = session.get_attributes(key, &[AttributeType::AlwaysAuthenticate])?;
    Ok(attributes
        .iter()
        .any(|it| matches!(it, Attribute::AlwaysAuthenticate(true))))
}

/// A PIN as cryptoki takes it; each zeroes its copy, which is made to measure.
pub(super) enum Secret {
    OnTheReader,
    Text(AuthPin),
    Bytes(RawAuthPin),
}

impl Secret {
    pub(super) fn new(pin: &Pin, keypad: bool) -> Self {
        if keypad {
            return Self::OnTheReader;
        }
        match std::str::from_utf8(pin.expose()) {
            Ok(text) => Self::Text(AuthPin::new(Box::from(text))),
            Err(_) => Self::Bytes(RawAuthPin::new(Box::new(pin.expose().to_vec()))),
        }
    }

    pub(super) fn log_in(&self, session: &Session, user: UserType) -> Result<(), Error> {
        match self {
            Self::OnTheReader => session.login(user, None),
            Self::Text(pin) => session.login(user, Some(pin)),
            Self::Bytes(pin) => session.login_with_raw(user, pin),
        }
    }
}
