#![doc = include_str!("../README.md")]

pub mod cli;
mod configure;
mod error;
mod listen;
mod metrics;
mod problem;
mod routes;
mod service;
mod settings;
mod store;
mod threads;
mod verdict;

pub use error::Error;
pub use listen::{Listener, serve};
pub use service::Service;
pub use settings::Settings;
