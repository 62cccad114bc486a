//! Windows and macOS: not yet.
//!
//! Until `GetExtendedTcpTable` and `proc_pidfdinfo` are asked here, no connection can be placed, and
//! one that cannot be placed is refused: the agent answers nobody rather than everybody.

use std::{net::SocketAddr, path::PathBuf};

/// Always `None`.
pub(super) fn owner(_end: SocketAddr, _other: SocketAddr) -> Option<u32> {
    None
}

/// Compared with nothing, because [`owner`] never answers.
pub(super) fn me() -> u32 {
    0
}

/// Always `None`.
pub(super) fn program(_end: SocketAddr, _other: SocketAddr) -> Option<PathBuf> {
    None
}
