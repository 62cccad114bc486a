//! The console's events, which also say that the person logs off; and two named events for each
//! agent, by which an installation tells it what to do.
//!
//! An event's name has the process's number in it. It is made by the agent, with the access list of
//! its person's token: that person, administrators and the system may set it, and nobody else.
//!
//! Spec: Win32 "Event Objects", "Kernel object namespaces".
#![allow(
    unsafe_code,
    reason = "events are had through the system's own functions"
)]

use std::{io, ptr::null};

use tokio::{
    signal::windows::{self, CtrlBreak, CtrlC, CtrlClose, CtrlLogoff, CtrlShutdown},
    sync::mpsc,
};
use windows_sys::Win32::{
    Foundation::{CloseHandle, ERROR_ALREADY_EXISTS, GetLastError, HANDLE, WAIT_OBJECT_0},
    System::Threading::{
        CreateEventW, EVENT_MODIFY_STATE, INFINITE, OpenEventW, SetEvent, WaitForMultipleObjects,
    },
};

use crate::run::Order;

/// What ends the agent from outside.
pub(crate) struct Signals {
    c: CtrlC,
    pause: CtrlBreak,
    close: CtrlClose,
    logoff: CtrlLogoff,
    shutdown: CtrlShutdown,
}

impl Signals {
    /// From now on the console's events are ours.
    pub(crate) fn new() -> io::Result<Self> {
        Ok(Self {
            c: windows::ctrl_c()?,
            pause: windows::ctrl_break()?,
            close: windows::ctrl_close()?,
            logoff: windows::ctrl_logoff()?,
            shutdown: windows::ctrl_shutdown()?,
        })
    }

    /// Waits for the first of them.
    pub(crate) async fn received(&mut self) {
        tokio::select! {
            _ = self.c.recv() => {}
            _ = self.pause.recv() => {}
            _ = self.close.recv() => {}
            _ = self.logoff.recv() => {}
            _ = self.shutdown.recv() => {}
        }
    }
}

/// What an installation says.
pub(crate) struct Orders(mpsc::UnboundedReceiver<Order>);

impl Orders {
    /// From now on it can be said. Where somebody else has an event of that name already, nothing
    /// is heard: it may be a stranger's.
    pub(crate) fn new() -> Self {
        let (sender, receiver) = mpsc::unbounded_channel();
        let process = std::process::id();
        let events = ORDERS.map(|order| make(&name(process, order)));
        if let [Some(restart), Some(quit)] = events {
            let events = [restart, quit];
            std::thread::spawn(move || {
                while let Some(order) = wait(&events) {
                    if sender.send(order).is_err() {
                        return;
                    }
                }
            });
        }
        Self(receiver)
    }

    /// Waits for it.
    pub(crate) async fn received(&mut self) -> Order {
        match self.0.recv().await {
            Some(order) => order,
            None => std::future::pending().await,
        }
    }
}

/// In the order in which they are waited for.
const ORDERS: [Order; 2] = [Order::Restart, Order::Quit];

fn name(process: u32, order: Order) -> Vec<u16> {
    let what = match order {
        Order::Restart => "restart",
        Order::Quit => "quit",
    };
    // Global: an installation has another session.
    let name = format!(r"Global\tw.chop.agent.{process}.{what}");
    name.encode_utf16().chain([0]).collect()
}

fn make(name: &[u16]) -> Option<Event> {
    // SAFETY: the name ends with a zero; null stands for the access list of our token. It resets
    // itself, and is not set.
    let event = unsafe { CreateEventW(null(), 0, 0, name.as_ptr()) };
    if event.is_null() {
        return None;
    }
    // SAFETY: takes nothing.
    let somebodys = unsafe { GetLastError() } == ERROR_ALREADY_EXISTS;
    let event = Event(event);
    (!somebodys).then_some(event)
}

fn wait(events: &[Event; 2]) -> Option<Order> {
    let [restart, quit] = events;
    let events = [restart.0, quit.0];
    // SAFETY: both handles are open as long as their thread runs.
    let which = unsafe { WaitForMultipleObjects(2, events.as_ptr(), 0, INFINITE) };
    let which = which.checked_sub(WAIT_OBJECT_0)?;
    ORDERS.get(usize::try_from(which).ok()?).copied()
}

/// Tells the agent that is this process; `false` when it is none, or not ours to be told.
pub(crate) fn tell(process: u32, order: Order) -> bool {
    let name = name(process, order);
    // SAFETY: the name ends with a zero.
    let event = unsafe { OpenEventW(EVENT_MODIFY_STATE, 0, name.as_ptr()) };
    if event.is_null() {
        return false;
    }
    let event = Event(event);
    // SAFETY: the handle is open.
    unsafe { SetEvent(event.0) != 0 }
}

/// An open handle, closed when dropped.
struct Event(HANDLE);

// SAFETY: handles of events may be used from any thread.
unsafe impl Send for Event {}

impl Drop for Event {
    fn drop(&mut self) {
        // SAFETY: it is open, and nobody else has it.
        unsafe { CloseHandle(self.0) };
    }
}
