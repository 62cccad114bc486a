//! Why there is no sign-in, for the page's script: a stable code, and nothing of what lies behind.

use axum::{
    Json,
    extract::Request,
    http::StatusCode,
    middleware::Next,
    response::{IntoResponse, Response},
};
use chop_verifier::{ChainFault, Place, Refusal, RevocationFault};
use serde::{Serialize, Serializer};

use crate::{Error, pages::PageError};

/// What the site answers instead of a sign-in. Codes are never renamed; `words` has a text for each.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Code {
    /// The request is not what the site's own page sends.
    BadRequest,
    /// The request does not come from the site's own page, or has no token.
    RequestRefused,
    /// Too many requests from this address.
    TooOften,
    /// The challenge was answered already, is too old, or another browser's.
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
    /// The certificate was revoked, or is on hold.
    CertificateRevoked,
    /// Nobody says now whether the certificate was revoked: a list is missing or out of date.
    RevocationUnknown,
    /// The certificate or its key is of a kind that cannot sign in.
    CertificateUnsuitable,
    /// The certificate does not say clearly who it is about.
    IdentityUnclear,
    /// A valid card, but not of the kind that was asked for.
    CardKindWrong,
    /// A company's secondary card, and the site takes primary ones only.
    SecondaryCardRefused,
    /// The account was closed.
    AccountDisabled,
    /// The card is another account's.
    CardTaken,
    /// What was signed is not the document, or it was not signed as documents are.
    DocumentMismatch,
    /// The document was signed with a card of somebody else.
    SignerDiffers,
    /// The document was signed before.
    AlreadySigned,
    /// The card is not on the list of operators.
    NotAnOperator,
    /// The session has ended.
    SignedOut,
    /// The site cannot do it now, and will soon: its database starts anew, or its disk is full.
    SiteUnavailable,
    /// The account wants a signature that names this site.
    NativeLoginNeeded,
    /// The site failed; its log has the cause.
    SiteFault,
}

impl Code {
    /// Every code, so that the words can be checked against it.
    #[cfg(test)]
    pub(crate) const ALL: [Self; 25] = [
        Self::BadRequest,
        Self::RequestRefused,
        Self::TooOften,
        Self::ChallengeGone,
        Self::AssertionUnreadable,
        Self::SignatureMismatch,
        Self::CertificateExpired,
        Self::CertificateNotYetValid,
        Self::CertificateUntrusted,
        Self::CertificateRevoked,
        Self::RevocationUnknown,
        Self::CertificateUnsuitable,
        Self::IdentityUnclear,
        Self::CardKindWrong,
        Self::SecondaryCardRefused,
        Self::AccountDisabled,
        Self::CardTaken,
        Self::DocumentMismatch,
        Self::SignerDiffers,
        Self::AlreadySigned,
        Self::NotAnOperator,
        Self::SignedOut,
        Self::SiteUnavailable,
        Self::NativeLoginNeeded,
        Self::SiteFault,
    ];

    /// The word that the page gets.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::BadRequest => "bad_request",
            Self::RequestRefused => "request_refused",
            Self::TooOften => "too_often",
            Self::ChallengeGone => "challenge_gone",
            Self::AssertionUnreadable => "assertion_unreadable",
            Self::SignatureMismatch => "signature_mismatch",
            Self::CertificateExpired => "certificate_expired",
            Self::CertificateNotYetValid => "certificate_not_yet_valid",
            Self::CertificateUntrusted => "certificate_untrusted",
            Self::CertificateRevoked => "certificate_revoked",
            Self::RevocationUnknown => "revocation_unknown",
            Self::CertificateUnsuitable => "certificate_unsuitable",
            Self::IdentityUnclear => "identity_unclear",
            Self::CardKindWrong => "card_kind_wrong",
            Self::SecondaryCardRefused => "secondary_card_refused",
            Self::AccountDisabled => "account_disabled",
            Self::CardTaken => "card_taken",
            Self::DocumentMismatch => "document_mismatch",
            Self::SignerDiffers => "signer_differs",
            Self::AlreadySigned => "already_signed",
            Self::NotAnOperator => "not_an_operator",
            Self::SignedOut => "signed_out",
            Self::SiteUnavailable => "site_unavailable",
            Self::NativeLoginNeeded => "native_login_needed",
            Self::SiteFault => "site_fault",
        }
    }

    fn status(self) -> StatusCode {
        match self {
            Self::BadRequest | Self::AssertionUnreadable => StatusCode::BAD_REQUEST,
            Self::ChallengeGone | Self::CardTaken | Self::AlreadySigned => StatusCode::CONFLICT,
            Self::TooOften => StatusCode::TOO_MANY_REQUESTS,
            Self::RevocationUnknown | Self::SiteUnavailable => StatusCode::SERVICE_UNAVAILABLE,
            Self::SiteFault => StatusCode::INTERNAL_SERVER_ERROR,
            _ => StatusCode::FORBIDDEN,
        }
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
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

impl Problem {
    /// What became of a document's signature.
    pub(crate) fn of_document(refusal: &Refusal) -> Self {
        tracing::info!(%refusal, "a signature was refused");
        match code_of(refusal) {
            Code::AssertionUnreadable | Code::SignatureMismatch => Code::DocumentMismatch.into(),
            code => code.into(),
        }
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
        if let Error::TooOften { .. } = error {
            return Code::TooOften.into();
        }
        tracing::error!(error = &error as &dyn std::error::Error, "a sign-in failed");
        if error.will_pass() {
            Code::SiteUnavailable.into()
        } else {
            Code::SiteFault.into()
        }
    }
}

impl From<chop_challenges::Error> for Problem {
    fn from(error: chop_challenges::Error) -> Self {
        Error::from(error).into()
    }
}

/// A page's fault, where a page's script asked.
impl From<PageError> for Problem {
    fn from(error: PageError) -> Self {
        match error {
            PageError::SignInFirst { .. } | PageError::SignedOut => Code::SignedOut,
            PageError::TooOften { .. } => Code::TooOften,
            PageError::NativeLoginNeeded => Code::NativeLoginNeeded,
            PageError::Unavailable => Code::SiteUnavailable,
            PageError::Fault => Code::SiteFault,
            _ => Code::BadRequest,
        }
        .into()
    }
}

/// Answers in JSON where a page would be shown: a script asked.
pub(crate) async fn for_scripts(request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    match response.extensions().get::<PageError>() {
        Some(error) => Problem::from(*error).into_response(),
        None => response,
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
            ChainFault::Revocation(fault) => match fault {
                // What a responder does not know was never issued, or not by who it says.
                RevocationFault::Revoked { .. } | RevocationFault::NotIssued => {
                    Code::CertificateRevoked
                }
                _ => Code::RevocationUnknown,
            },
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

/// With the code in its extensions, to be counted.
impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = (self.code.status(), Json(self)).into_response();
        response.extensions_mut().insert(self.code);
        response
    }
}
