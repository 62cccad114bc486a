//! The crate as a site sees it: what is believed, what is refused, and why.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a panic is how a test fails; clippy knows helpers outside `#[test]` not as tests"
)]

mod accepted;
mod anchors;
mod chain;
mod identity;
mod openssl;
mod pki;
mod refused;
mod tampered;
mod vectors;

use std::time::{Duration, SystemTime};

use chop_protocol::{Challenge, Origin};
use chop_verifier::{Anchors, Refusal, Verified, verify};

use crate::pki::{Card, Pki};

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

/// Verifies what `card` signs for our origin and challenge, trusting `pki`'s root.
fn sign_in(pki: &Pki, card: &Card) -> Result<Verified, Refusal> {
    let assertion = card.assertion(&origin(), &challenge());
    verify(&assertion, &origin(), &challenge(), &pki.anchors(), now())
}

/// Like [`verify`] for our origin, challenge and moment.
fn verify_here(assertion: &str, anchors: &Anchors) -> Result<Verified, Refusal> {
    verify(assertion, &origin(), &challenge(), anchors, now())
}
