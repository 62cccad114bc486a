//! The service with simulated cards, asked as a page asks; and the verifier, which refuses them.

// Clippy sees only functions with `#[test]` as tests; what they share is no less one.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod installed;
mod marks;
mod scene;
mod script;
mod trust;
