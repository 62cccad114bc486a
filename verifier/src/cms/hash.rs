//! Hashes of messages, and the signature algorithms that go with them.

use der::asn1::ObjectIdentifier;
use ring::digest::{self, SHA1_FOR_LEGACY_USE_ONLY, SHA256, SHA384, SHA512};
use rustls_pki_types::alg_id;

use crate::asn1::Algorithm;

/// What content is hashed with.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Hash {
    Sha1,
    Sha256,
    Sha384,
    Sha512,
}

const SHA_1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.14.3.2.26");
const SHA_256: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.1");
const SHA_384: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.2");
const SHA_512: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.3");

/// rsaEncryption: a key's OID, which CMS takes for PKCS #1 with the hash given beside it.
const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");

impl Hash {
    /// `None` for one that we do not know.
    pub(crate) fn of(algorithm: &Algorithm<'_>) -> Option<Self> {
        let hash = match algorithm.oid {
            SHA_1 => Self::Sha1,
            SHA_256 => Self::Sha256,
            SHA_384 => Self::Sha384,
            SHA_512 => Self::Sha512,
            _ => return None,
        };
        algorithm.is_plain().then_some(hash)
    }

    pub(crate) fn digest(self, bytes: &[u8]) -> Vec<u8> {
        let algorithm = match self {
            Self::Sha1 => &SHA1_FOR_LEGACY_USE_ONLY,
            Self::Sha256 => &SHA256,
            Self::Sha384 => &SHA384,
            Self::Sha512 => &SHA512,
        };
        digest::digest(algorithm, bytes).as_ref().to_vec()
    }

    /// PKCS #1 with this hash, the contents of its AlgorithmIdentifier.
    pub(crate) fn with_rsa(self) -> Vec<u8> {
        match self {
            // sha1WithRSAEncryption, NULL; pki-types has no name for it.
            Self::Sha1 => vec![
                0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x05, 0x05, 0x00,
            ],
            Self::Sha256 => alg_id::RSA_PKCS1_SHA256.as_ref().to_vec(),
            Self::Sha384 => alg_id::RSA_PKCS1_SHA384.as_ref().to_vec(),
            Self::Sha512 => alg_id::RSA_PKCS1_SHA512.as_ref().to_vec(),
        }
    }

    /// The signature algorithm of a message hashed with this, in the form that certificates use:
    /// `contents` as they are, or PKCS #1 where only the kind of the key is named. `None` if it is of
    /// another hash.
    ///
    /// Spec: RFC 3370 §3.2, RFC 5754 §3.
    pub(crate) fn signature_algorithm(
        self,
        algorithm: &Algorithm<'_>,
        contents: &[u8],
    ) -> Option<Vec<u8>> {
        if algorithm.oid == RSA {
            return algorithm.is_plain().then(|| self.with_rsa());
        }
        let mut same = self.algorithms().into_iter();
        let absent = contents.strip_suffix(&[0x05, 0x00]).unwrap_or(contents);
        same.any(|one| one.as_ref() == contents || one.as_ref().starts_with(absent))
            .then(|| contents.to_vec())
    }

    fn algorithms(self) -> Vec<rustls_pki_types::AlgorithmIdentifier> {
        match self {
            Self::Sha1 => vec![],
            Self::Sha256 => vec![
                alg_id::RSA_PKCS1_SHA256,
                alg_id::RSA_PSS_SHA256,
                alg_id::ECDSA_SHA256,
            ],
            Self::Sha384 => vec![
                alg_id::RSA_PKCS1_SHA384,
                alg_id::RSA_PSS_SHA384,
                alg_id::ECDSA_SHA384,
            ],
            Self::Sha512 => vec![
                alg_id::RSA_PKCS1_SHA512,
                alg_id::RSA_PSS_SHA512,
                alg_id::ECDSA_SHA512,
            ],
        }
    }
}
