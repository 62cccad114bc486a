//! The thread that the tray has to itself on Windows: an icon there belongs to the thread that has
//! made it, which has to hand messages on for as long as the icon is there.
//!
//! The thread sleeps until there is a message or the future has something to do, whichever is first.
#![allow(
    unsafe_code,
    reason = "messages are had through the system's own functions"
)]

use std::{
    pin::pin,
    ptr::{null, null_mut},
    sync::Arc,
    task::{Context, Poll, Wake, Waker},
    thread::JoinHandle,
};

use tokio::{runtime::Handle, sync::oneshot};
use tokio_util::sync::CancellationToken;
use windows_sys::Win32::{
    Foundation::{CloseHandle, HANDLE},
    System::Threading::{CreateEventW, INFINITE, SetEvent},
    UI::WindowsAndMessaging::{
        DispatchMessageW, MSG, MWMO_INPUTAVAILABLE, MsgWaitForMultipleObjectsEx, PM_REMOVE,
        PeekMessageW, QS_ALLINPUT, TranslateMessage,
    },
};

/// Runs the future that `make` gives on a thread with messages, and waits for its end. When nobody
/// waits any more, the future is dropped, and with it the icon.
pub(super) async fn run<F: Future<Output = ()>>(make: impl FnOnce() -> F + Send + 'static) {
    let runtime = Handle::current();
    let (done, end) = oneshot::channel();
    let stop = CancellationToken::new();
    let stopped = stop.clone();
    let thread = std::thread::spawn(move || {
        let _runtime = runtime.enter();
        let Some(event) = Event::new() else { return };
        let shown = async {
            if stopped.run_until_cancelled(make()).await.is_some() {
                let _ = done.send(());
            }
        };
        block_on(shown, &Arc::new(event));
    });
    let _thread = Thread {
        stop,
        thread: Some(thread),
    };
    // Without a word it ends only where the system refuses an event: then there is no tray.
    if end.await.is_err() {
        std::future::pending::<()>().await;
    }
}

/// The thread; dropping it stops it.
struct Thread {
    stop: CancellationToken,
    thread: Option<JoinHandle<()>>,
}

impl Drop for Thread {
    fn drop(&mut self) {
        self.stop.cancel();
        // It has nothing to do any more but to take the icon away.
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

fn block_on(future: impl Future<Output = ()>, event: &Arc<Event>) {
    let waker = Waker::from(Arc::clone(event));
    let mut context = Context::from_waker(&waker);
    let mut future = pin!(future);
    while future.as_mut().poll(&mut context) == Poll::Pending {
        // SAFETY: the handle is open for as long as `event` is there.
        unsafe {
            MsgWaitForMultipleObjectsEx(1, &event.0, INFINITE, QS_ALLINPUT, MWMO_INPUTAVAILABLE)
        };
        hand_on();
    }
}

/// Hands on all messages that are there.
fn hand_on() {
    let mut message = MSG::default();
    // SAFETY: the message is writable; null stands for every window of this thread.
    while unsafe { PeekMessageW(&mut message, null_mut(), 0, 0, PM_REMOVE) } != 0 {
        // SAFETY: the message was just filled.
        unsafe {
            TranslateMessage(&message);
            DispatchMessageW(&message);
        }
    }
}

/// What wakes the thread; it resets itself.
struct Event(HANDLE);

// SAFETY: handles of events may be used from any thread, several at a time.
unsafe impl Send for Event {}
// SAFETY: as above.
unsafe impl Sync for Event {}

impl Event {
    fn new() -> Option<Self> {
        // SAFETY: null pointers stand for "without".
        let event = unsafe { CreateEventW(null(), 0, 0, null()) };
        (!event.is_null()).then_some(Self(event))
    }
}

impl Wake for Event {
    fn wake(self: Arc<Self>) {
        // SAFETY: the handle is open.
        unsafe { SetEvent(self.0) };
    }
}

impl Drop for Event {
    fn drop(&mut self) {
        // SAFETY: it is open, and nobody else has it.
        unsafe { CloseHandle(self.0) };
    }
}
