//! How the settings reach the cards.

use std::{path::PathBuf, time::Duration};

use chop_token::{Allowed, WorkerProgram};

use crate::settings::Settings;

/// How long a card operation may take while the card is there.
const CARD_DEADLINE: Duration = Duration::from_secs(60);

/// How long a worker has once PC/SC says that its card is gone.
const REMOVAL_GRACE: Duration = Duration::from_secs(2);

/// The keyring's settings. `program` is the `chop` binary, which the workers are started from.
pub(crate) fn settings(settings: &Settings, program: PathBuf) -> chop_token::Settings {
    let allowed = settings.allowed_modules.value.clone();
    chop_token::Settings {
        worker: WorkerProgram {
            program,
            arguments: vec!["worker".into()],
        },
        modules: settings.modules.value.clone(),
        allowed: allowed.map_or_else(Allowed::any, Allowed::only),
        pkcs12: settings.pkcs12.value.clone(),
        deadline: CARD_DEADLINE,
        removal_grace: REMOVAL_GRACE,
    }
}
