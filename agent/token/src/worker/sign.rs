//! One signature: log in, sign, log out.

use cryptoki::{
    context::Pkcs11,
    error::{Error, RvError},
    mechanism::{Mechanism, MechanismType},
    object::{Attribute, AttributeType, KeyType, ObjectClass, ObjectHandle},
    session::{Session, UserType},
    types::{AuthPin, RawAuthPin},
};

use super::module::{Module, Open, failure};
use crate::{
    KeyKind, Pin, check,
    wire::{Failure, Order},
};

impl Module {
    /// Signs once. After a failure the session is closed, so that no half-done operation and no
    /// login stays.
    pub(super) fn sign(&mut self, order: &Order, pin: &Pin) -> Result<Vec<u8>, Failure> {
        let mut open = self.session(order)?;
        let signature = signed(&mut open, &self.pkcs11, order, pin)
            .map_err(|error| failure(&error))?
            .ok_or(Failure::KeyGone)?;
        self.in_use = Some((order.slot, open));
        match signature.len() == order.kind.signature_width() {
            true => Ok(signature),
            false => Err(Failure::NotASignature),
        }
    }

    /// Logs out what has just signed, after its signature was handed over: on a card this takes as
    /// long as a PIN. A session that cannot log out is closed, which logs out too.
    pub(super) fn log_out(&mut self) {
        if let Some((slot, open)) = self.in_use.take()
            && open.session.logout().is_ok()
        {
            self.open.insert(slot, open);
        }
    }

    /// Takes the session that was opened for the token when it was listed, or opens one for the
    /// same token.
    fn session(&mut self, order: &Order) -> Result<Open, Failure> {
        match self.open.remove(&order.slot) {
            Some(open) if open.token == order.token => return Ok(open),
            _ => {}
        }
        let slot = order.slot.try_into().map_err(|error| failure(&error))?;
        let token = self
            .pkcs11
            .get_token_info(slot)
            .map_err(|error| failure(&error))?;
        if token.serial_number() != order.token {
            return Err(Failure::CardRemoved);
        }
        let session = self
            .pkcs11
            .open_ro_session(slot)
            .map_err(|error| failure(&error))?;
        Ok(Open::new(&order.token, session))
    }
}

/// `None` if there is no such key.
type Signature = Result<Option<Vec<u8>>, Error>;

fn signed(open: &mut Open, module: &Pkcs11, order: &Order, pin: &Pin) -> Signature {
    let session = &open.session;
    let pin = if order.keypad {
        Secret::OnTheReader
    } else {
        Secret::from(pin)
    };
    match pin.log_in(session, UserType::User) {
        // Left over from an operation whose logout failed: the card has not seen this PIN yet.
        Err(Error::Pkcs11(RvError::UserAlreadyLoggedIn, _)) => {
            session.logout()?;
            pin.log_in(session, UserType::User)?;
        }
        other => other?,
    }
    // SoftHSM compares in this order, and has to decrypt each CKA_ID first.
    let template = [
        Attribute::Class(ObjectClass::PRIVATE_KEY),
        Attribute::KeyType(match order.kind {
            KeyKind::Rsa(_) => KeyType::RSA,
            _ => KeyType::EC,
        }),
        Attribute::Id(order.id.clone()),
    ];
    let Some(key) = session.iter_objects(&template)?.next().transpose()? else {
        return Ok(None);
    };
    let always = match open.always.get(&order.id) {
        Some(known) => *known,
        None => {
            let always = always_authenticates(session, key)?;
            open.always.insert(order.id.clone(), always);
            always
        }
    };
    match always {
        true => with_second_login(session, module, key, order, &pin).map(Some),
        false => {
            let (mechanism, data) = over_digest(order);
            session.sign(&mechanism, key, &data).map(Some)
        }
    }
}

/// The same entry of the PIN is given to the card again, because it wants it for each signature.
///
/// cryptoki's `sign` has no room for a login between its parts, so the data go in by
/// `C_SignUpdate`. All modules that hash themselves take them so; of the others OpenSC does.
fn with_second_login(
    session: &Session,
    module: &Pkcs11,
    key: ObjectHandle,
    order: &Order,
    pin: &Secret,
) -> Result<Vec<u8>, Error> {
    let (mechanism, name) = match order.kind {
        KeyKind::Rsa(_) => (Mechanism::Sha256RsaPkcs, MechanismType::SHA256_RSA_PKCS),
        KeyKind::P256 => (Mechanism::EcdsaSha256, MechanismType::ECDSA_SHA256),
        KeyKind::P384 => (Mechanism::EcdsaSha384, MechanismType::ECDSA_SHA384),
        KeyKind::P521 => (Mechanism::EcdsaSha512, MechanismType::ECDSA_SHA512),
    };
    let slot = order.slot.try_into()?;
    let (mechanism, data) = match module.get_mechanism_list(slot)?.contains(&name) {
        true => (mechanism, order.message.clone()),
        false => over_digest(order),
    };
    session.sign_init(&mechanism, key)?;
    pin.log_in(session, UserType::ContextSpecific)?;
    session.sign_update(&data)?;
    session.sign_final()
}

/// What every module can: a digest that is made here.
fn over_digest(order: &Order) -> (Mechanism<'static>, Vec<u8>) {
    let digest = check::digest(order.kind, &order.message);
    match order.kind {
        KeyKind::Rsa(_) => (Mechanism::RsaPkcs, check::digest_info(digest.as_ref())),
        _ => (Mechanism::Ecdsa, digest.as_ref().to_vec()),
    }
}

fn always_authenticates(session: &Session, key: ObjectHandle) -> Result<bool, Error> {
    let attributes = session.get_attributes(key, &[AttributeType::AlwaysAuthenticate])?;
    Ok(attributes
        .iter()
        .any(|it| matches!(it, Attribute::AlwaysAuthenticate(true))))
}

/// A PIN as cryptoki takes it; each zeroes its copy, which is made to measure.
enum Secret {
    OnTheReader,
    Text(AuthPin),
    Bytes(RawAuthPin),
}

impl From<&Pin> for Secret {
    fn from(pin: &Pin) -> Self {
        match std::str::from_utf8(pin.expose()) {
            Ok(text) => Self::Text(AuthPin::new(Box::from(text))),
            Err(_) => Self::Bytes(RawAuthPin::new(Box::new(pin.expose().to_vec()))),
        }
    }
}

impl Secret {
    fn log_in(&self, session: &Session, user: UserType) -> Result<(), Error> {
        match self {
            Self::OnTheReader => session.login(user, None),
            Self::Text(pin) => session.login(user, Some(pin)),
            Self::Bytes(pin) => session.login_with_raw(user, pin),
        }
    }
}
