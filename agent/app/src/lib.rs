#![doc = include_str!("../README.md")]

pub mod consent;
pub mod doctor;
pub mod instance;
pub mod logging;
pub mod paths;
pub mod prompt;
pub mod run;
mod seal;
pub mod settings;
pub mod text;
pub mod tray;
