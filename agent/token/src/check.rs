//! Whether a signature is what it should be.
//!
//! The server checks it anyway. Here it is caught that a module or a card returned something else:
//! a signature by another key, or a faulty one, which could give an RSA key away.

use p521::ecdsa::signature::Verifier as _;
use ring::{digest, signature};

use crate::{KeyKind, certificate};

/// Whether `signature` is one of `message` by the key in the certificate (DER).
pub(crate) fn is_by(certificate: &[u8], kind: KeyKind, message: &[u8], signature: &[u8]) -> bool {
    if signature.len() != kind.signature_width() {
        return false;
    }
    let Some(key) = certificate::public_key(certificate) else {
        return false;
    };
    let algorithm: &dyn signature::VerificationAlgorithm = match kind {
        KeyKind::Rsa(_) => &signature::RSA_PKCS1_2048_8192_SHA256,
        KeyKind::P256 => &signature::ECDSA_P256_SHA256_FIXED,
        KeyKind::P384 => &signature::ECDSA_P384_SHA384_FIXED,
        KeyKind::P521 => return is_by_p521(&key, message, signature),
    };
    signature::UnparsedPublicKey::new(algorithm, key)
        .verify(message, signature)
        .is_ok()
}

/// The same, but for P-384 and P-521 the width alone: on the way of a login they would cost more
/// (0.5 ms) than all else that the agent adds, and the server checks.
pub(crate) fn seems_by(
    certificate: &[u8],
    kind: KeyKind,
    message: &[u8],
    signature: &[u8],
) -> bool {
    match kind {
        KeyKind::Rsa(_) | KeyKind::P256 => is_by(certificate, kind, message, signature),
        KeyKind::P384 | KeyKind::P521 => signature.len() == kind.signature_width(),
    }
}

/// ring has no P-521.
fn is_by_p521(key: &[u8], message: &[u8], signature: &[u8]) -> bool {
    let signature = p521::ecdsa::Signature::from_slice(signature);
    let key = p521::ecdsa::VerifyingKey::from_sec1_bytes(key);
    matches!((key, signature), (Ok(key), Ok(signature)) if key.verify(message, &signature).is_ok())
}

/// The digest that a key of this kind signs.
pub(crate) fn digest(kind: KeyKind, message: &[u8]) -> digest::Digest {
    let algorithm = match kind {
        KeyKind::Rsa(_) | KeyKind::P256 => &digest::SHA256,
        KeyKind::P384 => &digest::SHA384,
        KeyKind::P521 => &digest::SHA512,
    };
    digest::digest(algorithm, message)
}

/// A SHA-256 digest in the structure that PKCS #1 v1.5 signs.
///
/// Spec: RFC 8017 §9.2, note 1.
pub(crate) fn digest_info(digest: &[u8]) -> Vec<u8> {
    let mut info = vec![
        0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01,
        0x05, 0x00, 0x04, 0x20,
    ];
    info.extend_from_slice(digest);
    info
}

#[cfg(test)]
mod tests {
    use der::{Decode as _, asn1::AnyRef};

    use super::*;

    #[test]
    fn the_digest_info_is_der_with_the_digest_at_its_end() {
        let digest = digest(KeyKind::Rsa(2048), b"message");
        let info = digest_info(digest.as_ref());

        assert!(AnyRef::from_der(&info).is_ok());
        assert!(info.ends_with(digest.as_ref()));
        assert_eq!(info.len(), 51);
    }

    #[test]
    fn a_signature_of_the_wrong_width_is_none() {
        assert!(!seems_by(&[], KeyKind::P521, b"message", &[1; 131]));
        assert!(seems_by(&[], KeyKind::P521, b"message", &[1; 132]));
    }
}
