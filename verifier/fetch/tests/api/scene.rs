//! Authorities, lists, and a fetcher with a folder of its own.

use std::{
    sync::{Arc, OnceLock},
    time::{Duration, SystemTime},
};

use chop_fetch::{Fetcher, Settings};
use chop_testpki::{Issuer, KeyKind, List, Pki};
use chop_verifier::Anchors;
use tempfile::TempDir;

pub(crate) const HOUR: Duration = Duration::from_secs(3600);

/// The moment that every test begins at.
pub(crate) fn now() -> SystemTime {
    static NOW: OnceLock<SystemTime> = OnceLock::new();
    *NOW.get_or_init(|| {
        // Lists have whole seconds.
        let since = SystemTime::now()
            .duration_since(SystemTime::UNIX_EPOCH)
            .unwrap();
        SystemTime::UNIX_EPOCH + Duration::from_secs(since.as_secs())
    })
}

pub(crate) fn pki() -> &'static Pki {
    static PKI: OnceLock<Pki> = OnceLock::new();
    PKI.get_or_init(|| Pki::with_keys(now(), KeyKind::P256).unwrap())
}

pub(crate) fn anchors() -> Arc<Anchors> {
    let between = Issuer::ALL.map(|issuer| pki().intermediate(issuer).to_vec());
    let anchors = Anchors::from_der([pki().root()]).unwrap();
    Arc::new(anchors.with_intermediates_der(between).unwrap())
}

/// The companies' list, made at this moment for a day, with so many entries.
pub(crate) fn list(made: SystemTime, entries: u8) -> Vec<u8> {
    let mut list = List::new(made).between(made, Some((made + 24 * HOUR).into()));
    for number in 0..entries {
        list = list.revoking(&[0x40, number], made).unwrap();
    }
    list.sign(pki().authority(Issuer::Companies)).unwrap()
}

/// A fetcher and its folder.
pub(crate) struct Scene {
    pub(crate) folder: TempDir,
}

impl Scene {
    pub(crate) fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    pub(crate) fn settings(&self) -> Settings {
        Settings::new(self.folder.path().join("lists"))
    }

    /// Another one has the same folder and nothing in memory: a restart.
    pub(crate) fn fetcher(&self) -> Fetcher {
        self.fetcher_with(|_| ())
    }

    pub(crate) fn fetcher_with(&self, change: impl FnOnce(&mut Settings)) -> Fetcher {
        let mut settings = self.settings();
        change(&mut settings);
        Fetcher::new(settings, anchors()).unwrap()
    }
}
