//! Private keys, and the ways they sign.

use std::fmt;

use der::{Any, Decode as _, Encode as _, asn1::ObjectIdentifier};
use getrandom::SysRng;
use p256::{
    ecdsa::signature::{SignatureEncoding as _, Signer as _, hazmat::PrehashSigner as _},
    pkcs8::{DecodePrivateKey as _, EncodePrivateKey as _, EncodePublicKey as _},
};
use rsa::{pkcs1v15, pss, signature::RandomizedSigner as _, traits::PublicKeyParts as _};
use sha1::Sha1;
use sha2::{Digest as _, Sha256, Sha384, Sha512};

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

/// A private key of a test. Lies in the open, on purpose.
#[derive(Clone)]
pub struct PrivateKey {
    kind: KeyKind,
    inner: Inner,
    pkcs8: Vec<u8>,
    public_key: Vec<u8>,
}

#[derive(Clone)]
enum Inner {
    Rsa(Box<rsa::PrivateKey>),
    P256(p256::ecdsa::SigningKey),
    P384(p384::ecdsa::SigningKey),
    P521(p521::ecdsa::SigningKey),
}

impl PrivateKey {
    /// A new key.
    ///
    /// # Errors
    /// [`Error::Random`], [`Error::Rsa`] for a size that there is not.
    pub fn generate(kind: KeyKind) -> Result<Self, Error> {
        use p256::elliptic_curve::Generate as _;
        let random = |_| Error::Random;
        let inner = match kind {
            KeyKind::Rsa(bits) => Inner::Rsa(Box::new(rsa::PrivateKey::new(&mut SysRng, bits)?)),
            KeyKind::P256 => {
                let key = p256::SecretKey::try_generate_from_rng(&mut SysRng).map_err(random)?;
                Inner::P256(key.into())
            }
            KeyKind::P384 => {
                let key = p384::SecretKey::try_generate_from_rng(&mut SysRng).map_err(random)?;
                Inner::P384(key.into())
            }
            KeyKind::P521 => {
                let key = p521::SecretKey::try_generate_from_rng(&mut SysRng).map_err(random)?;
                Inner::P521(key.into())
            }
        };
        Self::of(inner)
    }

    /// The key on P-256 whose secret is this number, big-endian: the same each time, for what has to be
    /// made again exactly as it was.
    ///
    /// # Errors
    /// [`Error::Key`] for zero, and for a number beyond the curve's order.
    pub fn p256_of(secret: &[u8; 32]) -> Result<Self, Error> {
        let key = p256::SecretKey::from_slice(secret).map_err(|_| Error::Key)?;
        Self::of(Inner::P256(key.into()))
    }

    /// A key in PKCS #8, as [`Self::pkcs8`] gives it.
    ///
    /// # Errors
    /// [`Error::Key`].
    pub fn from_pkcs8(pkcs8: &[u8]) -> Result<Self, Error> {
        let inner = if let Ok(key) = rsa::PrivateKey::from_pkcs8_der(pkcs8) {
            Inner::Rsa(Box::new(key))
        } else if let Ok(key) = p256::SecretKey::from_pkcs8_der(pkcs8) {
            Inner::P256(key.into())
        } else if let Ok(key) = p384::SecretKey::from_pkcs8_der(pkcs8) {
            Inner::P384(key.into())
        } else if let Ok(key) = p521::SecretKey::from_pkcs8_der(pkcs8) {
            Inner::P521(key.into())
        } else {
            return Err(Error::Key);
        };
        Self::of(inner)
    }

    fn of(inner: Inner) -> Result<Self, Error> {
        let failed = |_| Error::Key;
        let spki = |_| Error::Key;
        let (kind, pkcs8, public_key) = match &inner {
            Inner::Rsa(key) => (
                KeyKind::Rsa(key.size() * 8),
                key.to_pkcs8_der().map_err(failed)?,
                key.to_public_key().to_public_key_der().map_err(spki)?,
            ),
            Inner::P256(key) => (
                KeyKind::P256,
                key.to_pkcs8_der().map_err(failed)?,
                key.verifying_key().to_public_key_der().map_err(spki)?,
            ),
            Inner::P384(key) => (
                KeyKind::P384,
                key.to_pkcs8_der().map_err(failed)?,
                key.verifying_key().to_public_key_der().map_err(spki)?,
            ),
            Inner::P521(key) => (
                KeyKind::P521,
                key.to_pkcs8_der().map_err(failed)?,
                key.verifying_key().to_public_key_der().map_err(spki)?,
            ),
        };
        Ok(Self {
            kind,
            pkcs8: pkcs8.as_bytes().to_vec(),
            public_key: public_key.as_bytes().to_vec(),
            inner,
        })
    }

    /// Its kind.
    #[must_use]
    pub fn kind(&self) -> KeyKind {
        self.kind
    }

    /// PKCS #8 in PEM.
    #[must_use]
    pub fn pem(&self) -> String {
        crate::pem_of("PRIVATE KEY", &self.pkcs8).unwrap_or_default()
    }

    /// PKCS #8 in DER.
    #[must_use]
    pub fn pkcs8(&self) -> &[u8] {
        &self.pkcs8
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
    /// [`Error::Scheme`], [`Error::Rsa`].
    pub fn sign(&self, scheme: Scheme, message: &[u8]) -> Result<Vec<u8>, Error> {
        let failed = |_| Error::Scheme;
        match &self.inner {
            Inner::Rsa(key) => sign_rsa(key, scheme, message),
            Inner::P256(key) => {
                let hash = scheme.ecdsa_hash(message)?;
                let signed: p256::ecdsa::DerSignature = key.sign_prehash(&hash).map_err(failed)?;
                Ok(signed.to_vec())
            }
            Inner::P384(key) => {
                let hash = scheme.ecdsa_hash(message)?;
                let signed: p384::ecdsa::DerSignature = key.sign_prehash(&hash).map_err(failed)?;
                Ok(signed.to_vec())
            }
            Inner::P521(key) => {
                let hash = scheme.ecdsa_hash(message)?;
                let signed: p521::ecdsa::DerSignature = key.sign_prehash(&hash).map_err(failed)?;
                Ok(signed.to_vec())
            }
        }
    }

    /// Signs as JWA has it: RSA as [`Self::sign`], ECDSA `r ‖ s` of fixed width with the curve's own
    /// hash.
    ///
    /// # Errors
    /// [`Error::Scheme`], [`Error::Rsa`].
    pub fn sign_fixed(&self, scheme: Scheme, message: &[u8]) -> Result<Vec<u8>, Error> {
        match &self.inner {
            Inner::Rsa(key) => sign_rsa(key, scheme, message),
            Inner::P256(key) => {
                let signed: p256::ecdsa::Signature = key.sign(message);
                Ok(signed.to_vec())
            }
            Inner::P384(key) => {
                let signed: p384::ecdsa::Signature = key.sign(message);
                Ok(signed.to_vec())
            }
            Inner::P521(key) => {
                let signed: p521::ecdsa::Signature = key.sign(message);
                Ok(signed.to_vec())
            }
        }
    }
}

fn sign_rsa(key: &rsa::PrivateKey, scheme: Scheme, message: &[u8]) -> Result<Vec<u8>, Error> {
    let key = key.clone();
    let rng = &mut SysRng;
    let signature = match scheme {
        Scheme::RsaSha1 => pkcs1v15::SigningKey::<Sha1>::new(key)
            .try_sign_with_rng(rng, message)
            .map(|signed| signed.to_vec()),
        Scheme::RsaSha256 => pkcs1v15::SigningKey::<Sha256>::new(key)
            .try_sign_with_rng(rng, message)
            .map(|signed| signed.to_vec()),
        Scheme::RsaSha384 => pkcs1v15::SigningKey::<Sha384>::new(key)
            .try_sign_with_rng(rng, message)
            .map(|signed| signed.to_vec()),
        Scheme::RsaSha512 => pkcs1v15::SigningKey::<Sha512>::new(key)
            .try_sign_with_rng(rng, message)
            .map(|signed| signed.to_vec()),
        Scheme::PssSha256 => pss::SigningKey::<Sha256>::new(key)
            .try_sign_with_rng(rng, message)
            .map(|signed| signed.to_vec()),
        _ => return Err(Error::Scheme),
    };
    signature.map_err(|_| Error::Scheme)
}

impl Scheme {
    fn ecdsa_hash(self, message: &[u8]) -> Result<Vec<u8>, Error> {
        match self {
            Self::EcdsaSha256 => Ok(Sha256::digest(message).to_vec()),
            Self::EcdsaSha384 => Ok(Sha384::digest(message).to_vec()),
            Self::EcdsaSha512 => Ok(Sha512::digest(message).to_vec()),
            _ => Err(Error::Scheme),
        }
    }

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
