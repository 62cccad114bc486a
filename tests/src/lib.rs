#![doc = include_str!("../README.md")]

pub mod agent;
pub mod authority;
pub mod browser;
pub mod card;
pub mod component;
pub mod display;
mod module;
pub mod namespace;
pub mod pkcs12;
pub mod pki;
pub mod portal_site;
pub mod process;
pub mod program;
pub mod scripted;
pub mod site;
pub mod softhsm;
pub mod stack;
pub mod trust;
pub mod web;
