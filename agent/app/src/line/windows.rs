//! A named pipe whose name has the person's own state folder in it.
//!
//! Everybody may read a pipe by its default rights, and nobody but its owner may write (Win32,
//! "Named Pipe Security and Access Rights"); who cannot write cannot ask, and is told nothing.

use std::{
    hash::{DefaultHasher, Hash as _, Hasher as _},
    io,
    path::Path,
    time::Duration,
};

use tokio::net::windows::named_pipe::{
    ClientOptions, NamedPipeClient, NamedPipeServer, ServerOptions,
};

/// Waits for callers.
pub(super) struct Listener {
    name: String,
    /// The end that the next caller gets.
    next: Option<NamedPipeServer>,
}

impl Listener {
    /// Opens the line; fails where somebody else has taken its name.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let name = name(path);
        let mut options = ServerOptions::new();
        let next = options
            .first_pipe_instance(true)
            .reject_remote_clients(true)
            .create(&name)?;
        Ok(Self {
            name,
            next: Some(next),
        })
    }

    /// The next caller; `None` if it has gone already.
    pub(super) async fn accept(&mut self) -> Option<NamedPipeServer> {
        let end = match self.next.take() {
            Some(end) => Ok(end),
            None => self.another(),
        };
        let connected = match end {
            Ok(end) => end.connect().await.map(|()| end),
            Err(error) => Err(error),
        };
        match connected {
            Ok(end) => {
                self.next = self.another().ok();
                Some(end)
            }
            Err(error) => {
                tracing::warn!(%error, "the line to the agent cannot be answered");
                tokio::time::sleep(Duration::from_millis(100)).await;
                None
            }
        }
    }

    fn another(&self) -> io::Result<NamedPipeServer> {
        ServerOptions::new()
            .reject_remote_clients(true)
            .create(&self.name)
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
