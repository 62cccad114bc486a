//! The fetcher against servers of the test's own.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a panic is how a test fails; clippy knows helpers outside `#[test]` not as tests"
)]

mod answers;
mod keeper;
mod limits;
mod lists;
mod proxy;
mod scene;
mod server;
