//! A system that starts its service whenever somebody asks for it: there is nothing to wait for but
//! somebody who looks.

use std::{
    io::Result,
    sync::{Condvar, Mutex, PoisonError},
    time::Duration,
};

/// The service, seen from outside.
#[derive(Default)]
pub(crate) struct Service {
    woken: Mutex<bool>,
    hand: Condvar,
}

impl Service {
    /// Nothing has to be prepared.
    #[allow(clippy::unnecessary_wraps, reason = "other systems may fail")]
    pub(crate) fn new() -> Result<Self> {
        Ok(Self::default())
    }

    /// Waits to be woken.
    pub(crate) fn wait(&self) {
        let woken = self.woken.lock().unwrap_or_else(PoisonError::into_inner);
        let woken = self.hand.wait_while(woken, |woken| !*woken);
        *woken.unwrap_or_else(PoisonError::into_inner) = false;
    }

    /// Waits for so long, or to be woken.
    pub(crate) fn wait_at_most(&self, time: Duration) {
        let woken = self.woken.lock().unwrap_or_else(PoisonError::into_inner);
        let woken = self.hand.wait_timeout_while(woken, time, |woken| !*woken);
        *woken.unwrap_or_else(PoisonError::into_inner).0 = false;
    }

    /// Ends the waiting.
    pub(crate) fn wake(&self) {
        *self.woken.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.hand.notify_all();
    }
}
