//! Opens something in the person's own browser.

use std::{
    ffi::OsStr,
    io,
    process::{Command, Stdio},
};

/// The system's own way to open a file or an address.
const OPENER: &str = if cfg!(windows) {
    "explorer"
} else if cfg!(target_os = "macos") {
    "open"
} else {
    "xdg-open"
};

/// Opens a file or an address, and returns when the browser has been told.
///
/// An address stands on a command line for a moment, where other users of the machine may read it.
/// The desk's links are of no use to them: it answers this person's programs alone.
///
/// # Errors
/// The system's, or `Other` when nothing on this desktop opens it.
pub(crate) fn open(what: impl AsRef<OsStr>) -> io::Result<()> {
    let mut opener = Command::new(OPENER);
    opener
        .arg(what)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    match opener.status()? {
        status if status.success() => Ok(()),
        // It says success by its own lights only.
        _ if cfg!(windows) => Ok(()),
        status => Err(io::Error::other(format!("{OPENER}: {status}"))),
    }
}
