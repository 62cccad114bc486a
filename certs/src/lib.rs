#![doc = include_str!("../README.md")]

mod error;
pub mod nss;
mod pair;
pub mod policies;
pub mod store;
pub mod stores;
mod template;

pub use error::Error;
pub use pair::{Lifetime, LocalhostPair, RENEWAL, State};
