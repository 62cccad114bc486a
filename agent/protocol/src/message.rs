//! Requests and answers of the native protocol, but for the assertion and the problem.

mod bridge;
mod certificates;
mod choice;
mod decrypt;
mod document;
mod sign;
mod sign_in;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize, Serializer};

use crate::{ChallengeError, OriginError, PROTOCOL_VERSION};

pub use bridge::{BridgeTicket, BridgeTicketRequest};
pub use certificates::{CertificateAnswer, CertificatesAnswer, CertificatesRequest};
pub use choice::{CertificateHash, Wanted};
pub use decrypt::{DecryptAnswer, DecryptRequest};
pub use document::{Document, DocumentBody, DocumentError, DocumentName};
pub use sign::{SignAnswer, SignRequest};
pub use sign_in::SignInRequest;

/// The largest request body, in bytes, but for those of documents and envelopes.
///
/// Spec: docs/protocol.md, "Limits".
pub const MAX_BODY: usize = 8192;

/// The largest body of a request to sign or to decrypt, in bytes: 16 MiB.
///
/// Spec: docs/protocol.md, "Limits".
pub const MAX_LARGE_BODY: usize = 16 << 20;

/// Why a request body is not understood.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RequestError {
    /// More bytes than this request may have.
    #[error("the body has {length} bytes, at most {most} are taken")]
    TooLarge {
        /// How many there were.
        length: usize,
        /// How many there may be.
        most: usize,
    },
    /// Not JSON, a field missing, given twice, or one that the protocol does not have.
    #[error("the body is not the JSON of this request")]
    Json(#[source] serde_json::Error),
    /// The challenge is not one.
    #[error(transparent)]
    Challenge(#[from] ChallengeError),
    /// The origin that the popup page reports may not ask.
    #[error(transparent)]
    Origin(#[from] OriginError),
    /// A field that is not standard base64, or too short or too long for what it is.
    #[error("{field} is not what it should be: {wanted}")]
    Field {
        /// The field's key.
        field: &'static str,
        /// What would be right.
        wanted: &'static str,
    },
    /// A document is not right.
    #[error("document {number} is not right")]
    Document {
        /// Which, from 1.
        number: usize,
        /// Why.
        #[source]
        cause: DocumentError,
    },
}

/// `GET /v1/info`: that an agent is here and what it speaks, a constant.
///
/// Spec: docs/protocol.md, "Finding the agent".
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Greeting {
    /// Always `chop`.
    pub agent: &'static str,
    /// The protocol versions spoken, lowest and highest.
    pub protocol: [u32; 2],
}

impl Greeting {
    /// The only greeting there is.
    pub const OURS: Self = Self {
        agent: "chop",
        protocol: [PROTOCOL_VERSION, PROTOCOL_VERSION],
    };
}

/// Reads a body of at most `most` bytes.
fn parse<'a, T: Deserialize<'a>>(body: &'a [u8], most: usize) -> Result<T, RequestError> {
    if body.len() > most {
        return Err(RequestError::TooLarge {
            length: body.len(),
            most,
        });
    }
    serde_json::from_slice(body).map_err(RequestError::Json)
}

/// Reads standard base64 with padding.
fn bytes(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}

/// Writes bytes as standard base64 with padding.
fn text(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// For serde: bytes as standard base64.
fn as_text<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&text(bytes))
}

/// For serde: each as standard base64.
fn as_texts<S: Serializer>(all: &[Vec<u8>], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(all.iter().map(|one| text(one)))
}
