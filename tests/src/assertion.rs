//! What an agent would answer, without an agent: for tests and measurements of the site alone.

use anyhow::{Context as _, Result, bail};
use chop_protocol::{Algorithm, Assertion, Challenge, Origin, signed_message};
use ring::rand::SystemRandom;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, RSA_PKCS1_SHA256, RsaKeyPair,
};

use crate::pki::{Credential, KeyKind};

/// Signs challenges for sites, with a P-256 or RSA key.
pub struct Signer {
    certificate: Vec<u8>,
    key: Key,
    random: SystemRandom,
}

enum Key {
    P256(EcdsaKeyPair),
    Rsa(RsaKeyPair),
}

impl Signer {
    /// With this key and its certificate.
    ///
    /// # Errors
    /// For a key of another kind.
    pub fn new(credential: &Credential) -> Result<Self> {
        let (random, pkcs8) = (SystemRandom::new(), credential.key.pkcs8());
        let key = match credential.key.kind() {
            KeyKind::P256 => {
                let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
                let key = EcdsaKeyPair::from_pkcs8(algorithm, pkcs8, &random);
                Key::P256(key.ok().context("not a key of its kind")?)
            }
            KeyKind::Rsa(_) => {
                let key = RsaKeyPair::from_pkcs8(pkcs8);
                Key::Rsa(key.ok().context("not a key of its kind")?)
            }
            kind => bail!("no {kind:?} here"),
        };
        Ok(Self {
            certificate: credential.certificate.clone(),
            key,
            random,
        })
    }

    /// The assertion of a login at `origin`, as the page posts it.
    ///
    /// # Errors
    /// When one of them is none.
    pub fn sign(&self, origin: &str, challenge: &str) -> Result<String> {
        let (origin, challenge): (Origin, Challenge) = (origin.parse()?, challenge.parse()?);
        let message = |algorithm: Algorithm| signed_message(&origin, &challenge, algorithm.hash());
        let (algorithm, signature) = match &self.key {
            Key::P256(key) => {
                let algorithm = Algorithm::Es256;
                let signature = key.sign(&self.random, &message(algorithm));
                (
                    algorithm,
                    signature.ok().context("no signature")?.as_ref().to_vec(),
                )
            }
            Key::Rsa(key) => {
                let algorithm = Algorithm::Rs256;
                let mut signature = vec![0; key.public().modulus_len()];
                key.sign(
                    &RSA_PKCS1_SHA256,
                    &self.random,
                    &message(algorithm),
                    &mut signature,
                )
                .ok()
                .context("no signature")?;
                (algorithm, signature)
            }
        };
        let assertion = Assertion::new(&self.certificate, algorithm, &signature);
        Ok(serde_json::to_string(&assertion)?)
    }
}
