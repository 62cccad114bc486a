//! Who is at the other end of a connection, as the kernel says.
//!
//! Loopback is shared by all users of a machine, and an `Origin` header is only worth something
//! from the person's own browser. So the owner of the peer's socket is found before a byte is read.
//!
//! Spec: docs/protocol.md, "Who asks", step 1; docs/threat-model.md, C-16.

#[cfg_attr(target_os = "linux", path = "peer/linux.rs")]
#[cfg_attr(windows, path = "peer/windows.rs")]
#[cfg_attr(not(any(target_os = "linux", windows)), path = "peer/elsewhere.rs")]
mod platform;

// Compiled for its tests everywhere: it only reads bytes.
#[cfg(all(test, not(windows)))]
#[path = "peer/windows/table.rs"]
#[allow(dead_code, reason = "elsewhere only its tests are wanted")]
mod windows_table;
#[cfg(all(test, not(windows)))]
#[path = "peer/windows/user.rs"]
#[allow(unreachable_pub, reason = "elsewhere only its tests are wanted")]
mod windows_user;

pub use platform::User;
#[cfg(windows)]
pub use platform::pipe;

use std::{net::SocketAddr, path::PathBuf};

use tokio::net::TcpStream;

/// Who is at the other end of a connection.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Peer {
    /// The person whose agent this is.
    Ours,
    /// Another user of the machine.
    Foreign {
        /// Who that is.
        user: User,
    },
    /// It cannot be placed: it is gone already, or the system does not tell.
    Unknown,
}

/// The file of the program of ours that owns the socket at `theirs` connected to `ours`; `None` if
/// that cannot be told. It costs milliseconds.
pub(crate) fn program(theirs: SocketAddr, ours: SocketAddr) -> Option<PathBuf> {
    platform::program(theirs, ours)
}

impl Peer {
    /// Finds the owner of the socket that `stream` is connected to, on this machine.
    #[must_use]
    pub fn of(stream: &TcpStream) -> Self {
        match Self::user(stream) {
            Some(user) if platform::me() == Some(user) => Self::Ours,
            Some(user) => Self::Foreign { user },
            None => Self::Unknown,
        }
    }

    /// The user who owns that socket; `None` when it cannot be placed.
    #[must_use]
    pub fn user(stream: &TcpStream) -> Option<User> {
        let (theirs, ours) = (stream.peer_addr().ok()?, stream.local_addr().ok()?);
        let user = Self::users(&[(theirs, ours)]).pop()?;
        // Another's connection may have these ends by now; ours is over then.
        (stream.peer_addr().ok()? == theirs).then_some(user)?
    }

    /// The users who own the sockets at these ends (theirs, ours), in this order. Where the system
    /// has one table of all connections, it is read no more often than for a single one.
    ///
    /// As long as our own end is established, no other connection can have its two addresses. So
    /// our end is looked at after theirs: one that ended in between, whose port another user may
    /// have been given, is placed with nobody.
    #[must_use]
    pub fn users(connections: &[(SocketAddr, SocketAddr)]) -> Vec<Option<User>> {
        platform::users(connections)
    }

    /// Who we are; `None` if the system does not tell.
    #[must_use]
    pub fn me() -> Option<User> {
        platform::me()
    }

    /// The user who listens at an address, for the message of who cannot: `None` if nobody does, or
    /// the system does not tell.
    #[must_use]
    pub fn listener(address: SocketAddr) -> Option<User> {
        platform::listener(address)
    }
}
