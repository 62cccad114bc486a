//! The assertion's signature.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use chop_protocol::{Algorithm, Assertion};
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, RSA_PKCS1_2048_8192_SHA256,
    RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512, RSA_PSS_2048_8192_SHA256,
    RSA_PSS_2048_8192_SHA384, RSA_PSS_2048_8192_SHA512, UnparsedPublicKey, VerificationAlgorithm,
};
use x509_cert::{
    der::{
        Decode as _, Sequence,
        asn1::{ObjectIdentifier, UintRef},
    },
    spki::SubjectPublicKeyInfoOwned,
};

use crate::{Refusal, certificate::Certificate, p521};

const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const P256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
const P384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.34");
const P521: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.35");

/// The kind of a certificate's key.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Key {
    Rsa,
    P256,
    P384,
    P521,
}

/// Who verifies. Every ECDSA signature is `r ‖ s` of fixed width here.
enum By {
    Ring(&'static dyn VerificationAlgorithm),
    P521,
}

/// Whether the certificate's key signed `message` with the algorithm that the assertion names.
///
/// The algorithm must be one of that very kind of key: it can choose between hashes and paddings
/// of RSA, and nothing else (threat C-23).
pub(crate) fn check(
    certificate: &Certificate,
    assertion: &Assertion,
    message: &[u8],
) -> Result<(), Refusal> {
    let info = certificate.key();
    let key = kind(info)?;
    let by = match (key, assertion.algorithm) {
        (Key::P256, Algorithm::Es256) => By::Ring(&ECDSA_P256_SHA256_FIXED),
        (Key::P384, Algorithm::Es384) => By::Ring(&ECDSA_P384_SHA384_FIXED),
        (Key::P521, Algorithm::Es512) => By::P521,
        (Key::Rsa, Algorithm::Rs256) => By::Ring(&RSA_PKCS1_2048_8192_SHA256),
        (Key::Rsa, Algorithm::Rs384) => By::Ring(&RSA_PKCS1_2048_8192_SHA384),
        (Key::Rsa, Algorithm::Rs512) => By::Ring(&RSA_PKCS1_2048_8192_SHA512),
        (Key::Rsa, Algorithm::Ps256) => By::Ring(&RSA_PSS_2048_8192_SHA256),
        (Key::Rsa, Algorithm::Ps384) => By::Ring(&RSA_PSS_2048_8192_SHA384),
        (Key::Rsa, Algorithm::Ps512) => By::Ring(&RSA_PSS_2048_8192_SHA512),
        _ => return Err(Refusal::AlgorithmMismatch),
    };
    let signature = STANDARD
        .decode(&assertion.signature)
        .map_err(|_| Refusal::SignatureUnreadable)?;
    let key = info
        .subject_public_key
        .as_bytes()
        .ok_or(Refusal::KeyUnsupported)?;
    let good = match by {
        By::Ring(algorithm) => UnparsedPublicKey::new(algorithm, key)
            .verify(message, &signature)
            .is_ok(),
        By::P521 => p521::verify_fixed(key, message, &signature),
    };
    if good {
        Ok(())
    } else {
        Err(Refusal::SignatureMismatch)
    }
}

fn kind(info: &SubjectPublicKeyInfoOwned) -> Result<Key, Refusal> {
    let curve = || {
        info.algorithm
            .parameters
            .as_ref()?
            .decode_as::<ObjectIdentifier>()
            .ok()
    };
    match info.algorithm.oid {
        RSA => match rsa_bits(info) {
            None => Err(Refusal::KeyUnsupported),
            Some(bits) if bits < 2048 => Err(Refusal::KeyTooWeak { bits }),
            Some(_) => Ok(Key::Rsa),
        },
        EC => match curve() {
            Some(P256) => Ok(Key::P256),
            Some(P384) => Ok(Key::P384),
            Some(P521) => Ok(Key::P521),
            _ => Err(Refusal::KeyUnsupported),
        },
        _ => Err(Refusal::KeyUnsupported),
    }
}

/// The length of the modulus. Spec: RFC 8017 §A.1.1.
fn rsa_bits(info: &SubjectPublicKeyInfoOwned) -> Option<usize> {
    #[derive(Sequence)]
    struct RsaPublicKey<'a> {
        modulus: UintRef<'a>,
        exponent: UintRef<'a>,
    }
    let key = RsaPublicKey::from_der(info.subject_public_key.as_bytes()?).ok()?;
    let modulus = key.modulus.as_bytes();
    Some(modulus.len() * 8 - modulus.first()?.leading_zeros() as usize)
}
