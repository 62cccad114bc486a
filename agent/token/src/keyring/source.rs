//! What the keeper knows of one module or file.

use std::{
    path::Path,
    sync::Arc,
    time::{Instant, SystemTime},
};

use super::{host::Host, listing::Listed};
use crate::{Fault, WorkerSource};

/// A module or a file.
pub(super) struct Source {
    pub(super) host: Arc<Host>,
    pub(super) listed: Listed,
    pub(super) fault: Option<Fault>,
    /// Not listed since the last change.
    pub(super) stale: bool,
    pub(super) running: bool,
    /// Its worker ended while it was last listed, which was then done once more.
    pub(super) crashed: bool,
    /// A change came while it was being listed.
    pub(super) again: bool,
    pub(super) at: Option<Instant>,
    pub(super) stamp: Option<(SystemTime, u64)>,
}

impl Source {
    pub(super) fn new(host: Arc<Host>) -> Self {
        Self {
            host,
            listed: Listed::default(),
            fault: None,
            stale: true,
            running: false,
            crashed: false,
            again: false,
            at: None,
            stamp: None,
        }
    }

    pub(super) fn is_module(&self) -> bool {
        matches!(self.host.source(), WorkerSource::Module(_))
    }
}

/// When the file was last changed, and its length.
pub(super) fn stamp(file: &Path) -> Option<(SystemTime, u64)> {
    let about = std::fs::metadata(file).ok()?;
    Some((about.modified().ok()?, about.len()))
}
