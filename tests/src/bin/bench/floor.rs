//! The floor of a sign-in: the bare PKCS #11 calls, in our own process, with the same key.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result};
use cryptoki::{
    context::{CInitializeArgs, CInitializeFlags, Pkcs11},
    mechanism::Mechanism,
    object::{Attribute, ObjectClass},
    session::{Session, UserType},
    types::AuthPin,
};

/// A session with the first token of a module.
pub(crate) struct Floor {
    session: Session,
    pin: AuthPin,
    id: Vec<u8>,
    mechanism: Mechanism<'static>,
}

/// How long the bare calls took.
pub(crate) struct Bare {
    /// Log-in, signature and logout together.
    pub(crate) all: Duration,
    /// The key's search after the log-in; not in [`Self::all`].
    pub(crate) find: Duration,
    /// The signature alone.
    pub(crate) sign: Duration,
}

impl Floor {
    /// Opens `module` and its first initialized token; `id` is the key's `CKA_ID`.
    pub(crate) fn open(module: &Path, pin: &str, id: &[u8], rsa: bool) -> Result<Self> {
        let context = Pkcs11::new(module)?;
        context.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK))?;
        let slots = context.get_slots_with_initialized_token()?;
        let slot = slots.first().context("no token")?;
        let session = context.open_ro_session(*slot)?;
        let mechanism = if rsa {
            Mechanism::RsaPkcs
        } else {
            Mechanism::Ecdsa
        };
        Ok(Self {
            session,
            pin: AuthPin::new(pin.into()),
            id: id.to_vec(),
            mechanism,
        })
    }

    /// `C_Login`, `C_SignInit` and `C_Sign`, `C_Logout`. Finding the key in between, which every
    /// program must do, is timed by itself.
    pub(crate) fn sign(&self, data: &[u8]) -> Result<Bare> {
        let start = Instant::now();
        self.session.login(UserType::User, Some(&self.pin))?;
        let login = start.elapsed();
        let start = Instant::now();
        let template = [
            Attribute::Class(ObjectClass::PRIVATE_KEY),
            Attribute::Id(self.id.clone()),
        ];
        let key = *self
            .session
            .find_objects(&template)?
            .first()
            .context("no key")?;
        let find = start.elapsed();
        let start = Instant::now();
        self.session.sign(&self.mechanism, key, data)?;
        let sign = start.elapsed();
        let start = Instant::now();
        self.session.logout()?;
        Ok(Bare {
            all: login + sign + start.elapsed(),
            find,
            sign,
        })
    }
}
