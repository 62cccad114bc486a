//! What the agent's card layer makes of each module and each mishap: real modules, real tokens, and a
//! result for every pair.
//!
//! `cargo xtask modules` prints all of it; the ordinary tests run what is quick.

mod cell;
mod piv;
mod software;
mod wrapper;

use std::{fmt, path::Path};

use anyhow::Result;
use chop_token::Keyring;

pub use cell::{Cell, Outcome, run};

use crate::{namespace::Namespace, pki::Credential};

/// A module and a token of its own, for one cell.
pub(crate) trait Subject {
    /// A keyring over it; `spoilt` where signatures are to be slow or to fail, which takes something
    /// around a module whose token cannot.
    fn keyring(&self, spoilt: bool) -> Result<Keyring>;
    /// A PIN that is wrong.
    fn wrong_pin(&self) -> &'static str {
        "000000"
    }
    /// Takes the token away, at once.
    fn remove(&mut self) -> Result<()>;
    /// Puts another one into its place.
    fn swap(&mut self, other: &Credential) -> Result<()>;
    /// What signatures do from now on.
    fn signatures(&mut self, how: Signatures) -> Result<()>;
    /// Waits until a signature has begun.
    fn wait_for_signature(&self) -> Result<()>;
    /// PINs that a swapped-in token has seen, where that can be told.
    fn pins_seen(&self) -> Option<u64> {
        None
    }
}

/// What signatures do.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Signatures {
    /// Take so many seconds.
    Take(u64),
    /// Fail, as a card does that answers 6F00.
    Fail,
}

/// A module that is tried.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Kind {
    /// SoftHSM 2.
    SoftHsm,
    /// OpenSC, with the emulated PIV card behind pcscd.
    OpenSc,
    /// Kryoptic, which speaks PKCS #11 3.2 (`C_GetInterface`).
    Kryoptic,
    /// NSS's softokn, which has to be told where its database is.
    Nss,
    /// p11-kit's client, with SoftHSM behind p11-kit's server.
    P11Kit,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::SoftHsm,
        Self::OpenSc,
        Self::Kryoptic,
        Self::Nss,
        Self::P11Kit,
    ];

    /// A module and a token, for one cell. `kryoptic` is the library, which no distribution has.
    pub(crate) fn subject(
        self,
        namespace: &Namespace,
        credential: &Credential,
        kryoptic: Option<&Path>,
    ) -> Result<Box<dyn Subject>> {
        let folder = namespace.folder();
        Ok(match self {
            Self::OpenSc => Box::new(piv::Piv::new(namespace, credential)?),
            Self::SoftHsm => Box::new(software::softhsm(folder, credential)?),
            Self::Kryoptic => Box::new(software::kryoptic(folder, credential, kryoptic)?),
            Self::Nss => Box::new(software::nss(folder, credential)?),
            Self::P11Kit => Box::new(software::p11_kit(folder, credential)?),
        })
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::SoftHsm => "SoftHSM 2",
            Self::OpenSc => "OpenSC + PIV",
            Self::Kryoptic => "kryoptic",
            Self::Nss => "NSS softokn",
            Self::P11Kit => "p11-kit-client",
        })
    }
}
