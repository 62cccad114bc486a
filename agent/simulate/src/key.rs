//! A card's key: RSA of 2,048 bits, as GPKI's cards have it, by the library that the agent has for
//! PKCS #12 keys anyway.

use std::sync::Arc;

use aws_lc_rs::{
    encoding::{AsDer as _, Pkcs8V1Der, PublicKeyX509Der},
    rand::SystemRandom,
    rsa::{self, KeySize},
    signature::{self, KeyPair as _, RsaEncoding},
};
use chop_testpki::{KeyKind, PrivateKey, Signs};
use chop_token::{Hash, Padding, Scheme};
use zeroize::Zeroizing;

/// It never leaves the process.
pub(crate) struct Key {
    pair: rsa::KeyPair,
    /// SubjectPublicKeyInfo, DER.
    pub(crate) public_key: Vec<u8>,
}

/// The library could not do it.
pub(crate) struct Unable;

impl From<aws_lc_rs::error::Unspecified> for Unable {
    fn from(_: aws_lc_rs::error::Unspecified) -> Self {
        Self
    }
}

impl Key {
    pub(crate) fn generate() -> Result<Self, Unable> {
        let pair = rsa::KeyPair::generate(KeySize::Rsa2048)?;
        let public_key: PublicKeyX509Der<'_> = pair.public_key().as_der()?;
        let public_key = public_key.as_ref().to_vec();
        Ok(Self { pair, public_key })
    }

    /// A key of an authority.
    pub(crate) fn of_an_authority() -> Result<PrivateKey, chop_testpki::Error> {
        let key = Self::generate().map_err(|Unable| chop_testpki::Error::Random)?;
        let public_key = key.public_key.clone();
        let kind = KeyKind::Rsa(2048);
        Ok(PrivateKey::elsewhere(kind, public_key, Arc::new(key)))
    }

    /// Signs; `None` for a way that the library does not have: SHA-1, and bare blocks.
    pub(crate) fn sign(&self, scheme: Scheme, message: &[u8]) -> Option<Vec<u8>> {
        let encoding: &'static dyn RsaEncoding = match scheme {
            Scheme::Pkcs1(Hash::Sha256) => &signature::RSA_PKCS1_SHA256,
            Scheme::Pkcs1(Hash::Sha384) => &signature::RSA_PKCS1_SHA384,
            Scheme::Pkcs1(Hash::Sha512) => &signature::RSA_PKCS1_SHA512,
            Scheme::Pss(Hash::Sha256) => &signature::RSA_PSS_SHA256,
            Scheme::Pss(Hash::Sha384) => &signature::RSA_PSS_SHA384,
            Scheme::Pss(Hash::Sha512) => &signature::RSA_PSS_SHA512,
            _ => return None,
        };
        let mut block = vec![0; self.pair.public_modulus_len()];
        self.pair
            .sign(encoding, &SystemRandom::new(), message, &mut block)
            .ok()?;
        Some(block)
    }

    /// Decrypts one block; `None` if it is none of this key's.
    pub(crate) fn decrypt(
        &self,
        padding: Padding,
        block: &[u8],
    ) -> Result<Option<Zeroizing<Vec<u8>>>, Unable> {
        let pkcs8: Pkcs8V1Der<'_> = self.pair.as_der()?;
        let key = rsa::PrivateDecryptingKey::from_pkcs8(pkcs8.as_ref()).map_err(|_| Unable)?;
        let mut room = Zeroizing::new(vec![0; key.key_size_bytes()]);
        let plain = match padding {
            Padding::Pkcs1 => rsa::Pkcs1PrivateDecryptingKey::new(key)?.decrypt(block, &mut room),
            Padding::Oaep(hash) => {
                rsa::OaepPrivateDecryptingKey::new(key)?.decrypt(oaep(hash), block, &mut room, None)
            }
        };
        Ok(plain.ok().map(|plain| Zeroizing::new(plain.to_vec())))
    }
}

impl Signs for Key {
    fn sign(
        &self,
        scheme: chop_testpki::Scheme,
        message: &[u8],
    ) -> Result<Vec<u8>, chop_testpki::Error> {
        let signed = match scheme {
            chop_testpki::Scheme::RsaSha256 => self.sign(Scheme::Pkcs1(Hash::Sha256), message),
            _ => None,
        };
        signed.ok_or(chop_testpki::Error::Scheme)
    }
}

fn oaep(hash: Hash) -> &'static rsa::OaepAlgorithm {
    match hash {
        Hash::Sha1 => &rsa::OAEP_SHA1_MGF1SHA1,
        Hash::Sha256 => &rsa::OAEP_SHA256_MGF1SHA256,
        Hash::Sha384 => &rsa::OAEP_SHA384_MGF1SHA384,
        Hash::Sha512 => &rsa::OAEP_SHA512_MGF1SHA512,
    }
}
