//! The service and the command as their callers meet them.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a panic is how a test fails; clippy knows helpers outside `#[test]` not as tests"
)]

mod chain;
mod client;
mod command;
#[cfg(target_os = "linux")]
mod deploy;
mod description;
mod languages;
mod listening;
mod lists;
mod process;
mod race;
mod requests;
mod scene;
#[path = "../../../store/tests/api/servers.rs"]
#[allow(dead_code, reason = "the stores' tests use all of it")]
mod servers;
mod sign_ins;
