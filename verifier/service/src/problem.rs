//! What the service answers when there is no verdict of acceptance.

use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use chop_verifier::Refusal;
use serde_json::json;

use crate::verdict::Verdict;

/// Why there is no acceptance. Codes are never renamed.
#[derive(Debug)]
pub(crate) enum Problem {
    /// The request is not what the description says.
    Request(String),
    /// The body has more bytes than there may be.
    TooLarge,
    /// The request comes from a web page; this service is for servers.
    Browser,
    /// No such path.
    NotFound,
    /// No such method on this path.
    Method,
    /// The challenge was answered already, is too old, another session's, or never was.
    ChallengeGone,
    /// It was checked and is not believed.
    Refused(Refusal),
    /// The store failed; the log has the cause.
    Store(chop_challenges::Error),
    /// There are no lists yet.
    NotReady,
}

impl Problem {
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::Request(_) => "invalid_request",
            Self::TooLarge => "too_large",
            Self::Browser => "browser_refused",
            Self::NotFound => "not_found",
            Self::Method => "method_not_allowed",
            Self::ChallengeGone => "challenge_gone",
            Self::Refused(refusal) => refusal.code(),
            Self::Store(_) => "store_failed",
            Self::NotReady => "not_ready",
        }
    }

    fn status(&self) -> StatusCode {
        match self {
            Self::Request(_) => StatusCode::BAD_REQUEST,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Browser | Self::Refused(_) => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
            Self::ChallengeGone => StatusCode::CONFLICT,
            Self::Store(_) | Self::NotReady => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    fn message(&self) -> String {
        match self {
            Self::Request(why) => why.clone(),
            Self::TooLarge => "the body is too large".to_owned(),
            Self::Browser => "this service is for servers, not for pages".to_owned(),
            Self::NotFound => "there is no such path".to_owned(),
            Self::Method => "there is no such method here".to_owned(),
            Self::ChallengeGone => {
                "the challenge was answered, is too old, or is not this session's".to_owned()
            }
            Self::Refused(refusal) => refusal.to_string(),
            Self::Store(_) => "the store for challenges failed".to_owned(),
            Self::NotReady => "there are no lists of revoked certificates yet".to_owned(),
        }
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<chop_challenges::Error> for Problem {
    fn from(error: chop_challenges::Error) -> Self {
        Self::Store(error)
    }
}

/// The code of a problem, for metrics and the log.
#[derive(Clone, Copy)]
pub(crate) struct Code(pub(crate) &'static str);

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        if let Self::Store(error) = &self {
            tracing::error!(error = error as &dyn std::error::Error, "the store failed");
        }
        let (status, code) = (self.status(), Code(self.code()));
        let mut response = match &self {
            Self::Refused(refusal) => (status, Json(Verdict::of_refusal(refusal))).into_response(),
            _ => {
                let body = json!({
                    "accepted": false,
                    "code": self.code(),
                    "message": self.message(),
                });
                (status, Json(body)).into_response()
            }
        };
        response.extensions_mut().insert(code);
        response
    }
}
