#![doc = include_str!("../README.md")]

pub mod agent;
pub mod assertion;
pub mod authority;
pub mod browser;
pub mod card;
pub mod display;
pub mod haproxy;
pub mod mail_catcher;
pub mod mail_page;
mod module;
pub mod namespace;
pub(crate) mod openssl;
pub mod pkcs12;
pub use chop_testpki as pki;
pub mod portal_node;
pub mod portal_site;
pub mod portal_stage;
pub mod postgres;
pub mod process;
pub mod program;
pub mod scripted;
pub mod site;
pub mod smtp;
pub mod softhsm;
pub mod stack;
pub mod trust;
pub mod web;
