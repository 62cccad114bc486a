#![doc = include_str!("../README.md")]

pub mod cards;
pub mod consent;
pub mod doctor;
pub mod grants;
pub mod instance;
mod keyring;
pub mod logging;
pub mod paths;
pub mod ports;
pub mod prompt;
pub mod run;
mod seal;
pub mod settings;
pub mod text;
pub mod tray;
