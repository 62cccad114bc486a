//! Whether a signature is what it should be.
//!
//! The server checks it anyway. Here it is caught that a module or a card returned something else:
//! a signature by another key, or a faulty one, which could give an RSA key away.

use p521::ecdsa::signature::Verifier as _;
use ring::{
    digest,
    signature::{self, VerificationAlgorithm},
};

use crate::{Hash, KeyKind, Scheme, Signing};

/// Whether `signature` is one of a message by a public key, as far as that is checked here: see
/// [`verifier`].
pub(crate) fn is_by(
    (kind, key): (KeyKind, &[u8]),
    signing: &Signing,
    signature: &[u8],
    how: Care,
) -> bool {
    if signature.len() != kind.signature_width() {
        return false;
    }
    let p521 = kind == KeyKind::P521 && signing.scheme == Scheme::Ecdsa(Hash::Sha512);
    let dear = matches!(kind, KeyKind::P384 | KeyKind::P521);
    if dear && how == Care::Quick {
        return true;
    }
    match verifier(kind, signing.scheme) {
        Some(algorithm) => signature::UnparsedPublicKey::new(algorithm, key)
            .verify(&signing.message, signature)
            .is_ok(),
        None if p521 => is_by_p521(key, &signing.message, signature),
        None => true,
    }
}

/// How much time a check may take.
#[derive(Clone, Copy, Eq, PartialEq)]
pub(crate) enum Care {
    /// All that can be checked is.
    Full,
    /// On the way of a login P-384 and P-521 would cost more (0.5 ms) than all else that the agent
    /// adds, and the server checks: of them the width alone is looked at.
    Quick,
}

/// ring's way to check; `None` where it has none: then the width alone is looked at.
fn verifier(kind: KeyKind, scheme: Scheme) -> Option<&'static dyn VerificationAlgorithm> {
    Some(match (kind, scheme) {
        (KeyKind::Rsa(_), Scheme::Pkcs1(hash)) => match hash {
            Hash::Sha1 => &signature::RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY,
            Hash::Sha256 => &signature::RSA_PKCS1_2048_8192_SHA256,
            Hash::Sha384 => &signature::RSA_PKCS1_2048_8192_SHA384,
            Hash::Sha512 => &signature::RSA_PKCS1_2048_8192_SHA512,
        },
        (KeyKind::Rsa(_), Scheme::Pss(hash)) => match hash {
            Hash::Sha1 => return None,
            Hash::Sha256 => &signature::RSA_PSS_2048_8192_SHA256,
            Hash::Sha384 => &signature::RSA_PSS_2048_8192_SHA384,
            Hash::Sha512 => &signature::RSA_PSS_2048_8192_SHA512,
        },
        (KeyKind::P256, Scheme::Ecdsa(Hash::Sha256)) => &signature::ECDSA_P256_SHA256_FIXED,
        (KeyKind::P384, Scheme::Ecdsa(Hash::Sha384)) => &signature::ECDSA_P384_SHA384_FIXED,
        _ => return None,
    })
}

/// ring has no P-521.
fn is_by_p521(key: &[u8], message: &[u8], signature: &[u8]) -> bool {
    let signature = p521::ecdsa::Signature::from_slice(signature);
    let key = p521::ecdsa::VerifyingKey::from_sec1_bytes(key);
    matches!((key, signature), (Ok(key), Ok(signature)) if key.verify(message, &signature).is_ok())
}

impl Hash {
    /// The digest of a message.
    pub(crate) fn of(self, message: &[u8]) -> digest::Digest {
        let algorithm = match self {
            Self::Sha1 => &digest::SHA1_FOR_LEGACY_USE_ONLY,
            Self::Sha256 => &digest::SHA256,
            Self::Sha384 => &digest::SHA384,
            Self::Sha512 => &digest::SHA512,
        };
        digest::digest(algorithm, message)
    }

    /// A digest in the structure that PKCS #1 v1.5 signs.
    ///
    /// Spec: RFC 8017 §9.2, note 1.
    pub(crate) fn digest_info(self, digest: &[u8]) -> Vec<u8> {
        let start: &[u8] = match self {
            Self::Sha1 => &[
                0x30, 0x21, 0x30, 0x09, 0x06, 0x05, 0x2b, 0x0e, 0x03, 0x02, 0x1a, 0x05, 0x00, 0x04,
                0x14,
            ],
            Self::Sha256 => &[
                0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02,
                0x01, 0x05, 0x00, 0x04, 0x20,
            ],
            Self::Sha384 => &[
                0x30, 0x41, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02,
                0x02, 0x05, 0x00, 0x04, 0x30,
            ],
            Self::Sha512 => &[
                0x30, 0x51, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02,
                0x03, 0x05, 0x00, 0x04, 0x40,
            ],
        };
        [start, digest].concat()
    }
}

#[cfg(test)]
mod tests {
    use der::{Decode as _, asn1::AnyRef};

    use super::*;

    #[test]
    fn a_digest_info_is_der_with_the_digest_at_its_end() {
        for hash in [Hash::Sha1, Hash::Sha256, Hash::Sha384, Hash::Sha512] {
            let digest = hash.of(b"message");
            let info = hash.digest_info(digest.as_ref());

            assert!(AnyRef::from_der(&info).is_ok(), "{hash:?}");
            assert!(info.ends_with(digest.as_ref()), "{hash:?}");
        }
    }

    #[test]
    fn a_signature_of_the_wrong_width_is_none() {
        let signing = Signing {
            scheme: Scheme::Ecdsa(Hash::Sha512),
            message: b"message".to_vec(),
        };
        let seems = |width: usize| {
            let signature = vec![1; width];
            is_by((KeyKind::P521, &[]), &signing, &signature, Care::Quick)
        };
        assert!(!seems(131));
        assert!(seems(132));
    }
}
