#![doc = include_str!("../README.md")]

mod assertion;
mod authority;
mod cms;
mod crl;
mod dn;
mod error;
pub mod extension;
mod gpki;
mod holder;
mod key;
mod ocsp;
mod request;
mod template;
mod time;

pub use assertion::assertion;
pub use authority::Authority;
pub use cms::{Attribute, Message, attribute, pkcs1, signing_certificate_v2};
pub use crl::{Entry, List};
pub use dn::{Dn, Text};
pub use error::Error;
pub use extension::Extension;
pub use gpki::{Credential, Pki};
pub use holder::{Holder, Issuer};
pub use key::{KeyKind, PrivateKey, Scheme, Signs};
pub use ocsp::{Answer, Responder, Status};
pub use request::{Request, Usage};
pub use template::Template;
pub use time::Time;

use der::pem::LineEnding;

/// A DER certificate in PEM.
///
/// # Errors
/// Never for a certificate of ours: it is short enough.
pub fn pem(certificate: &[u8]) -> Result<String, Error> {
    pem_of("CERTIFICATE", certificate)
}

/// DER in PEM under this label: `CERTIFICATE`, `X509 CRL`, `PRIVATE KEY`.
///
/// # Errors
/// Never for anything of ours: it is short enough.
pub fn pem_of(label: &'static str, der: &[u8]) -> Result<String, Error> {
    Ok(der::pem::encode_string(label, LineEnding::LF, der).map_err(der::Error::from)?)
}
