//! Signatures and decryption with a key that is in memory.

use aws_lc_rs::rsa;
use p521::{ecdsa::signature::Signer as _, pkcs8::DecodePrivateKey as _};
use ring::{
    rand::SystemRandom,
    signature::{self, EcdsaKeyPair, EcdsaSigningAlgorithm, RsaEncoding, RsaKeyPair},
};

use crate::{
    FileFault, Hash, KeyKind, Pin, Scheme, Signing,
    wire::{Failure, Padding},
};

/// Signs with a PKCS #8 key, DER.
pub(super) fn sign(kind: KeyKind, key: &[u8], signing: &Signing) -> Result<Vec<u8>, Failure> {
    let (scheme, message) = (signing.scheme, &signing.message);
    let signature = match (kind, scheme) {
        (KeyKind::Rsa(_), Scheme::Pkcs1Block) => rsa_over_digest(key, message)?,
        (KeyKind::Rsa(_), _) => rsa_block(rsa_encoding(scheme)?, key, message),
        (KeyKind::P256, Scheme::Ecdsa(Hash::Sha256)) => {
            curve(&signature::ECDSA_P256_SHA256_FIXED_SIGNING, key, message)
        }
        (KeyKind::P384, Scheme::Ecdsa(Hash::Sha384)) => {
            curve(&signature::ECDSA_P384_SHA384_FIXED_SIGNING, key, message)
        }
        // ring has no P-521.
        (KeyKind::P521, Scheme::Ecdsa(Hash::Sha512)) => p521_signature(key, message),
        _ => return Err(Failure::Unsupported),
    };
    // The key is not of the kind that its certificate says.
    signature.ok_or(Failure::File(FileFault::Unsupported))
}

/// What ring signs; SHA-1 it does not.
fn rsa_encoding(scheme: Scheme) -> Result<&'static dyn RsaEncoding, Failure> {
    Ok(match scheme {
        Scheme::Pkcs1(Hash::Sha256) => &signature::RSA_PKCS1_SHA256,
        Scheme::Pkcs1(Hash::Sha384) => &signature::RSA_PKCS1_SHA384,
        Scheme::Pkcs1(Hash::Sha512) => &signature::RSA_PKCS1_SHA512,
        Scheme::Pss(Hash::Sha256) => &signature::RSA_PSS_SHA256,
        Scheme::Pss(Hash::Sha384) => &signature::RSA_PSS_SHA384,
        Scheme::Pss(Hash::Sha512) => &signature::RSA_PSS_SHA512,
        _ => return Err(Failure::Unsupported),
    })
}

fn rsa_block(encoding: &'static dyn RsaEncoding, key: &[u8], message: &[u8]) -> Option<Vec<u8>> {
    let pair = RsaKeyPair::from_pkcs8(key).ok()?;
    let mut block = vec![0; pair.public().modulus_len()];
    pair.sign(encoding, &SystemRandom::new(), message, &mut block)
        .ok()?;
    Some(block)
}

/// Signs a digest that is wrapped already (RFC 8017 §9.2, note 1). aws-lc-rs, because ring hashes by
/// itself; neither makes SHA-1 signatures, or any over what is no digest.
fn rsa_over_digest(key: &[u8], block: &[u8]) -> Result<Option<Vec<u8>>, Failure> {
    use aws_lc_rs::{digest as aws, signature as padding};

    let known: [(Hash, &aws::Algorithm, &dyn padding::RsaEncoding); 3] = [
        (Hash::Sha256, &aws::SHA256, &padding::RSA_PKCS1_SHA256),
        (Hash::Sha384, &aws::SHA384, &padding::RSA_PKCS1_SHA384),
        (Hash::Sha512, &aws::SHA512, &padding::RSA_PKCS1_SHA512),
    ];
    let found = known.into_iter().find_map(|(hash, algorithm, encoding)| {
        let digest = block.strip_prefix(&*hash.digest_info(&[]))?;
        let digest = aws::Digest::import_less_safe(digest, algorithm).ok()?;
        Some((digest, encoding))
    });
    let (digest, encoding) = found.ok_or(Failure::Unsupported)?;
    let signed = || {
        let pair = rsa::KeyPair::from_pkcs8(key).ok()?;
        let mut signature = vec![0; pair.public_modulus_len()];
        pair.sign_digest(encoding, &digest, &mut signature).ok()?;
        Some(signature)
    };
    Ok(signed())
}

fn curve(algorithm: &'static EcdsaSigningAlgorithm, key: &[u8], message: &[u8]) -> Option<Vec<u8>> {
    let random = SystemRandom::new();
    let pair = EcdsaKeyPair::from_pkcs8(algorithm, key, &random).ok()?;
    Some(pair.sign(&random, message).ok()?.as_ref().to_vec())
}

fn p521_signature(key: &[u8], message: &[u8]) -> Option<Vec<u8>> {
    let key = p521::ecdsa::SigningKey::from_pkcs8_der(key).ok()?;
    let signature: p521::ecdsa::Signature = key.try_sign(message).ok()?;
    Some(signature.to_vec())
}

/// Decrypts with a PKCS #8 key, DER; `None` if it is no block of this key's. aws-lc-rs, because
/// ring cannot decrypt with RSA at all.
pub(super) fn decrypt(key: &[u8], padding: Padding, block: &[u8]) -> Result<Option<Pin>, Failure> {
    let unusable = |_| Failure::File(FileFault::Unsupported);
    let key = rsa::PrivateDecryptingKey::from_pkcs8(key)
        .map_err(|_| Failure::File(FileFault::Unsupported))?;
    let mut plaintext = zeroize::Zeroizing::new(vec![0; key.key_size_bytes()]);
    let decrypted = match padding {
        Padding::Pkcs1 => rsa::Pkcs1PrivateDecryptingKey::new(key)
            .map_err(unusable)?
            .decrypt(block, &mut plaintext),
        Padding::Oaep(hash) => rsa::OaepPrivateDecryptingKey::new(key)
            .map_err(unusable)?
            .decrypt(oaep(hash), block, &mut plaintext, None),
    };
    Ok(decrypted.ok().map(|plain| Pin::from(plain.to_vec())))
}

fn oaep(hash: Hash) -> &'static rsa::OaepAlgorithm {
    match hash {
        Hash::Sha1 => &rsa::OAEP_SHA1_MGF1SHA1,
        Hash::Sha256 => &rsa::OAEP_SHA256_MGF1SHA256,
        Hash::Sha384 => &rsa::OAEP_SHA384_MGF1SHA384,
        Hash::Sha512 => &rsa::OAEP_SHA512_MGF1SHA512,
    }
}
