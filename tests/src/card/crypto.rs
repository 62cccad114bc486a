//! GENERAL AUTHENTICATE: the private keys and what they do.

use anyhow::{Result, bail};
use p256::ecdsa::signature::hazmat::PrehashSigner as _;
use rsa::{
    BoxedUint, hazmat::rsa_decrypt_and_check, pkcs8::DecodePrivateKey as _, rand_core::CryptoRng,
    traits::PublicKeyParts as _,
};

use super::{
    Card, Slot,
    apdu::{Command, Status, status},
    tlv,
};
use crate::pki::{KeyKind, PrivateKey};

/// A private key on the card.
pub(super) enum Key {
    Rsa(Box<rsa::PrivateKey>),
    P256(p256::ecdsa::SigningKey),
    P384(p384::ecdsa::SigningKey),
}

impl Key {
    pub(super) fn new(key: &PrivateKey) -> Result<Self> {
        let pkcs8 = key.pkcs8();
        Ok(match key.kind() {
            KeyKind::Rsa(2048 | 3072) => {
                Self::Rsa(Box::new(rsa::PrivateKey::from_pkcs8_der(pkcs8)?))
            }
            KeyKind::P256 => Self::P256(p256::SecretKey::from_pkcs8_der(pkcs8)?.into()),
            KeyKind::P384 => Self::P384(p384::SecretKey::from_pkcs8_der(pkcs8)?.into()),
            other => bail!("PIV has no keys of the kind {other:?}"),
        })
    }

    /// Spec: SP 800-78-5 table 9.
    fn algorithm(&self) -> u8 {
        match self {
            Self::Rsa(key) if key.size() == 384 => 0x05,
            Self::Rsa(_) => 0x07,
            Self::P256(_) => 0x11,
            Self::P384(_) => 0x14,
        }
    }

    /// RSA on a whole block, ECDSA on a hash. `None` when the input does not fit.
    fn apply(&self, input: &[u8]) -> Option<Vec<u8>> {
        match self {
            Self::Rsa(key) if input.len() == key.size() => raw_rsa(key, input),
            Self::Rsa(_) => None,
            Self::P256(key) => {
                let signature: p256::ecdsa::Signature = key.sign_prehash(input).ok()?;
                Some(signature.to_der().as_bytes().to_vec())
            }
            Self::P384(key) => {
                let signature: p384::ecdsa::Signature = key.sign_prehash(input).ok()?;
                Some(signature.to_der().as_bytes().to_vec())
            }
        }
    }
}

impl Card {
    /// Counts as begun once the PIN is in order.
    ///
    /// Spec: SP 800-73-4 part 2 §3.2.4.
    pub(super) fn private_operation(
        &mut self,
        command: &Command<'_>,
        data: &[u8],
    ) -> Result<Vec<u8>, Status> {
        let (key, _) = self
            .slots
            .get(&command.p2)
            .ok_or(status::NO_SUCH_REFERENCE)?;
        if command.p1 != key.algorithm() {
            return Err(status::WRONG_PARAMETERS);
        }
        let allowed = match command.p2 {
            slot if slot == Slot::CardAuthentication as u8 => true,
            slot if slot == Slot::Signature as u8 => self.session.fresh,
            _ => self.session.verified,
        };
        if !allowed {
            return Err(status::PIN_NEEDED);
        }
        let input = challenge(data).ok_or(status::WRONG_DATA)?;
        self.session.fresh = false;
        self.counts.private_ops += 1;
        let output = key.apply(input).ok_or(status::CONDITIONS)?;
        Ok(tlv::write(0x7c, &tlv::write(0x82, &output)))
    }
}

/// The challenge out of a dynamic authentication template that asks for a response.
fn challenge(data: &[u8]) -> Option<&[u8]> {
    let (0x7c, mut rest, []) = tlv::split(data)? else {
        return None;
    };
    let mut challenge = None;
    while !rest.is_empty() {
        let (tag, value, after) = tlv::split(rest)?;
        match tag {
            0x81 => challenge = Some(value),
            0x82 if value.is_empty() => {}
            _ => return None,
        }
        rest = after;
    }
    challenge
}

/// The raw operation, without blinding: nobody measures this card.
fn raw_rsa(key: &rsa::PrivateKey, input: &[u8]) -> Option<Vec<u8>> {
    let bits = u32::try_from(input.len()).ok()? * 8;
    let input = BoxedUint::from_be_slice(input, bits).ok()?;
    let output = rsa_decrypt_and_check(key, None::<&mut dyn CryptoRng>, &input).ok()?;
    Some(output.to_be_bytes().into_vec())
}
