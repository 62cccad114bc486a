//! Everything together. Each topic is a module; what several share is beside them.

// Clippy sees only functions with `#[test]` as tests; what they share is no less one.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod browser_chromium;
mod browser_display;
mod browser_firefox;
mod browser_login;
mod browser_loopback;
mod browser_prompt;
mod browser_scene;
mod card_certificates;
mod card_change;
mod card_opensc;
mod card_operations;
mod card_pin;
mod card_reader;
mod card_softhsm;
mod card_watch;
mod chop_cards;
mod chop_pin;
mod gate;
mod hanging_module;
mod hipki_adapter;
mod hipki_desk;
mod hipki_habits;
mod hipki_pages;
mod hipki_peers;
mod hipki_ports;
mod hipki_signatures;
mod modules;
mod pkcs11_tool;
mod portal_desk;
mod portal_gallery;
mod portal_guide;
mod portal_hicos;
mod portal_pages;
mod portal_sign;
mod portal_storms;
mod portal_walk;
mod removal;
mod sign_in_desk;
mod sign_in_endings;
mod sign_in_roads;
mod sign_in_secrecy;
mod sign_in_sites;
mod site_guide;
