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

use std::path::Path;

pub(crate) use choices::Choices;
pub(crate) use cool_down::CoolDown;
pub(crate) use grants::Standing;
pub use grants::{Grant, Grants};
pub use tries::{OfCard, Tries, Try};

/// What the agent remembers of sites.
#[derive(Debug)]
pub struct Memory {
    pub(crate) cool_down: CoolDown,
    pub(crate) choices: Choices,
    pub(crate) grants: Grants,
    pub(crate) tries: Tries,
}

impl Memory {
    /// Reads what an earlier run has written into `folder`, and writes it there from now on.
    #[must_use]
    pub fn load(folder: &Path) -> Self {
        Self {
            cool_down: CoolDown::load(folder.join("cool-down.json")),
            choices: Choices::load(folder.join("choices.json")),
            grants: Grants::load(folder),
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
            cool_down: CoolDown::in_memory(),
            choices: Choices::in_memory(),
            grants: Grants::in_memory(),
            tries: Tries::in_memory(),
        }
    }
}
