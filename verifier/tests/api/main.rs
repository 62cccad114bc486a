//! The crate as a site sees it: what is believed, what is refused, and why.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a panic is how a test fails; clippy knows helpers outside `#[test]` not as tests"
)]

mod accepted;
mod anchors;
mod chain;
mod corpora;
mod document;
mod generations;
mod hipki;
mod identity;
mod independent;
mod ocsp;
mod openssl;
mod refused;
mod relaxed;
mod revocation;
mod scene;
mod sources;
mod tampered;
mod vectors;

use std::time::{Duration, SystemTime};

use chop_protocol::{Challenge, Origin};

const DAY: Duration = Duration::from_secs(86_400);

/// The moment of every test that does not need another: 1 November 2026, 00:00 UTC.
fn now() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_793_491_200)
}

fn origin() -> Origin {
    "https://portal.example".parse().unwrap()
}

fn challenge() -> Challenge {
    Challenge::from_random([7; 32])
}
