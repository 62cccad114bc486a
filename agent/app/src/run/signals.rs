//! The system's ways of telling a program to end, and an installation's of telling it to start anew.

#[cfg_attr(unix, path = "signals/unix.rs")]
#[cfg_attr(windows, path = "signals/windows.rs")]
mod platform;

#[cfg(windows)]
pub(crate) use platform::tell;
pub(crate) use platform::{Orders, Signals};
