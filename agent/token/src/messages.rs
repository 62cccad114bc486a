//! What a card is asked to sign.

use serde::{Deserialize, Serialize};

use crate::KeyKind;

/// The message to sign, as it is with each hash that a key may ask for: the worker takes the one
/// that fits its key, hashes it once and has the digest signed.
///
/// All three are given because a PKCS #12 file may hide its certificate, and so the kind of its
/// key, until the password is there. Messages rather than digests, because ring signs nothing else.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Messages {
    /// Signed with SHA-256, by RSA keys (PKCS #1 v1.5) and P-256.
    pub sha256: Vec<u8>,
    /// Signed with SHA-384, by P-384.
    pub sha384: Vec<u8>,
    /// Signed with SHA-512, by P-521.
    pub sha512: Vec<u8>,
}

impl Messages {
    /// The one that fits a key.
    #[must_use]
    pub(crate) fn fitting(&self, key: KeyKind) -> &[u8] {
        match key {
            KeyKind::Rsa(_) | KeyKind::P256 => &self.sha256,
            KeyKind::P384 => &self.sha384,
            KeyKind::P521 => &self.sha512,
        }
    }
}
