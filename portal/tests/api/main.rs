//! The portal from outside: requests in, answers out.
//!
//! The end-to-end tests run every module of this but `commands` again on PostgreSQL, with a
//! `database` of their own beside it.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests end where they fail"
)]

mod accounts;
mod activation;
mod applying;
mod audit;
mod binding;
mod browser;
mod card;
mod commands;
mod database;
mod decided_cards;
mod exemptions;
mod forgery;
mod guessing;
mod hicos;
mod hicos_sessions;
mod hostile;
mod letters;
mod limits;
mod links;
#[path = "../../../tests/src/mail_catcher.rs"]
#[allow(
    dead_code,
    unreachable_pub,
    reason = "shared with the end-to-end tests"
)]
mod mail_catcher;
mod mail_limits;
mod new_cards;
mod operators;
mod pages;
mod passwords;
mod profile;
mod races;
mod refusals;
mod replay;
mod revocation;
mod scene;
mod server;
mod sessions;
mod sign_in;
mod signing;
