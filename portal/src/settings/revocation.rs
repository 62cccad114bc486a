//! Where it is learnt that cards were revoked, and what is let pass.

use std::{path::PathBuf, time::Duration};

use chop_verifier::Verifier;
use serde::Deserialize;

/// Where it is learnt that cards were revoked. Each `allow_…` is a method of the verifier, and says
/// there what it costs; without any of them, and without lists, no card is taken.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct Revocation {
    /// Addresses of the lists of revoked cards of the authorities that are trusted; they are kept
    /// fresh.
    pub lists: Vec<String>,
    /// Where they are kept.
    pub folder: PathBuf,
    /// `http://HOST:PORT` of a proxy to get them through.
    pub proxy: Option<String>,
    /// Relaxation: lists that are out of date, for so many hours.
    pub allow_stale_lists_hours: u64,
    /// Relaxation: cards of which nobody says whether they were revoked.
    pub allow_unknown_revocation: bool,
    /// Relaxation: the same for authorities alone.
    pub allow_unknown_revocation_of_authorities: bool,
}

impl Default for Revocation {
    fn default() -> Self {
        Self {
            lists: Vec::new(),
            folder: "revocation".into(),
            proxy: None,
            allow_stale_lists_hours: 0,
            allow_unknown_revocation: false,
            allow_unknown_revocation_of_authorities: false,
        }
    }
}

impl Revocation {
    /// Lets pass what is allowed.
    pub(crate) fn relax(&self, verifier: Verifier) -> Verifier {
        let hours = self.allow_stale_lists_hours.min(24 * 365);
        let mut verifier = verifier.allow_stale_lists(Duration::from_secs(hours * 60 * 60));
        if self.allow_unknown_revocation {
            verifier = verifier.allow_unknown_revocation();
        }
        if self.allow_unknown_revocation_of_authorities {
            verifier = verifier.allow_unknown_revocation_of_authorities();
        }
        verifier
    }
}
