#![doc = include_str!("../README.md")]

mod answer;
mod body;
mod bridge;
mod certificates;
mod cms;
mod consent;
mod crowd;
mod decrypt;
mod desk;
mod documents;
mod domain;
mod error;
#[cfg(any(fuzzing, test))]
pub mod fuzz;
mod guard;
mod hipki;
mod keys;
mod memory;
mod operation;
mod peer;
mod problem;
mod recent;
mod route;
mod self_test;
mod server;
mod service;
mod settings;
mod sign_in;
mod tls;

pub use cms::{CmsError, enveloped::EnvelopeError};
pub use consent::{
    Asks, Caller, Choice, ChoiceId, Consent, ConsentError, ConsentRequest, Decision, DocumentView,
    Ending, Event, Notice, Purpose, Scope, View, Window,
};
pub use desk::{Desk, DeskFields, DeskPages, DeskTimes, Next};
pub use domain::owner;
pub use error::Error;
pub use hipki::{HipkiSettings, PinFrom, Unknown};
pub use keys::Keys;
pub use memory::{Grant, Grants, Memory, Oblivion, OfCard, Tries, Try};
#[cfg(windows)]
pub use peer::pipe;
pub use peer::{Peer, User};
pub use recent::{Act, Asked, Outcome, Recent};
pub use self_test::TestSignature;
pub use server::{Arrival, Door, Ends, Server};
pub use service::Service;
pub use settings::{Clock, Limits, ServiceSettings};
pub use tls::tls_config;
