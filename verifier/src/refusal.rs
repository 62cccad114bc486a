//! Why something signed is not believed.

mod code;

use std::time::SystemTime;

use chop_protocol::AssertionError;

use crate::{Assurance, ChainRefusal, certificate::CertificateError};

/// Why an assertion, a HiPKI login or a document is not believed: the first check that failed.
///
/// The order is that of the function that refused. Nothing here is meant for the page: what it is
/// told is the site's choice. Nothing here says who the signer is.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// Shorter or longer than anything that is worth reading; of a message, beside its content.
    #[error("{length} bytes are too few or too many")]
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

    /// The certificate cannot be read.
    #[error("the certificate cannot be read: {0}")]
    Certificate(#[from] CertificateError),
    /// The certificate is not for this, not valid now, not of an authority that we trust, or was
    /// revoked.
    #[error("the chain does not hold: {0}")]
    Chain(#[from] ChainRefusal),
    /// The certificate's assurance level is below the one that is required.
    #[error("the certificate's assurance level is too low")]
    AssuranceTooLow {
        /// Its level; `None` if it has none for its whole chain.
        found: Option<Assurance>,
    },

    /// The key is of a kind that cannot sign: not RSA, P-256, P-384 or P-521.
    #[error("the certificate's key is of a kind that is not taken")]
    KeyUnsupported,
    /// An RSA key of fewer than 2,048 bits.
    #[error("an RSA key of {bits} bits is too weak")]
    KeyTooWeak {
        /// How many it has.
        bits: usize,
    },
    /// The algorithm is not one of the certificate's key.
    #[error("the algorithm is not one of the certificate's key")]
    AlgorithmMismatch,
    /// The signature is not standard base64.
    #[error("the signature cannot be read")]
    SignatureUnreadable,
    /// The key did not sign this.
    #[error("the signature is not one of this by this certificate")]
    SignatureMismatch,

    /// Not a signed message (CMS) in DER.
    #[error("it is not a signed message in DER")]
    CmsUnreadable,
    /// A login has exactly one signer, a document at least one and at most ten.
    #[error("it has {found} signers")]
    Signers {
        /// How many there were.
        found: usize,
    },
    /// The signer's certificate is not in the message.
    #[error("the signer's certificate is not in it")]
    SignerMissing,
    /// A hash that does not count: SHA-1, where nobody has allowed it, or one that we do not know.
    #[error("it is hashed with something that does not count")]
    HashUnsupported,
    /// What was signed is absent, where it has to be inside; or inside, where it came beside.
    #[error("its content is not where it has to be")]
    ContentPlace,
    /// What was signed is not what was to be signed.
    #[error("its content is another")]
    ContentMismatch,
    /// A signed attribute is absent, given twice, or not what it has to be.
    #[error("the signed attribute {attribute} is not as it has to be")]
    Attribute {
        /// Which, by its name in the standard.
        attribute: &'static str,
    },
    /// The nonce in the login is not the one that the site gave.
    #[error("the nonce is another")]
    NonceMismatch,
    /// The login's signing time is too far from now.
    #[error("it was signed at another time")]
    SigningTime {
        /// What it says.
        said: SystemTime,
    },
    /// A login that could pass for a document: it has signingCertificateV2.
    #[error("it is a document's signature, not a login's")]
    IsADocument,
    /// A document whose signature could be a login's: it lacks signingCertificateV2.
    #[error("it lacks signingCertificateV2: it may be a login's signature")]
    IsALogin,

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
    /// An agency's or organization's certificate without its OID, or with two.
    #[error("the certificate's organization identifier is not one")]
    OrganizationId,
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
