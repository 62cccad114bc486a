//! How the content of an envelope is encrypted.

use aes::{Aes128, Aes192, Aes256};
use cbc::{
    Decryptor,
    cipher::{
        BlockCipherDecrypt, BlockModeDecrypt as _, InnerIvInit as _, KeyInit, block_padding::Pkcs7,
    },
};
use der::{asn1::OctetStringRef, oid::ObjectIdentifier};
use des::TdesEde3;
use x509_cert::spki::AlgorithmIdentifierOwned;

/// A block cipher in CBC mode, with its initialization vector.
pub(super) struct Cipher {
    kind: Kind,
    iv: Vec<u8>,
}

#[derive(Clone, Copy)]
enum Kind {
    Aes128,
    Aes192,
    Aes256,
    TripleDes,
}

impl Cipher {
    /// The one that the algorithm names, if it is one of these.
    pub(super) fn of(algorithm: &AlgorithmIdentifierOwned) -> Option<Self> {
        let kind = match algorithm.oid {
            AES_128 => Kind::Aes128,
            AES_192 => Kind::Aes192,
            AES_256 => Kind::Aes256,
            TRIPLE_DES => Kind::TripleDes,
            _ => return None,
        };
        let iv: &OctetStringRef = algorithm.parameters.as_ref()?.decode_as().ok()?;
        let iv = iv.as_bytes().to_vec();
        (iv.len() == kind.block()).then_some(Self { kind, iv })
    }

    /// How many bytes its key has.
    pub(super) fn key_length(&self) -> usize {
        match self.kind {
            Kind::Aes128 => 16,
            Kind::Aes192 | Kind::TripleDes => 24,
            Kind::Aes256 => 32,
        }
    }

    /// Whether this can be its key.
    pub(super) fn takes(&self, key: &[u8]) -> bool {
        key.len() == self.key_length()
    }

    /// Decrypts; `None` if the padding at the end is none, or there are no whole blocks.
    pub(super) fn decrypt(&self, key: &[u8], encrypted: &[u8]) -> Option<Vec<u8>> {
        match self.kind {
            Kind::Aes128 => decrypted::<Aes128>(key, &self.iv, encrypted),
            Kind::Aes192 => decrypted::<Aes192>(key, &self.iv, encrypted),
            Kind::Aes256 => decrypted::<Aes256>(key, &self.iv, encrypted),
            Kind::TripleDes => decrypted::<TdesEde3>(key, &self.iv, encrypted),
        }
    }
}

impl Kind {
    fn block(self) -> usize {
        match self {
            Self::TripleDes => 8,
            _ => 16,
        }
    }
}

fn decrypted<C: BlockCipherDecrypt + KeyInit>(
    key: &[u8],
    iv: &[u8],
    encrypted: &[u8],
) -> Option<Vec<u8>> {
    let cipher = C::new_from_slice(key).ok()?;
    let decryptor = Decryptor::<C>::inner_iv_slice_init(cipher, iv).ok()?;
    decryptor.decrypt_padded_vec::<Pkcs7>(encrypted).ok()
}

const AES_128: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.1.2");
const AES_192: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.1.22");
const AES_256: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.1.42");
const TRIPLE_DES: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.3.7");
