//! The window and the tray as other programs see them: on an X display, on a D-Bus session.

#![allow(clippy::unwrap_used)] // helpers of tests, which clippy takes for more
#![cfg(target_os = "linux")]

mod bus;
mod display;
mod prompt;
mod tray;
mod window;
