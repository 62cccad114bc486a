//! Signatures over certificates, lists and OCSP answers: which algorithms count, and with which keys.
//!
//! The pairs of key and signature algorithm are rustls-webpki's, the mathematics is ring's; P-521 is
//! in `p521.rs`. The identifiers are compared as bytes, parameters included, so that nothing which
//! is not in these lists can mean something.

use der::asn1::BitStringRef;
use ring::signature::{RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY, UnparsedPublicKey};
use rustls_pki_types::{
    AlgorithmIdentifier, InvalidSignature, SignatureVerificationAlgorithm, alg_id,
};
use webpki::ring as with_ring;

use crate::{
    asn1::{certificate::public_key, contents},
    p521,
};

/// SHA-2 alone, RSA from 2,048 bits (threat C-23).
static STRONG: &[&dyn SignatureVerificationAlgorithm] = &[
    with_ring::RSA_PKCS1_2048_8192_SHA256,
    with_ring::RSA_PKCS1_2048_8192_SHA384,
    with_ring::RSA_PKCS1_2048_8192_SHA512,
    with_ring::ECDSA_P256_SHA256,
    with_ring::ECDSA_P256_SHA384,
    with_ring::ECDSA_P384_SHA256,
    with_ring::ECDSA_P384_SHA384,
    p521::ECDSA_P521_SHA512,
    with_ring::RSA_PSS_2048_8192_SHA256_LEGACY_KEY,
    with_ring::RSA_PSS_2048_8192_SHA384_LEGACY_KEY,
    with_ring::RSA_PSS_2048_8192_SHA512_LEGACY_KEY,
    with_ring::RSA_PKCS1_2048_8192_SHA256_ABSENT_PARAMS,
    with_ring::RSA_PKCS1_2048_8192_SHA384_ABSENT_PARAMS,
    with_ring::RSA_PKCS1_2048_8192_SHA512_ABSENT_PARAMS,
];

/// What a verifier takes only where its caller has named the exception.
static LEGACY: &[&dyn SignatureVerificationAlgorithm] = &[&RsaSha1];

/// Whether SHA-1 counts.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Sha1 {
    Refused,
    Allowed,
}

/// Why a signature does not count.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum SignatureFault {
    /// An algorithm that is not taken, or not with this kind or size of key.
    Algorithm,
    /// SHA-1, which nobody has allowed here.
    Sha1,
    /// The key did not sign these bytes.
    Mismatch,
}

/// Whether `signature` is one of `message` by the key in `key` (SubjectPublicKeyInfo, DER), with
/// `algorithm` (the contents of an AlgorithmIdentifier).
pub(crate) fn verify(
    key: &[u8],
    algorithm: &[u8],
    message: &[u8],
    signature: &[u8],
    sha1: Sha1,
) -> Result<(), SignatureFault> {
    let info = public_key(key).map_err(|_| SignatureFault::Algorithm)?;
    let key_algorithm = contents(info.algorithm.0).map_err(|_| SignatureFault::Algorithm)?;
    let bits = BitStringRef::as_bytes(&info.key).ok_or(SignatureFault::Algorithm)?;
    let fits = |candidate: &&&dyn SignatureVerificationAlgorithm| {
        candidate.signature_alg_id().as_ref() == algorithm
            && candidate.public_key_alg_id().as_ref() == key_algorithm
    };
    let found = match STRONG.iter().find(fits) {
        Some(found) => found,
        None => match (LEGACY.iter().find(fits), sha1) {
            (Some(found), Sha1::Allowed) => found,
            (Some(_), Sha1::Refused) => return Err(SignatureFault::Sha1),
            (None, _) => return Err(SignatureFault::Algorithm),
        },
    };
    found
        .verify_signature(bits, message, signature)
        .map_err(|_| SignatureFault::Mismatch)
}

/// sha1WithRSAEncryption.
#[derive(Debug)]
struct RsaSha1;

impl SignatureVerificationAlgorithm for RsaSha1 {
    fn verify_signature(
        &self,
        public_key: &[u8],
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), InvalidSignature> {
        let algorithm = &RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY;
        UnparsedPublicKey::new(algorithm, public_key)
            .verify(message, signature)
            .map_err(|_| InvalidSignature)
    }

    fn public_key_alg_id(&self) -> AlgorithmIdentifier {
        alg_id::RSA_ENCRYPTION
    }

    fn signature_alg_id(&self) -> AlgorithmIdentifier {
        // OID 1.2.840.113549.1.1.5, NULL.
        AlgorithmIdentifier::from_slice(&[
            0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x05, 0x05, 0x00,
        ])
    }
}
