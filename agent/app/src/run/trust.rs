//! The person's own stores while the agent runs: they follow the authority that is served, where
//! an installation has said so. A plain `chop run` touches no store.

#[cfg(not(windows))]
use std::path::Path;
use std::time::Duration;

use tokio::{task::spawn_blocking, time::sleep};

use crate::{install, paths::Paths};

/// How often it is looked whether a browser has a new profile, or the machine a new authority.
const AGAIN: Duration = Duration::from_secs(15 * 60);

/// Looks at the stores from now on, beside everything else.
pub(super) fn keep(paths: &Paths) {
    let paths = paths.clone();
    tokio::spawn(async move {
        loop {
            let these = paths.clone();
            match spawn_blocking(move || install::refresh_trust(&these)).await {
                // Windows' own store has no profiles, and would ask the person each time.
                Ok(Ok(true)) if cfg!(windows) => return,
                Ok(Ok(true)) => {}
                // Nobody wants it: no more looks.
                Ok(Ok(false)) | Err(_) => return,
                Ok(Err(error)) => {
                    let error = &*error as &dyn std::error::Error;
                    tracing::warn!(error, "the trust stores cannot be looked after");
                }
            }
            sleep(AGAIN).await;
        }
    });
}

/// For the log of single stores.
#[cfg(not(windows))]
pub(crate) fn complain(folder: &Path, error: &chop_certs::Error) {
    let error = error as &dyn std::error::Error;
    tracing::warn!(folder = %folder.display(), error, "a store does not trust the agent yet");
}
