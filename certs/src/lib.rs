#![doc = include_str!("../README.md")]

#[cfg(windows)]
pub mod acl;
mod error;
pub mod machine;
pub mod nss;
mod pair;
pub mod person;
pub mod policies;
pub mod rotation;
pub mod store;
pub mod stores;
mod template;
pub mod windows;

pub use error::Error;
pub use pair::{Lifetime, LocalhostPair, RENEWAL, State};
