//! A named pipe whose name has the person's own state folder in it.
//!
//! Everybody may read a pipe by its default rights, and nobody but its owner may write (Win32,
//! "Named Pipe Security and Access Rights"); who cannot write cannot ask, and is told nothing.

use std::{
    ffi::OsStr,
    hash::{DefaultHasher, Hash as _, Hasher as _},
    io,
    path::Path,
    time::Duration,
};

use tokio::net::windows::named_pipe::{ClientOptions, NamedPipeClient, NamedPipeServer};

use crate::named_pipe;

/// Waits for callers.
pub(super) struct Listener(named_pipe::Listener);

impl Listener {
    /// Opens the line; fails where somebody else has taken its name.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        named_pipe::Listener::of_this_person(OsStr::new(&name(path))).map(Self)
    }

    /// The next caller; `None` if it has gone already.
    pub(super) async fn accept(&mut self) -> Option<NamedPipeServer> {
        let accepted = self.0.accept().await;
        if let Err(error) = &accepted {
            tracing::warn!(%error, "the line to the agent cannot be answered");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        accepted.ok()
    }
}

pub(super) async fn connect(path: &Path) -> io::Result<NamedPipeClient> {
    ClientOptions::new().open(name(path))
}

/// The same for every program of one person in one session.
fn name(path: &Path) -> String {
    let mut hasher = DefaultHasher::new();
    path.hash(&mut hasher);
    let user = std::env::var("USERNAME").unwrap_or_default();
    let session = std::env::var("SESSIONNAME").unwrap_or_default();
    format!(r"\\.\pipe\chop-{:016x}-{user}-{session}", hasher.finish())
}
