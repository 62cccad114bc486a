//! The portal from outside: requests in, answers out.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests end where they fail"
)]

mod accounts;
mod browser;
mod card;
mod forgery;
mod pages;
mod refusals;
mod replay;
mod scene;
mod server;
mod sign_in;
