//! Keys made here, by RustCrypto: for tests.

use getrandom::SysRng;
use p256::{
    ecdsa::signature::{SignatureEncoding as _, Signer as _, hazmat::PrehashSigner as _},
    pkcs8::{DecodePrivateKey as _, EncodePrivateKey as _, EncodePublicKey as _},
};
use rsa::{pkcs1v15, pss, signature::RandomizedSigner as _, traits::PublicKeyParts as _};
use sha1::Sha1;
use sha2::{Digest as _, Sha256, Sha384, Sha512};

use super::{Inner as Held, KeyKind, PrivateKey, Scheme};
use crate::Error;

/// A key and its PKCS #8.
#[derive(Clone)]
pub(super) struct Soft {
    inner: Inner,
    pub(super) pkcs8: Vec<u8>,
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
            public_key: public_key.as_bytes().to_vec(),
            inner: Held::Soft(Box::new(Soft {
                inner,
                pkcs8: pkcs8.as_bytes().to_vec(),
            })),
        })
    }

    /// PKCS #8 in PEM; of no key for one that lies elsewhere.
    #[must_use]
    pub fn pem(&self) -> String {
        crate::pem_of("PRIVATE KEY", self.pkcs8()).unwrap_or_default()
    }

    /// PKCS #8 in DER; empty for a key that lies elsewhere.
    #[must_use]
    pub fn pkcs8(&self) -> &[u8] {
        match &self.inner {
            Held::Soft(key) => &key.pkcs8,
            Held::Elsewhere(_) => &[],
        }
    }
}

impl Soft {
    pub(super) fn sign(&self, scheme: Scheme, message: &[u8]) -> Result<Vec<u8>, Error> {
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

    pub(super) fn sign_fixed(&self, scheme: Scheme, message: &[u8]) -> Result<Vec<u8>, Error> {
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
}
