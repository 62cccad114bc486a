#![doc = include_str!("../README.md")]

mod algorithms;
mod anchors;
mod asn1;
mod certificate;
mod chain_check;
mod chains;
mod cms;
mod document;
mod hipki;
mod identity;
mod moment;
mod name;
mod p521;
mod path;
mod refusal;
mod revocation;
mod sign_in;
mod signature;
mod signer;
mod sources;
mod verifier;

pub use anchors::{AnchorError, Anchors};
pub use certificate::{Certificate, CertificateError};
pub use chain_check::{Chain, ChainCheck};
pub use chop_protocol::{Algorithm, Challenge, Origin};
pub use der::asn1::ObjectIdentifier;
pub use document::{Content, DigestKind, Document, DocumentSignature};
pub use hipki::{HipkiExpected, HipkiSignIn, Pkcs1Hash};
pub use identity::{
    Assurance, Ban, BanError, Citizen, CitizenId, Company, CompanyCard, Identity, Organization,
    OrganizationId,
};
pub use path::{ChainFault, ChainRefusal, ExpectedName, NameKind, Place, Purpose};
pub use refusal::Refusal;
pub use revocation::{
    Crl, CrlError, Evidence, OcspAnswer, OcspError, OcspRequest, Reason, Revocation,
    RevocationFault, Source,
};
pub use sign_in::{SignIn, unverified_certificate};
pub use signer::{Signer, SubjectField};
pub use sources::Sources;
pub use verifier::{Occasion, Verifier};
