#![doc = include_str!("../README.md")]

mod accounts;
mod anchors;
mod assets;
mod challenges;
mod clock;
mod cookie;
mod database;
mod error;
mod forgery;
mod headers;
mod language;
mod login;
mod logins;
mod pages;
mod portal;
mod problem;
mod secret;
mod server;
mod sessions;
mod settings;
mod visitor;
mod words;

pub use accounts::{Account, Accounts, Kind, NewAccount, State};
pub use error::Error;
pub use logins::{Login, Logins};
pub use portal::Portal;
pub use settings::{Settings, Tls};
