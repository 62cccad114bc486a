//! The resource manager has an event that is set while it runs.
#![allow(
    unsafe_code,
    reason = "the event is had through the system's own functions"
)]

use std::{io::Result, time::Duration};

use windows_sys::Win32::{
    Foundation::{CloseHandle, HANDLE},
    Security::Credentials::{SCardAccessStartedEvent, SCardReleaseStartedEvent},
    System::Threading::{CreateEventW, INFINITE, SetEvent, WaitForMultipleObjects},
};

/// The service, seen from outside.
pub(crate) struct Service {
    /// Null if the system does not give it.
    started: HANDLE,
    /// Woken by hand.
    hand: HANDLE,
}

// SAFETY: handles of events may be used from any thread, several at a time.
unsafe impl Send for Service {}
// SAFETY: as above.
unsafe impl Sync for Service {}

impl Service {
    /// From now on, starts are noticed.
    pub(crate) fn new() -> Result<Self> {
        // SAFETY: no pointer is given but null ones, which stand for "without": an event that
        // resets itself and is not set.
        let hand = unsafe { CreateEventW(std::ptr::null(), 0, 0, std::ptr::null()) };
        if hand.is_null() {
            return Err(std::io::Error::last_os_error());
        }
        // SAFETY: takes nothing.
        let started = unsafe { SCardAccessStartedEvent() };
        Ok(Self { started, hand })
    }

    /// Waits for a start, or to be woken.
    pub(crate) fn wait(&self) {
        self.wait_for(INFINITE, true);
    }

    /// Waits for so long, or to be woken: the event would end it at once while the service runs
    /// but cannot be used.
    pub(crate) fn wait_at_most(&self, time: Duration) {
        let time = u32::try_from(time.as_millis()).unwrap_or(INFINITE - 1);
        self.wait_for(time, false);
    }

    /// Ends the waiting.
    pub(crate) fn wake(&self) {
        // SAFETY: the handle is open for as long as `self` is there.
        unsafe { SetEvent(self.hand) };
    }

    fn wait_for(&self, time: u32, for_start: bool) {
        let handles = [self.hand, self.started];
        let count = if for_start && !self.started.is_null() {
            2
        } else {
            1
        };
        // SAFETY: there are at least so many handles, and they are open for as long as `self` is
        // there.
        unsafe { WaitForMultipleObjects(count, handles.as_ptr(), 0, time) };
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // SAFETY: the handle was opened by us, and nobody waits for it any more.
        unsafe { CloseHandle(self.hand) };
        if !self.started.is_null() {
            // SAFETY: gives back what `SCardAccessStartedEvent` gave.
            unsafe { SCardReleaseStartedEvent() };
        }
    }
}
