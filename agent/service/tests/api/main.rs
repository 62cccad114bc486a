//! The service over real connections, with a scripted person and scripted cards.

#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "clippy lets tests panic, but not the functions beside them"
)]

mod bridge;
mod choosing;
mod client;
mod cool_down;
mod decrypt;
mod desk;
mod documents;
mod endings;
mod finding;
mod headers;
mod hipki;
mod leaving;
mod limits;
mod openssl;
mod own;
mod peers;
mod refusals;
mod routes;
mod scene;
mod sign_in;
