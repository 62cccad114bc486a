//! Signatures with a key that is in memory.

use p521::{ecdsa::signature::Signer as _, pkcs8::DecodePrivateKey as _};
use ring::{rand::SystemRandom, signature};

use crate::KeyKind;

/// Signs `message` with a PKCS #8 key, DER; `None` if the key is not of that kind.
pub(super) fn sign(kind: KeyKind, key: &[u8], message: &[u8]) -> Option<Vec<u8>> {
    let random = SystemRandom::new();
    match kind {
        KeyKind::Rsa(_) => {
            let pair = signature::RsaKeyPair::from_pkcs8(key).ok()?;
            let mut block = vec![0; pair.public().modulus_len()];
            pair.sign(&signature::RSA_PKCS1_SHA256, &random, message, &mut block)
                .ok()?;
            Some(block)
        }
        KeyKind::P256 => curve(
            &signature::ECDSA_P256_SHA256_FIXED_SIGNING,
            key,
            message,
            &random,
        ),
        KeyKind::P384 => curve(
            &signature::ECDSA_P384_SHA384_FIXED_SIGNING,
            key,
            message,
            &random,
        ),
        KeyKind::P521 => {
            // ring has no P-521.
            let key = p521::ecdsa::SigningKey::from_pkcs8_der(key).ok()?;
            let signature: p521::ecdsa::Signature = key.try_sign(message).ok()?;
            Some(signature.to_vec())
        }
    }
}

fn curve(
    algorithm: &'static signature::EcdsaSigningAlgorithm,
    key: &[u8],
    message: &[u8],
    random: &SystemRandom,
) -> Option<Vec<u8>> {
    let pair = signature::EcdsaKeyPair::from_pkcs8(algorithm, key, random).ok()?;
    Some(pair.sign(random, message).ok()?.as_ref().to_vec())
}
