#![doc = include_str!("../README.md")]

mod address;
mod connect;
mod error;
mod evidence;
mod fetcher;
mod http;
mod keeper;
mod lists;
mod settings;

pub use error::Error;
pub use fetcher::Fetcher;
pub use keeper::Keeper;
pub use settings::Settings;
