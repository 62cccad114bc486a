//! Why there is no sign-in, for the page's script: a stable code, and nothing of what lies behind.

use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use chop_verifier::{ChainFault, Place, Refusal};
use serde::Serialize;

use crate::Error;

/// What the site answers instead of a sign-in. Codes are never renamed; `words` has a text for each.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Code {
    /// The request is not what the site's own page sends.
    BadRequest,
    /// The request does not come from the site's own page, or has no token.
    RequestRefused,
    /// The challenge was answered already, is too old, or another session's.
    ChallengeGone,
    /// What was posted is not an assertion.
    AssertionUnreadable,
    /// Not the signature of this challenge for this site.
    SignatureMismatch,
    /// The certificate's validity is over.
    CertificateExpired,
    /// The certificate's validity begins later.
    CertificateNotYetValid,
    /// No authority that the site trusts vouches for the certificate.
    CertificateUntrusted,
    /// The certificate or its key is of a kind that cannot sign in.
    CertificateUnsuitable,
    /// The certificate does not say clearly who it is about.
    IdentityUnclear,
    /// A valid card, but not a company's.
    CardKindWrong,
    /// A company's secondary card, and the site takes primary ones only.
    SecondaryCardRefused,
    /// The account waits for the link in its mail.
    AccountPending,
    /// The account was closed.
    AccountDisabled,
    /// The site failed; its log has the cause.
    SiteFault,
}

impl Code {
    /// Every code, so that the words can be checked against it.
    #[cfg(test)]
    pub(crate) const ALL: [Self; 15] = [
        Self::BadRequest,
        Self::RequestRefused,
        Self::ChallengeGone,
        Self::AssertionUnreadable,
        Self::SignatureMismatch,
        Self::CertificateExpired,
        Self::CertificateNotYetValid,
        Self::CertificateUntrusted,
        Self::CertificateUnsuitable,
        Self::IdentityUnclear,
        Self::CardKindWrong,
        Self::SecondaryCardRefused,
        Self::AccountPending,
        Self::AccountDisabled,
        Self::SiteFault,
    ];

    fn status(self) -> StatusCode {
        match self {
            Self::BadRequest | Self::AssertionUnreadable => StatusCode::BAD_REQUEST,
            Self::ChallengeGone => StatusCode::CONFLICT,
            Self::SiteFault => StatusCode::INTERNAL_SERVER_ERROR,
            _ => StatusCode::FORBIDDEN,
        }
    }
}

/// The answer with a code: `{"code":"…"}`.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
pub(crate) struct Problem {
    code: Code,
}

impl From<Code> for Problem {
    fn from(code: Code) -> Self {
        Self { code }
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        tracing::info!(%refusal, "a card was refused");
        code_of(&refusal).into()
    }
}

/// The log has the cause; the page does not.
impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        tracing::error!(error = &error as &dyn std::error::Error, "a sign-in failed");
        Code::SiteFault.into()
    }
}

impl From<tower_sessions::session::Error> for Problem {
    fn from(error: tower_sessions::session::Error) -> Self {
        Error::from(error).into()
    }
}

fn code_of(refusal: &Refusal) -> Code {
    match refusal {
        Refusal::Chain(chain) => match &chain.fault {
            ChainFault::Expired { .. } if chain.place == Place::Leaf => Code::CertificateExpired,
            ChainFault::NotYetValid { .. } if chain.place == Place::Leaf => {
                Code::CertificateNotYetValid
            }
            ChainFault::KeyUsage | ChainFault::ExtendedKeyUsage | ChainFault::Authority
                if chain.place == Place::Leaf =>
            {
                Code::CertificateUnsuitable
            }
            _ => Code::CertificateUntrusted,
        },
        Refusal::KeyUnsupported | Refusal::KeyTooWeak { .. } | Refusal::AssuranceTooLow { .. } => {
            Code::CertificateUnsuitable
        }
        Refusal::AlgorithmMismatch | Refusal::SignatureMismatch => Code::SignatureMismatch,
        Refusal::SubjectUnclear { .. }
        | Refusal::CompanyNumber
        | Refusal::CompanyNumbersDiffer
        | Refusal::CitizenNumber
        | Refusal::OrganizationId => Code::IdentityUnclear,
        // Its form: length, JSON, format, base64, DER.
        _ => Code::AssertionUnreadable,
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        (self.code.status(), Json(self)).into_response()
    }
}
