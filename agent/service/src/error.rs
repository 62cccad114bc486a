//! Why a request has no assertion, and why a server does not start.

use chop_protocol::RequestError;

use crate::{CmsError, ConsentError, EnvelopeError};

/// Why a request has no assertion, or a server cannot start. What a page learns of it is decided in
/// `problem.rs` alone.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The localhost certificate and its key cannot be used.
    #[error("the localhost certificate cannot be used")]
    Certificate(#[source] rustls::Error),

    /// Not exactly one `Host`, or not ours.
    #[error("the host is not the agent's")]
    WrongHost,
    /// More than 32 KiB of headers, or more than 100.
    #[error("the headers are too large")]
    HeadersTooLarge,
    /// Nobody who may ask.
    #[error("the request is refused: {cause}")]
    OriginRefused {
        /// Which check failed.
        cause: &'static str,
    },
    /// No such path.
    #[error("no such path")]
    NotFound,
    /// The path exists, the method does not fit.
    #[error("the method does not fit; the path takes {allow}")]
    MethodNotAllowed {
        /// What the path takes, as in the header `Allow`.
        allow: &'static str,
    },
    /// The body is not said to be `application/json`.
    #[error("the body is not application/json")]
    UnsupportedMediaType,
    /// The body is larger than the protocol allows.
    #[error("the body is too large")]
    BodyTooLarge,
    /// The body did not come, or not in time.
    #[error("the body did not come in time")]
    BodyIncomplete,
    /// The body is not understood.
    #[error(transparent)]
    Request(#[from] RequestError),

    /// The ticket is missing, spent, too old, or where none belongs.
    #[error("the ticket is refused")]
    TicketRefused,
    /// As many tickets as there may be are outstanding.
    #[error("too many tickets are outstanding")]
    TooManyTickets,
    /// A window is open already.
    #[error("a window is open already")]
    Busy,
    /// Windows of this site ended badly too often: with a wrong PIN, or without an answer.
    #[error("the site must wait for {seconds} s")]
    CoolingDown {
        /// Until it may ask again.
        seconds: u32,
    },

    /// As many large bodies as may be are being read.
    #[error("too many large requests at once")]
    TooManyBodies,
    /// The envelope is none that can be read.
    #[error(transparent)]
    Envelope(#[from] EnvelopeError),
    /// The envelope did not decrypt.
    #[error("the envelope did not decrypt")]
    NotDecrypted,
    /// The signature's structure cannot be written.
    #[error(transparent)]
    Cms(#[from] CmsError),

    /// No window opened.
    #[error(transparent)]
    Consent(#[from] ConsentError),
    /// The window neither opened nor failed in time.
    #[error("the window did not open in time")]
    WindowLate,
    /// The agent ends.
    #[error("the agent is ending")]
    Ending,
    /// The system gave no random bytes.
    #[error("the system gave no random bytes")]
    NoRandom,

    /// The person closed the window.
    #[error("the person said no")]
    UserRefused,
    /// Nobody answered in time.
    #[error("nobody answered in time")]
    UserTimeout,
    /// The person closed the window that said: no reader.
    #[error("no reader")]
    NoReader,
    /// The person closed the window that said: no card.
    #[error("no card")]
    NoCard,
    /// The person closed the window that said: no certificate.
    #[error("no certificate is for this")]
    NoCertificate,
    /// The PIN was wrong and the person did not try again.
    #[error("wrong PIN")]
    PinWrong {
        /// Tries left, where the card tells.
        left: Option<u8>,
    },
    /// The PIN is locked.
    #[error("the PIN is locked")]
    PinLocked,
    /// The card or its module ended the operation.
    #[error(transparent)]
    Token(#[from] chop_token::Error),
    /// The key signed with another certificate than the one that the window showed.
    #[error("the card answered with another certificate than was shown")]
    OtherCertificate,
}
