//! Private keys, and the ways they sign.

#[cfg(feature = "keys")]
mod soft;

use std::{fmt, sync::Arc};

use der::{Any, Decode as _, Encode as _, asn1::ObjectIdentifier};

use crate::Error;

/// Kinds of keys.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum KeyKind {
    /// RSA with a modulus of so many bits.
    Rsa(usize),
    /// ECDSA on P-256.
    P256,
    /// ECDSA on P-384.
    P384,
    /// ECDSA on P-521.
    P521,
}

/// Ways of signing; each fits keys of one kind.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[allow(missing_docs)] // the names say it
pub enum Scheme {
    RsaSha1,
    RsaSha256,
    RsaSha384,
    RsaSha512,
    /// A salt as long as the hash.
    PssSha256,
    EcdsaSha256,
    EcdsaSha384,
    EcdsaSha512,
}

/// A private key of a test. Lies in the open, on purpose; or elsewhere, see [`Signs`].
#[derive(Clone)]
pub struct PrivateKey {
    kind: KeyKind,
    public_key: Vec<u8>,
    inner: Inner,
}

#[derive(Clone)]
enum Inner {
    #[cfg(feature = "keys")]
    Soft(Box<soft::Soft>),
    Elsewhere(Arc<dyn Signs>),
}

/// A key that another library has made and holds.
pub trait Signs: Send + Sync {
    /// Signs; ECDSA in DER, as certificates have it.
    ///
    /// # Errors
    /// [`Error::Scheme`] for a way that the key, or its library, does not have.
    fn sign(&self, scheme: Scheme, message: &[u8]) -> Result<Vec<u8>, Error>;
}

impl PrivateKey {
    /// A key that lies elsewhere, with its SubjectPublicKeyInfo, DER.
    #[must_use]
    pub fn elsewhere(kind: KeyKind, public_key: Vec<u8>, key: Arc<dyn Signs>) -> Self {
        Self {
            kind,
            public_key,
            inner: Inner::Elsewhere(key),
        }
    }

    /// Its kind.
    #[must_use]
    pub fn kind(&self) -> KeyKind {
        self.kind
    }

    /// SubjectPublicKeyInfo in DER.
    #[must_use]
    pub fn public_key(&self) -> &[u8] {
        &self.public_key
    }

    /// How a key of this kind signs unless it is told otherwise.
    #[must_use]
    pub fn scheme(&self) -> Scheme {
        match self.kind {
            KeyKind::Rsa(_) => Scheme::RsaSha256,
            KeyKind::P256 => Scheme::EcdsaSha256,
            KeyKind::P384 => Scheme::EcdsaSha384,
            KeyKind::P521 => Scheme::EcdsaSha512,
        }
    }

    /// Signs; ECDSA in DER, as certificates and messages have it.
    ///
    /// # Errors
    /// [`Error::Scheme`], and for keys of this crate `Error::Rsa`.
    pub fn sign(&self, scheme: Scheme, message: &[u8]) -> Result<Vec<u8>, Error> {
        match &self.inner {
            #[cfg(feature = "keys")]
            Inner::Soft(key) => key.sign(scheme, message),
            Inner::Elsewhere(key) => key.sign(scheme, message),
        }
    }

    /// Signs as JWA has it: RSA as [`Self::sign`], ECDSA `r ‖ s` of fixed width with the curve's own
    /// hash.
    ///
    /// # Errors
    /// As [`Self::sign`]; [`Error::Scheme`] for a key on a curve that lies elsewhere.
    pub fn sign_fixed(&self, scheme: Scheme, message: &[u8]) -> Result<Vec<u8>, Error> {
        match (&self.inner, self.kind) {
            #[cfg(feature = "keys")]
            (Inner::Soft(key), _) => key.sign_fixed(scheme, message),
            (Inner::Elsewhere(key), KeyKind::Rsa(_)) => key.sign(scheme, message),
            (Inner::Elsewhere(_), _) => Err(Error::Scheme),
        }
    }
}

impl Scheme {
    /// Its AlgorithmIdentifier, DER.
    pub(crate) fn algorithm(self) -> Result<Vec<u8>, Error> {
        let (oid, parameters) = match self {
            Self::RsaSha1 => ("1.2.840.113549.1.1.5", Some(Any::null())),
            Self::RsaSha256 => ("1.2.840.113549.1.1.11", Some(Any::null())),
            Self::RsaSha384 => ("1.2.840.113549.1.1.12", Some(Any::null())),
            Self::RsaSha512 => ("1.2.840.113549.1.1.13", Some(Any::null())),
            Self::PssSha256 => ("1.2.840.113549.1.1.10", Some(Any::from_der(PSS_SHA256)?)),
            Self::EcdsaSha256 => ("1.2.840.10045.4.3.2", None),
            Self::EcdsaSha384 => ("1.2.840.10045.4.3.3", None),
            Self::EcdsaSha512 => ("1.2.840.10045.4.3.4", None),
        };
        let oid = ObjectIdentifier::new(oid).map_err(der::Error::from)?;
        Ok(x509_cert::spki::AlgorithmIdentifierOwned { oid, parameters }.to_der()?)
    }
}

/// RSASSA-PSS-params of SHA-256, MGF1 with SHA-256 and a salt of 32 bytes. Spec: RFC 4055 §3.1.
const PSS_SHA256: &[u8] = &[
    0x30, 0x34, 0xA0, 0x0F, 0x30, 0x0D, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02,
    0x01, 0x05, 0x00, 0xA1, 0x1C, 0x30, 0x1A, 0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01,
    0x01, 0x08, 0x30, 0x0D, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05,
    0x00, 0xA2, 0x03, 0x02, 0x01, 0x20,
];

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PrivateKey({:?})", self.kind)
    }
}
