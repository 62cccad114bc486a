//! The keyring with real worker processes, SoftHSM 2, files made by openssl, and modules that crash,
//! hang and lie.

#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test may panic"
)]

mod files;
#[allow(dead_code, reason = "the unit tests use more of it")]
#[path = "../../src/fixture.rs"]
mod fixture;
mod hostile;
mod module;
mod operations;
mod scene;
mod spoiled;
mod tokens;

// For the fixture, which is shared with the unit tests.
use chop_token::{Hash, KeyKind, Scheme, Signed};
