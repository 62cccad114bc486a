//! Files that may be written, and neighbours that may be reached.
//!
//! Reading stays free: nobody knows what a module reads, and there is nowhere to carry it to.
//!
//! Spec: the kernel's documentation, userspace-api/landlock.

use std::path::{Path, PathBuf};

use landlock::{
    ABI, Access as _, AccessFs, AccessNet, BitFlags, CompatLevel, Compatible as _, LandlockStatus,
    Ruleset, RulesetAttr as _, RulesetCreatedAttr as _, RulesetError, Scope, path_beneath_rules,
};

use crate::fence::{Fence, Gap};

/// The newest version of Landlock that this was run with; more would be guessed.
const KNOWN: ABI = ABI::V6;

/// Shared memory: semaphores that modules lock each other out with, pictures that a window hands
/// over.
const SHARED_MEMORY: &str = "/dev/shm";

pub(super) fn close(fence: &Fence) -> Option<Gap> {
    match restrict(fence) {
        Ok(LandlockStatus::Available { effective_abi, .. }) if effective_abi >= KNOWN => None,
        Ok(LandlockStatus::Available { .. }) => Some(Gap::Neighbours),
        Ok(_) | Err(_) => Some(Gap::Writing),
    }
}

fn restrict(fence: &Fence) -> Result<LandlockStatus, RulesetError> {
    let writing = AccessFs::from_write(KNOWN);
    let mut rules = Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(writing)?
        .scope(Scope::Signal)?;
    if !fence.abstract_sockets {
        rules = rules.scope(Scope::AbstractUnixSocket)?;
    }
    if !fence.network {
        rules = rules.handle_access(AccessNet::from_all(KNOWN))?;
    }
    let devices: BitFlags<AccessFs> = AccessFs::WriteFile | AccessFs::Truncate | AccessFs::IoctlDev;
    let status = rules
        .create()?
        .add_rules(path_beneath_rules(["/dev"], devices))?
        .add_rules(path_beneath_rules(folders(fence), writing))?
        .restrict_self()?;
    Ok(status.landlock)
}

fn folders(fence: &Fence) -> impl Iterator<Item = PathBuf> {
    let shared = Path::new(SHARED_MEMORY).to_owned();
    fence.writable.iter().cloned().chain([shared])
}
