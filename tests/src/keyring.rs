//! The agent's card layer alone, with real workers.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use anyhow::{Context as _, Result};
use chop_token::{
    Allowed, Inventory, Keyring, Messages, Module, Pin, Settings, Signer, Use, WorkerProgram,
};
use tokio::time::timeout;

use crate::agent::chop;

/// As the agent has it.
const DEADLINE: Duration = Duration::from_secs(60);
/// As the agent has it.
const REMOVAL_GRACE: Duration = Duration::from_secs(2);

/// A keyring over these modules, which sees the readers of the namespace that the calling thread is
/// in. Variables of the environment go to its workers.
#[must_use]
pub fn start(modules: Vec<Module>, environment: &[(&str, &Path)]) -> Keyring {
    let mut arguments = vec![];
    for (name, value) in environment {
        arguments.push(format!("{name}={}", value.display()).into());
    }
    arguments.extend([chop().into(), "worker".into()]);
    Keyring::start(Settings {
        worker: WorkerProgram {
            // The environment of this process is everybody's.
            program: "/usr/bin/env".into(),
            arguments,
        },
        modules,
        allowed: Allowed::any(),
        pkcs12: Vec::new(),
        deadline: DEADLINE,
        removal_grace: REMOVAL_GRACE,
    })
}

/// The same over one module, without anything special.
#[must_use]
pub fn over(module: PathBuf) -> Keyring {
    start(vec![module.into()], &[])
}

/// Waits until the inventory is like this.
///
/// # Errors
/// When that does not come within `limit`; the message has what it was like then.
pub async fn until(
    keyring: &Keyring,
    limit: Duration,
    reached: impl Fn(&Inventory) -> bool,
) -> Result<Arc<Inventory>> {
    let mut inventory = keyring.inventory();
    let found = timeout(limit, inventory.wait_for(|now| reached(now))).await;
    if let Ok(found) = found {
        return Ok(found.context("the keeper ended")?.clone());
    }
    let now = keyring.inventory().borrow().clone();
    anyhow::bail!("not within {limit:?}: {now:#?}")
}

/// The first key that can sign in.
#[must_use]
pub fn signer(inventory: &Inventory) -> Option<Signer> {
    inventory.signers(Use::SignIn).into_iter().next()
}

/// A PIN.
#[must_use]
pub fn pin(text: &str) -> Pin {
    Pin::from(text.as_bytes().to_vec())
}

/// What a login signs, as long as it really is.
#[must_use]
pub fn messages() -> Messages {
    Messages {
        sha256: vec![1; 64],
        sha384: vec![2; 96],
        sha512: vec![3; 128],
    }
}
