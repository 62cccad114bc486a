//! Cryptographic messages: the signatures under documents, and envelopes.
//!
//! What a card signs here is the DER of attributes that are put together here; nothing that a page
//! chose is signed as it is.
//!
//! Spec: RFC 5652.

pub(crate) mod enveloped;
pub(crate) mod signed;

use der::oid::ObjectIdentifier;

/// id-data (RFC 5652 §4).
const DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.1");
/// rsaEncryption (RFC 8017 A.1).
const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");

/// A signature's structure cannot be written: a certificate that is none, or a time before 1970.
#[derive(Debug, thiserror::Error)]
#[error("the signature's structure cannot be written")]
pub struct CmsError(#[from] der::Error);
