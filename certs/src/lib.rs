#![doc = include_str!("../README.md")]

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

pub use error::Error;
pub use pair::{Lifetime, LocalhostPair, RENEWAL, State};
