//! What the agent remembers of sites, across restarts: how often their windows ended badly, which
//! certificate was chosen last, what was allowed to pages written for HiCOS, and which cards took
//! wrong PINs.
//!
//! Each is one small file, readable by its owner alone, which is replaced as a whole. All but the
//! grants hold hashes, so that they are no browsing history. A file that is missing or cannot be read counts as
//! empty, and is replaced.

mod choices;
mod cool_down;
mod file;
mod grants;
mod shared;
mod tries;

use std::{path::Path, sync::Arc};

pub(crate) use choices::Choices;
pub(crate) use cool_down::CoolDown;
pub(crate) use grants::Standing;
pub use grants::{Grant, Grants};
pub use tries::{OfCard, Tries, Try};

/// What the agent remembers of sites.
#[derive(Debug)]
pub struct Memory {
    pub(crate) cool_down: Arc<CoolDown>,
    pub(crate) choices: Arc<Choices>,
    pub(crate) grants: Arc<Grants>,
    pub(crate) tries: Tries,
}

/// Empties a memory that is on no disk: see [`Memory::of_a_trial`].
#[derive(Clone, Debug)]
pub struct Oblivion {
    cool_down: Arc<CoolDown>,
    choices: Arc<Choices>,
    grants: Arc<Grants>,
}

impl Oblivion {
    /// Forgets everything.
    pub fn forget(&self) {
        self.cool_down.forget_all();
        self.choices.forget_all();
        self.grants.forget_all();
    }
}

impl Memory {
    /// Reads what an earlier run has written into `folder`, and writes it there from now on.
    #[must_use]
    pub fn load(folder: &Path) -> Self {
        Self {
            cool_down: Arc::new(CoolDown::load(folder.join("cool-down.json"))),
            choices: Arc::new(Choices::load(folder.join("choices.json"))),
            grants: Arc::new(Grants::load(folder)),
            tries: Tries::load(folder),
        }
    }

    /// What was allowed to pages written for HiCOS, and to programs.
    #[must_use]
    pub fn grants(&self) -> &Grants {
        &self.grants
    }

    /// Forgets when the process ends.
    #[must_use]
    pub fn in_memory() -> Self {
        Self {
            cool_down: Arc::new(CoolDown::in_memory()),
            choices: Arc::new(Choices::in_memory()),
            grants: Arc::new(Grants::in_memory()),
            tries: Tries::in_memory(),
        }
    }

    /// One that can be emptied, for an agent that begins anew with other cards of nobody. What a
    /// person's agent remembers of sites has no such handle.
    #[must_use]
    pub fn of_a_trial() -> (Self, Oblivion) {
        let memory = Self::in_memory();
        let oblivion = Oblivion {
            cool_down: Arc::clone(&memory.cool_down),
            choices: Arc::clone(&memory.choices),
            grants: Arc::clone(&memory.grants),
        };
        (memory, oblivion)
    }
}
