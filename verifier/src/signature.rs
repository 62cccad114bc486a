//! Signatures by the certificate's own key, and the kinds of keys there are.

use chop_protocol::Algorithm;
use der::{
    AnyRef, Decode as _, Sequence,
    asn1::{BitStringRef, ObjectIdentifier, UintRef},
};
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, RSA_PKCS1_2048_8192_SHA256,
    RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512, RSA_PSS_2048_8192_SHA256,
    RSA_PSS_2048_8192_SHA384, RSA_PSS_2048_8192_SHA512, UnparsedPublicKey, VerificationAlgorithm,
};

use crate::{
    Refusal,
    asn1::{self, PublicKeyInfo, certificate::public_key},
    certificate::Certificate,
    p521,
};

const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const P256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
const P384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.34");
const P521: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.35");

/// The kind of a certificate's key.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum KeyKind {
    /// Of any length; whether it is long enough is for the caller.
    Rsa {
        bits: usize,
    },
    P256,
    P384,
    P521,
}

/// Who verifies. Every ECDSA signature is `r ‖ s` of fixed width here.
enum By {
    Ring(&'static dyn VerificationAlgorithm),
    P521,
}

/// Whether the certificate's key signed `message` with `algorithm`, as JWA has it.
///
/// The algorithm must be one of that very kind of key: whoever names it can choose between hashes
/// and paddings of RSA, and nothing else (threat C-23).
pub(crate) fn check(
    certificate: &Certificate,
    algorithm: Algorithm,
    message: &[u8],
    signature: &[u8],
) -> Result<(), Refusal> {
    let info = public_key(certificate.key()).map_err(|_| Refusal::KeyUnsupported)?;
    let by = match (strong_key(&info)?, algorithm) {
        (KeyKind::P256, Algorithm::Es256) => By::Ring(&ECDSA_P256_SHA256_FIXED),
        (KeyKind::P384, Algorithm::Es384) => By::Ring(&ECDSA_P384_SHA384_FIXED),
        (KeyKind::P521, Algorithm::Es512) => By::P521,
        (KeyKind::Rsa { .. }, Algorithm::Rs256) => By::Ring(&RSA_PKCS1_2048_8192_SHA256),
        (KeyKind::Rsa { .. }, Algorithm::Rs384) => By::Ring(&RSA_PKCS1_2048_8192_SHA384),
        (KeyKind::Rsa { .. }, Algorithm::Rs512) => By::Ring(&RSA_PKCS1_2048_8192_SHA512),
        (KeyKind::Rsa { .. }, Algorithm::Ps256) => By::Ring(&RSA_PSS_2048_8192_SHA256),
        (KeyKind::Rsa { .. }, Algorithm::Ps384) => By::Ring(&RSA_PSS_2048_8192_SHA384),
        (KeyKind::Rsa { .. }, Algorithm::Ps512) => By::Ring(&RSA_PSS_2048_8192_SHA512),
        _ => return Err(Refusal::AlgorithmMismatch),
    };
    let key = BitStringRef::as_bytes(&info.key).ok_or(Refusal::KeyUnsupported)?;
    let good = match by {
        By::Ring(algorithm) => UnparsedPublicKey::new(algorithm, key)
            .verify(message, signature)
            .is_ok(),
        By::P521 => p521::verify_fixed(key, message, signature),
    };
    if good {
        Ok(())
    } else {
        Err(Refusal::SignatureMismatch)
    }
}

/// The kind of a key that may sign in or sign documents: RSA from 2,048 bits.
pub(crate) fn strong_key(info: &PublicKeyInfo<'_>) -> Result<KeyKind, Refusal> {
    match key_kind(info)? {
        KeyKind::Rsa { bits } if bits < 2048 => Err(Refusal::KeyTooWeak { bits }),
        kind => Ok(kind),
    }
}

/// The kind of any key.
pub(crate) fn key_kind(info: &PublicKeyInfo<'_>) -> Result<KeyKind, Refusal> {
    let unsupported = |_| Refusal::KeyUnsupported;
    let algorithm = asn1::Algorithm::from_der(info.algorithm.0).map_err(unsupported)?;
    let curve = |parameters: AnyRef<'_>| parameters.decode_as::<ObjectIdentifier>().ok();
    match algorithm.oid {
        RSA => {
            let bits = rsa_bits(info).ok_or(Refusal::KeyUnsupported)?;
            Ok(KeyKind::Rsa { bits })
        }
        EC => match algorithm.parameters.and_then(curve) {
            Some(P256) => Ok(KeyKind::P256),
            Some(P384) => Ok(KeyKind::P384),
            Some(P521) => Ok(KeyKind::P521),
            _ => Err(Refusal::KeyUnsupported),
        },
        _ => Err(Refusal::KeyUnsupported),
    }
}

/// The length of the modulus. Spec: RFC 8017 §A.1.1.
fn rsa_bits(info: &PublicKeyInfo<'_>) -> Option<usize> {
    #[derive(Sequence)]
    struct RsaPublicKey<'a> {
        modulus: UintRef<'a>,
        exponent: UintRef<'a>,
    }
    let key = RsaPublicKey::from_der(BitStringRef::as_bytes(&info.key)?).ok()?;
    let modulus = key.modulus.as_bytes();
    Some(modulus.len() * 8 - modulus.first()?.leading_zeros() as usize)
}
