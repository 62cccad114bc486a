//! The portal's own tests again, on PostgreSQL: the same modules, with a `database` of this one's
//! own beside them.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests end where they fail"
)]

use e2e::mail_catcher;

#[path = "../../../portal/tests/api/accounts.rs"]
mod accounts;
#[path = "../../../portal/tests/api/activation.rs"]
mod activation;
#[path = "../../../portal/tests/api/applying.rs"]
mod applying;
#[path = "../../../portal/tests/api/audit.rs"]
mod audit;
#[path = "../../../portal/tests/api/binding.rs"]
mod binding;
#[path = "../../../portal/tests/api/browser.rs"]
mod browser;
#[path = "../../../portal/tests/api/card.rs"]
mod card;
mod database;
#[path = "../../../portal/tests/api/decided_cards.rs"]
mod decided_cards;
#[path = "../../../portal/tests/api/exemptions.rs"]
mod exemptions;
#[path = "../../../portal/tests/api/forgery.rs"]
mod forgery;
#[path = "../../../portal/tests/api/guessing.rs"]
mod guessing;
#[path = "../../../portal/tests/api/hicos.rs"]
mod hicos;
#[path = "../../../portal/tests/api/hicos_sessions.rs"]
mod hicos_sessions;
#[path = "../../../portal/tests/api/hostile.rs"]
mod hostile;
#[path = "../../../portal/tests/api/letters.rs"]
mod letters;
#[path = "../../../portal/tests/api/limits.rs"]
mod limits;
#[path = "../../../portal/tests/api/links.rs"]
mod links;
#[path = "../../../portal/tests/api/mail_limits.rs"]
mod mail_limits;
#[path = "../../../portal/tests/api/new_cards.rs"]
mod new_cards;
#[path = "../../../portal/tests/api/operators.rs"]
mod operators;
#[path = "../../../portal/tests/api/pages.rs"]
mod pages;
#[path = "../../../portal/tests/api/passwords.rs"]
mod passwords;
#[path = "../../../portal/tests/api/profile.rs"]
mod profile;
#[path = "../../../portal/tests/api/races.rs"]
mod races;
#[path = "../../../portal/tests/api/refusals.rs"]
mod refusals;
#[path = "../../../portal/tests/api/replay.rs"]
mod replay;
#[path = "../../../portal/tests/api/revocation.rs"]
mod revocation;
#[path = "../../../portal/tests/api/scene.rs"]
mod scene;
#[path = "../../../portal/tests/api/sessions.rs"]
mod sessions;
#[path = "../../../portal/tests/api/sign_in.rs"]
mod sign_in;
#[path = "../../../portal/tests/api/signing.rs"]
mod signing;
