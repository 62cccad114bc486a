#![doc = include_str!("../README.md")]

mod anchors;
mod certificate;
mod chain;
mod identity;
mod name;
mod p521;
mod refusal;
mod signature;
mod verify;

pub use anchors::{AnchorError, Anchors};
pub use chop_protocol::{Algorithm, Challenge, Origin};
pub use identity::{Ban, BanError, Citizen, CitizenId, Company, CompanyCard, Identity};
pub use refusal::Refusal;
pub use verify::{Revocation, Verified, verify};
pub use webpki;
