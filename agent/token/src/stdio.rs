//! A child process's own ends of the pipes to the agent.

#[cfg_attr(unix, path = "stdio/unix.rs")]
#[cfg_attr(windows, path = "stdio/windows.rs")]
mod platform;

pub use platform::{end_with, take};
