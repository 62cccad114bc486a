//! The one place that turns faults into what a page may read.

use chop_protocol::{ErrorCode, Problem, RequestError};
use hyper::StatusCode;

use crate::{ConsentError, Error};

/// What a page may read of an error. The status is for tools; pages go by the code.
///
/// Spec: docs/protocol.md, "Errors".
pub(crate) fn problem(error: &Error) -> (StatusCode, Problem) {
    let code = match error {
        Error::PinWrong { left } => return (StatusCode::CONFLICT, Problem::pin_wrong(*left)),
        Error::CoolingDown { seconds } => {
            return (
                StatusCode::TOO_MANY_REQUESTS,
                Problem::cooling_down(*seconds),
            );
        }
        Error::HeadersTooLarge => {
            return (
                StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
                ErrorCode::TooLarge.into(),
            );
        }

        Error::WrongHost => ErrorCode::WrongHost,
        Error::OriginRefused { .. } | Error::Request(RequestError::Origin(_)) => {
            ErrorCode::OriginRefused
        }
        Error::NotFound => ErrorCode::NotFound,
        Error::MethodNotAllowed { .. } => ErrorCode::MethodNotAllowed,
        Error::UnsupportedMediaType => ErrorCode::UnsupportedMediaType,
        Error::BodyTooLarge | Error::Request(RequestError::TooLarge { .. }) => ErrorCode::TooLarge,
        Error::BodyIncomplete | Error::Request(_) | Error::Envelope(_) => ErrorCode::InvalidRequest,
        Error::TicketRefused => ErrorCode::TicketRefused,
        Error::TooManyTickets | Error::TooManyBodies | Error::Busy => ErrorCode::Busy,

        Error::Consent(ConsentError::NoDisplay) => ErrorCode::NoDisplay,
        Error::UserRefused => ErrorCode::UserRefused,
        Error::UserTimeout => ErrorCode::UserTimeout,
        Error::NoReader => ErrorCode::NoReader,
        Error::NoCard => ErrorCode::NoCard,
        Error::NoCertificate => ErrorCode::NoCertificate,
        Error::PinLocked => ErrorCode::PinLocked,
        Error::Token(chop_token::Error::CardRemoved | chop_token::Error::KeyGone) => {
            ErrorCode::CardRemoved
        }
        Error::Token(chop_token::Error::Unsupported) => ErrorCode::Unsupported,
        Error::Token(_) | Error::OtherCertificate => ErrorCode::CardFault,
        Error::NotDecrypted => ErrorCode::NotDecrypted,

        // Our own fault: the log has it, the page does not.
        Error::Consent(_)
        | Error::WindowLate
        | Error::Certificate(_)
        | Error::Cms(_)
        | Error::Ending
        | Error::NoRandom => ErrorCode::AgentFault,
    };
    (status(code), code.into())
}

impl Error {
    /// What a page would read of it.
    #[must_use]
    pub fn code(&self) -> ErrorCode {
        problem(self).1.code
    }
}

fn status(code: ErrorCode) -> StatusCode {
    match code {
        ErrorCode::InvalidRequest => StatusCode::BAD_REQUEST,
        ErrorCode::OriginRefused | ErrorCode::TicketRefused | ErrorCode::UserRefused => {
            StatusCode::FORBIDDEN
        }
        ErrorCode::NotFound => StatusCode::NOT_FOUND,
        ErrorCode::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
        ErrorCode::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        ErrorCode::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        ErrorCode::WrongHost => StatusCode::MISDIRECTED_REQUEST,
        ErrorCode::CoolingDown => StatusCode::TOO_MANY_REQUESTS,
        ErrorCode::NoDisplay => StatusCode::SERVICE_UNAVAILABLE,
        ErrorCode::AgentFault | ErrorCode::CardFault => StatusCode::INTERNAL_SERVER_ERROR,
        // Not 408 for a person who did not answer: browsers send such a request once more.
        _ => StatusCode::CONFLICT,
    }
}
