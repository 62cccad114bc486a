//! The crate as its users see it: files, folders, NSS databases.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a panic is how a test fails; clippy knows helpers outside `#[test]` not as tests"
)]

mod key_on_disk;
mod nss;
mod openssl;
mod person;
#[cfg(unix)]
mod store;

use std::time::{Duration, SystemTime};

/// A day count since 1970 as a moment.
fn day(number: u64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(number * 86_400)
}
