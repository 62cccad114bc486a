#![doc = include_str!("../README.md")]

pub mod agent;
pub mod authority;
pub mod browser;
pub mod card;
pub mod display;
mod module;
pub mod namespace;
pub(crate) mod openssl;
pub mod pkcs12;
pub use chop_testpki as pki;
pub mod portal_site;
pub mod process;
pub mod program;
pub mod scripted;
pub mod site;
pub mod softhsm;
pub mod stack;
pub mod trust;
pub mod web;
