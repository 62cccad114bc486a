#![doc = include_str!("../README.md")]

mod appearance;
pub mod cards;
mod certificate_view;
pub mod consent;
pub mod doctor;
pub mod grants;
pub mod instance;
mod issuer;
mod keyring;
pub mod logging;
pub mod paths;
pub mod pin;
pub mod ports;
pub mod prompt;
pub mod run;
mod seal;
pub mod settings;
pub mod text;
pub mod tray;
