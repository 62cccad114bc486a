//! The room for pages written for HiCOS.
//!
//! Spec: docs/hicos.md.

mod access;
mod before_consent;
mod card;
mod client;
mod decrypt;
mod hashed;
mod info;
mod pin;
mod properties;
mod sign;
mod surface;
