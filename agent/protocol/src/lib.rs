#![doc = include_str!("../README.md")]

mod algorithm;
mod assertion;
mod challenge;
mod error_code;
mod message;
mod origin;

pub use algorithm::{Algorithm, Hash, signed_message};
pub use assertion::{Assertion, AssertionError, FORMAT};
pub use challenge::{Challenge, ChallengeError};
pub use error_code::{ErrorCode, Problem};
pub use message::{
    BridgeTicket, BridgeTicketRequest, CertificateAnswer, CertificateHash, CertificatesAnswer,
    CertificatesRequest, DecryptAnswer, DecryptRequest, Document, DocumentBody, DocumentError,
    DocumentName, Greeting, MAX_BODY, MAX_LARGE_BODY, RequestError, SignAnswer, SignInRequest,
    SignRequest, Wanted,
};
pub use origin::{Origin, OriginError, Plain};

/// The native protocol's version, the only one there is yet.
///
/// Spec: docs/protocol.md, "Versions".
pub const PROTOCOL_VERSION: u32 = 1;

/// Where the agent listens; the first that is free is used.
///
/// Spec: docs/protocol.md, "Finding the agent".
pub const PORTS: [u16; 3] = [21443, 21444, 21445];

/// The certificate policy of every simulated card and of its authorities (`id-TEST-certPolicyOne`):
/// one that no real authority issues by, and that verifiers refuse unless they are told otherwise.
///
/// Spec: docs/protocol.md, "Simulated cards"; RFC 7229 §2.
pub const SIMULATED_POLICY: &str = "1.3.6.1.5.5.7.13.1";

/// The header of every answer of an agent whose cards are simulated; its value is `true`. So is the
/// key `simulated` of every JSON object that such an agent answers.
///
/// Spec: docs/protocol.md, "Simulated cards".
pub const SIMULATED_HEADER: &str = "chop-simulated";
