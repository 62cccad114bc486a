#![doc = include_str!("../README.md")]

mod answer;
mod body;
mod bridge;
mod consent;
mod cool_down;
mod crowd;
mod domain;
mod error;
mod guard;
mod keys;
mod peer;
mod problem;
mod route;
mod server;
mod service;
mod settings;
mod sign_in;
mod tls;

pub use consent::{
    Choice, ChoiceId, Consent, ConsentError, ConsentRequest, Ending, Event, Notice, Purpose, View,
    Window,
};
pub use cool_down::CoolDown;
pub use domain::owner;
pub use error::Error;
pub use keys::Keys;
pub use peer::Peer;
pub use server::{Arrival, Server};
pub use service::Service;
pub use settings::{Clock, Limits, ServiceSettings};
pub use tls::tls_config;
