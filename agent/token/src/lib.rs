#![doc = include_str!("../README.md")]

mod atr;
mod certificate;
mod check;
mod error;
mod fault;
pub mod fence;
#[cfg(test)]
mod fixture;
#[cfg(any(fuzzing, test))]
pub mod fuzz;
mod inventory;
mod keyring;
mod model;
pub mod modules;
mod pin;
pub mod pipe;
mod signing;
pub mod stdio;
mod wire;
pub mod worker;

pub use certificate::{Certificate, KeyKind, Uses, name::text as directory_string};
pub use error::Error;
pub use fault::{Fault, FileFault, Processor};
pub use fence::Fence;
pub use inventory::{
    Inventory, KeyId, Library, PinState, Reader, Readers, Signer, Source, Token, TokenId, Use,
};
pub use keyring::{Keyring, Settings, Signed, WorkerProgram};
pub use model::{Middleware, Model};
pub use modules::{Allowed, Module};
pub use pin::Pin;
pub use signing::{Hash, Messages, Scheme, Signing};
pub use wire::Padding;
pub use worker::WorkerSource;
