#![doc = include_str!("../README.md")]

mod appearance;
mod browse;
pub mod cards;
mod certificate_view;
pub mod command;
pub mod consent;
pub mod desk;
pub mod doctor;
pub mod fleet;
#[cfg(any(target_os = "linux", windows))]
pub mod gate;
pub mod grants;
pub mod install;
pub mod instance;
mod issuer;
mod keyring;
pub mod line;
pub mod logging;
#[cfg(target_os = "linux")]
pub mod machine;
#[cfg(windows)]
#[path = "machine/windows.rs"]
pub mod machine;
#[cfg(windows)]
mod named_pipe;
pub mod paths;
pub mod pin;
pub mod ports;
pub mod preferences;
pub mod prompt;
pub mod run;
mod seal;
pub mod settings;
pub mod simulate;
pub mod template;
pub mod text;
pub mod tray;
#[cfg(any(target_os = "linux", windows))]
pub mod update;
