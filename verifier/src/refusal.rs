//! Why an assertion is not believed.

use std::time::SystemTime;

use chop_protocol::AssertionError;

/// Why an assertion is not believed: the first check that failed.
///
/// The order is that of [`crate::verify`]. Nothing here is meant for the page: what it is told is
/// the site's choice.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// Shorter than 100 or longer than 10,000 bytes.
    #[error("an assertion has 100 to 10,000 bytes, this one {length}")]
    Length {
        /// How many there were.
        length: usize,
    },
    /// Not the JSON of an assertion, or an algorithm that we do not know.
    #[error("the assertion is not in the format's JSON")]
    Json,
    /// A `format` other than `web-eid:1` and its minor versions.
    #[error("the assertion's format is not web-eid:1")]
    Format,

    /// The certificate is not standard base64, or not a certificate in DER.
    #[error("the certificate cannot be read")]
    CertificateUnreadable,
    /// The certificate is not for digital signatures (keyUsage).
    #[error("the certificate is not for digital signatures")]
    KeyUsage,
    /// The certificate says what it is for, and signing in is not among it (extendedKeyUsage
    /// without clientAuth).
    #[error("the certificate is not for client authentication")]
    ExtendedKeyUsage,
    /// The certificate is an authority's.
    #[error("the certificate is an authority's, not a person's")]
    Authority,
    /// The certificate's validity begins later.
    #[error("the certificate is not valid yet")]
    NotYetValid {
        /// Its first valid second.
        not_before: SystemTime,
    },
    /// The certificate's validity is over.
    #[error("the certificate has expired")]
    Expired {
        /// Its last valid second.
        not_after: SystemTime,
    },
    /// No authority that we trust at this time issued it.
    #[error("no trusted authority issued the certificate")]
    IssuerUnknown,
    /// An authority of that name is trusted, but the chain to it does not hold: an altered
    /// certificate, an expired intermediate, an algorithm that we do not take, a constraint.
    #[error("the certificate's chain does not hold: {0}")]
    Chain(webpki::Error),

    /// The key is of a kind that cannot sign in: not RSA, P-256, P-384 or P-521.
    #[error("the certificate's key is of a kind that is not taken")]
    KeyUnsupported,
    /// An RSA key of fewer than 2,048 bits.
    #[error("an RSA key of {bits} bits is too weak")]
    KeyTooWeak {
        /// How many it has.
        bits: usize,
    },
    /// The algorithm that the assertion names is not one of the certificate's key.
    #[error("the assertion's algorithm is not one of its certificate's key")]
    AlgorithmMismatch,
    /// The signature is not standard base64.
    #[error("the signature cannot be read")]
    SignatureUnreadable,
    /// The key did not sign this origin and this challenge.
    #[error("the signature is not one of this origin and challenge by this certificate")]
    SignatureMismatch,

    /// A part of the subject that the identity needs is absent, given twice or not readable.
    #[error("the certificate's {attribute} cannot be used")]
    SubjectUnclear {
        /// Which, by its name in the standard.
        attribute: &'static str,
    },
    /// A company's certificate whose number is not a 統一編號.
    #[error("the certificate's company number is not one")]
    CompanyNumber,
    /// A company's certificate with two different numbers.
    #[error("the certificate has two different company numbers")]
    CompanyNumbersDiffer,
    /// A citizen's certificate whose number is not of 16 digits.
    #[error("the certificate's citizen number is not one")]
    CitizenNumber,
}

impl From<AssertionError> for Refusal {
    /// The JSON fault goes: it may quote what was sent.
    fn from(error: AssertionError) -> Self {
        match error {
            AssertionError::Length { length } => Self::Length { length },
            AssertionError::Format => Self::Format,
            _ => Self::Json,
        }
    }
}
