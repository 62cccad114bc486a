//! A socket that its owner alone can reach.

use std::{fs, io, os::unix::fs::PermissionsExt as _, path::Path, time::Duration};

use nix::unistd::geteuid;
use tokio::net::{UnixListener, UnixStream};

/// Waits for callers.
pub(super) struct Listener(UnixListener);

impl Listener {
    /// Opens the line. What an agent has left behind that has ended goes first: whoever calls this
    /// holds the agent's lock.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        match fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let listener = UnixListener::bind(path)?;
        // Who came before this has shown who they are in `accept`.
        fs::set_permissions(path, fs::Permissions::from_mode(0o600))?;
        Ok(Self(listener))
    }

    /// The next caller; `None` if it was not this person.
    pub(super) async fn accept(&mut self) -> Option<UnixStream> {
        match self.0.accept().await {
            Ok((stream, _)) => is_ours(&stream).then_some(stream),
            Err(error) => {
                tracing::warn!(%error, "the line to the agent cannot be answered");
                // Out of file descriptors, most likely: some will be given back.
                tokio::time::sleep(Duration::from_millis(100)).await;
                None
            }
        }
    }
}

pub(super) async fn connect(path: &Path) -> io::Result<UnixStream> {
    let stream = UnixStream::connect(path).await?;
    match is_ours(&stream) {
        true => Ok(stream),
        false => Err(io::ErrorKind::PermissionDenied.into()),
    }
}

/// Whether the process at the other end is this person's, as the kernel says.
fn is_ours(stream: &UnixStream) -> bool {
    let peer = stream.peer_cred();
    peer.is_ok_and(|peer| peer.uid() == geteuid().as_raw())
}
