#![doc = include_str!("../README.md")]

mod certificate;
mod check;
mod error;
#[cfg(test)]
mod fixture;
mod inventory;
mod keyring;
mod messages;
mod pin;
pub mod pipe;
pub mod stdio;
mod wire;
pub mod worker;

pub use error::Error;
pub use inventory::{
    Certificate, Inventory, KeyId, KeyKind, ModuleFault, PinState, Reader, Readers, Signer,
};
pub use keyring::{Keyring, Settings, Signed, WorkerProgram};
pub use messages::Messages;
pub use pin::Pin;
pub use worker::WorkerSource;
