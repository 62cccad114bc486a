//! What a card is asked to sign, and how.

use serde::{Deserialize, Serialize};

use crate::KeyKind;

/// A hash algorithm.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
pub enum Hash {
    /// SHA-1: broken for signatures; for old pages alone.
    Sha1,
    /// SHA-256.
    Sha256,
    /// SHA-384.
    Sha384,
    /// SHA-512.
    Sha512,
}

/// How a key signs. The key must be of that kind.
///
/// Spec: RFC 8017 §8.1, §8.2; FIPS 186-5 §6.4.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
pub enum Scheme {
    /// RSASSA-PKCS1-v1_5 over the message's hash.
    Pkcs1(Hash),
    /// RSASSA-PSS, MGF1 with the same hash and a salt as long as it.
    Pss(Hash),
    /// ECDSA; the signature is `r ‖ s` of fixed width.
    Ecdsa(Hash),
    /// An RSA PKCS #1 v1.5 block (type 1) around the message itself, which is not hashed.
    Pkcs1Block,
}

/// One message to sign.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Signing {
    /// How.
    pub scheme: Scheme,
    /// What is hashed and signed.
    pub message: Vec<u8>,
}

/// A login's message, as it is with each hash that a key may ask for: the worker takes the one that
/// fits its key.
///
/// All three are given because a PKCS #12 file may hide its certificate, and so the kind of its
/// key, until the password is there. Messages rather than digests, because ring signs nothing else.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Messages {
    /// Signed with SHA-256, by RSA keys (PKCS #1 v1.5) and P-256.
    pub sha256: Vec<u8>,
    /// Signed with SHA-384, by P-384.
    pub sha384: Vec<u8>,
    /// Signed with SHA-512, by P-521.
    pub sha512: Vec<u8>,
}

impl KeyKind {
    /// How a key of this kind signs, unless somebody asks for another way: the scheme of RS256,
    /// ES256, ES384 or ES512.
    #[must_use]
    pub fn scheme(self) -> Scheme {
        match self {
            Self::Rsa(_) => Scheme::Pkcs1(Hash::Sha256),
            Self::P256 => Scheme::Ecdsa(Hash::Sha256),
            Self::P384 => Scheme::Ecdsa(Hash::Sha384),
            Self::P521 => Scheme::Ecdsa(Hash::Sha512),
        }
    }
}

impl Scheme {
    /// The hash; `None` where nothing is hashed.
    #[must_use]
    pub fn hash(self) -> Option<Hash> {
        match self {
            Self::Pkcs1(hash) | Self::Pss(hash) | Self::Ecdsa(hash) => Some(hash),
            Self::Pkcs1Block => None,
        }
    }

    /// Whether a key of this kind can sign so.
    #[must_use]
    pub fn suits(self, kind: KeyKind) -> bool {
        matches!(self, Self::Ecdsa(_)) != matches!(kind, KeyKind::Rsa(_))
    }
}

impl Messages {
    /// The one that fits a key.
    pub(crate) fn fitting(&self, key: KeyKind) -> Signing {
        let message = match key {
            KeyKind::Rsa(_) | KeyKind::P256 => &self.sha256,
            KeyKind::P384 => &self.sha384,
            KeyKind::P521 => &self.sha512,
        };
        Signing {
            scheme: key.scheme(),
            message: message.clone(),
        }
    }
}
