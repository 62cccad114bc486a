//! The keyring with real worker processes, SoftHSM 2, files made by openssl, and modules that crash,
//! hang and lie. On Windows (under Wine): what a worker's fence is made of there.

#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test may panic"
)]

#[cfg(target_os = "linux")]
mod fence;
#[cfg(unix)]
mod files;
#[allow(dead_code, reason = "the unit tests use more of it")]
#[cfg(unix)]
#[path = "../../src/fixture.rs"]
mod fixture;
#[cfg(unix)]
mod hostile;
#[cfg(unix)]
mod module;
#[cfg(unix)]
mod operations;
#[cfg(unix)]
mod scene;
#[cfg(unix)]
mod spoiled;
#[cfg(unix)]
mod tokens;
#[cfg(windows)]
mod windows;

// For the fixture, which is shared with the unit tests.
#[cfg(unix)]
use chop_token::{Hash, KeyKind, Scheme, Signed};
