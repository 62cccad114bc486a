//! Linux: a socket that everybody may dial, because the kernel says who does.

use std::{fs, io, os::unix::fs::PermissionsExt as _, path::Path};

use chop_service::{Peer, User};
use tokio::{
    io::{AsyncRead, AsyncWrite, copy_bidirectional},
    net::{TcpStream, UnixListener, UnixStream},
};

/// The gate's end of a line.
pub(super) type Line = UnixStream;
/// An agent's end.
pub(super) type Dialled = UnixStream;

/// Takes calls.
pub(super) struct Listener(UnixListener);

impl Listener {
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        // Of a gate that was killed. Only whoever may write the folder can have put it there.
        match fs::remove_file(path) {
            Err(cause) if cause.kind() != io::ErrorKind::NotFound => return Err(cause),
            _ => {}
        }
        let listener = UnixListener::bind(path)?;
        fs::set_permissions(path, fs::Permissions::from_mode(0o666))?;
        Ok(Self(listener))
    }

    pub(super) async fn accept(&mut self) -> io::Result<Line> {
        self.0.accept().await.map(|(line, _)| line)
    }
}

/// Finds whose connections are: the kernel is asked for each, which takes microseconds.
pub(super) struct Places;

impl Places {
    #[allow(clippy::unnecessary_wraps, reason = "Windows needs a thread")]
    pub(super) fn open() -> io::Result<Self> {
        Ok(Self)
    }

    #[allow(clippy::unused_async, reason = "Windows waits for its thread")]
    pub(super) async fn user(&self, stream: &TcpStream) -> Option<User> {
        Peer::user(stream)
    }
}

/// Whose call it seems to be, before anything was read.
pub(super) fn presumed(line: &Line) -> Option<User> {
    caller(line)
}

/// Whose call it is, once something was read. The kernel noted it when the line was dialled; it
/// cannot change afterwards.
pub(super) fn caller(line: &Line) -> Option<User> {
    line.peer_cred().map(|peer| peer.uid()).ok()
}

/// Whether this user may give orders to all agents: root alone.
pub(super) fn may_order(user: User) -> bool {
    user == 0
}

pub(super) async fn dial(path: &Path) -> io::Result<Dialled> {
    UnixStream::connect(path).await
}

/// Hands on what either side says, until both have ended.
pub(super) async fn join(mut stream: impl AsyncRead + AsyncWrite + Unpin, mut line: Line) {
    // Either side may leave when it likes.
    drop(copy_bidirectional(&mut stream, &mut line).await);
}

/// Who has the port, for the log: `user lin (1000)`.
pub(super) fn owner(port: u16) -> Option<String> {
    let addresses = [
        (std::net::Ipv4Addr::LOCALHOST, port).into(),
        (std::net::Ipv6Addr::LOCALHOST, port).into(),
    ];
    let number = addresses.into_iter().find_map(Peer::listener)?;
    let user = nix::unistd::User::from_uid(number.into()).ok().flatten();
    Some(match user {
        Some(user) => format!("user {} ({number})", user.name),
        None => format!("user {number}"),
    })
}

/// Whether a gate takes calls.
pub(crate) fn is_there(path: &Path) -> bool {
    path.exists()
}

/// Nothing is left for the next gate to stumble over.
pub(super) fn leave(path: &Path) {
    let _ = fs::remove_file(path);
}
