//! macOS: not yet.
//!
//! Until `proc_pidfdinfo` is asked here, no connection can be placed, and
//! one that cannot be placed is refused: the agent answers nobody rather than everybody.

use std::{net::SocketAddr, path::PathBuf};

/// A user of this machine, as the system tells them apart: its number.
pub type User = u32;

/// Always `None`.
pub(super) fn users(connections: &[(SocketAddr, SocketAddr)]) -> Vec<Option<User>> {
    vec![None; connections.len()]
}

/// Always `None`.
pub(super) fn listener(_address: SocketAddr) -> Option<User> {
    None
}

/// Always `None`.
pub(super) fn me() -> Option<User> {
    None
}

/// Always `None`.
pub(super) fn program(_end: SocketAddr, _other: SocketAddr) -> Option<PathBuf> {
    None
}
