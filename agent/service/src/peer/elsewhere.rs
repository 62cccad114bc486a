//! macOS: not yet.
//!
//! Until `proc_pidfdinfo` is asked here, no connection can be placed, and
//! one that cannot be placed is refused: the agent answers nobody rather than everybody.

use std::{net::SocketAddr, path::PathBuf};

/// Always `None`.
pub(super) fn owner(_end: SocketAddr, _other: SocketAddr) -> Option<u32> {
    None
}

/// Always `false`.
pub(super) fn is_established(_end: SocketAddr, _other: SocketAddr) -> bool {
    false
}

/// Always `None`.
pub(super) fn listener(_address: SocketAddr) -> Option<u32> {
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
