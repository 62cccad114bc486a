//! Signature algorithms by their JWA names, and the bytes that a login signs.

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256, Sha384, Sha512};

use crate::{Challenge, Origin};

/// A hash function of the SHA-2 family.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Hash {
    /// 32 bytes.
    Sha256,
    /// 48 bytes.
    Sha384,
    /// 64 bytes.
    Sha512,
}

impl Hash {
    /// Hashes `data`: 32, 48 or 64 bytes.
    #[must_use]
    pub fn digest(self, data: &[u8]) -> Vec<u8> {
        match self {
            Self::Sha256 => Sha256::digest(data).to_vec(),
            Self::Sha384 => Sha384::digest(data).to_vec(),
            Self::Sha512 => Sha512::digest(data).to_vec(),
        }
    }
}

/// How an assertion is signed.
///
/// The agent makes `RS256` with RSA keys and the `ES` algorithm of the curve; the others are what
/// other makers of such tokens use, so the verifier reads them.
///
/// Spec: RFC 7518 §3.1; ECDSA signatures are `r ‖ s` of fixed width (§3.4), not DER.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
#[allow(missing_docs, reason = "each is the standard's own name")]
pub enum Algorithm {
    Es256,
    Es384,
    Es512,
    Ps256,
    Ps384,
    Ps512,
    Rs256,
    Rs384,
    Rs512,
}

impl Algorithm {
    /// The hash in the algorithm's name.
    #[must_use]
    pub fn hash(self) -> Hash {
        match self {
            Self::Es256 | Self::Ps256 | Self::Rs256 => Hash::Sha256,
            Self::Es384 | Self::Ps384 | Self::Rs384 => Hash::Sha384,
            Self::Es512 | Self::Ps512 | Self::Rs512 => Hash::Sha512,
        }
    }
}

/// The bytes that a login signs: `H(origin) ‖ H(challenge)`, 64, 96 or 128 of them.
///
/// The signature algorithm hashes them once more, so a card is given `H(H(origin) ‖ H(challenge))`.
/// Both parts have a fixed width: no text of one can pass for a part of the other.
///
/// Spec: Web eID authentication token, "What is signed"; docs/protocol.md, "Sign in", step 2.
#[must_use]
pub fn signed_message(origin: &Origin, challenge: &Challenge, hash: Hash) -> Vec<u8> {
    let mut message = hash.digest(origin.as_str().as_bytes());
    message.extend(hash.digest(challenge.as_str().as_bytes()));
    message
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn algorithms_have_their_jwa_names() {
        assert_eq!(
            serde_json::to_string(&Algorithm::Es384).unwrap(),
            "\"ES384\""
        );
        assert_eq!(
            serde_json::from_str::<Algorithm>("\"RS256\"").unwrap(),
            Algorithm::Rs256
        );
        assert!(serde_json::from_str::<Algorithm>("\"none\"").is_err());
    }

    #[test]
    fn the_message_is_both_hashes_in_order() {
        let origin: Origin = "https://bank.example".parse().unwrap();
        let challenge = Challenge::from_random([7; 32]);
        let message = signed_message(&origin, &challenge, Hash::Sha384);
        assert_eq!(
            message[..48],
            Hash::Sha384.digest(b"https://bank.example")[..]
        );
        assert_eq!(
            message[48..],
            Hash::Sha384.digest(challenge.as_str().as_bytes())[..]
        );
    }
}
