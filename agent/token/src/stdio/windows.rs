//! Handles.
#![allow(
    unsafe_code,
    reason = "only the C library can move its own standard output"
)]

use std::{fs::File, io::Result, os::windows::io::AsHandle as _, time::Duration};

unsafe extern "C" {
    fn _dup2(from: i32, to: i32) -> i32;
}

/// Takes standard input and output for frames: unbuffered, and out of the reach of libraries that
/// print. Afterwards standard output is standard error: call this once, before any library is
/// loaded.
///
/// # Errors
/// The system's, when a handle cannot be copied.
pub fn take() -> Result<(File, File)> {
    let incoming = File::from(std::io::stdin().as_handle().try_clone_to_owned()?);
    let outgoing = File::from(std::io::stdout().as_handle().try_clone_to_owned()?);
    // Moves the process's standard handle along. Without a standard error it fails, and nobody
    // reads what would be printed.
    // SAFETY: takes two numbers; what they stand for is used by nobody yet.
    unsafe { _dup2(2, 1) };
    Ok((incoming, outgoing))
}

/// Nothing: the job that the agent puts this process into ends it with the agent.
///
/// # Errors
/// None; other systems have some.
#[allow(clippy::unnecessary_wraps, reason = "other systems may fail")]
pub fn end_with(_: &File, _: Duration) -> Result<()> {
    Ok(())
}
