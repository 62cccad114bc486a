//! A test signature: the whole road of a login, but that nobody is logged in to anything.
//!
//! Spec: docs/protocol.md, "The desk".

use chop_protocol::{Algorithm, Challenge, Hash, Origin, Plain, Wanted, signed_message};
use chop_token::{Certificate, Inventory, Messages, Signer, Use};
use ring::rand::{SecureRandom as _, SystemRandom};
use tokio::sync::watch;

use crate::{
    Act, Caller, Consent, Error, Keys, Purpose, Service,
    operation::{Entered, Filter, Operation},
    sign_in::algorithm,
};

/// What is signed names this site, which nobody can have (RFC 6761 §6.4): the signature is a login
/// nowhere.
const NOWHERE: &str = "https://self-test.invalid";

/// A card has signed, and its signature was verified.
#[derive(Clone, Debug)]
pub struct TestSignature {
    /// The signer's certificate.
    pub certificate: Certificate,
    /// How it was signed.
    pub algorithm: Algorithm,
}

impl<C: Consent, K: Keys> Service<C, K> {
    /// Has a card sign something of no worth, with the window and the PIN that a login has.
    ///
    /// # Errors
    /// As a login has them.
    pub async fn test_signature(&self) -> Result<TestSignature, Error> {
        let test = Test::new(&self.settings.issuers)?;
        let done = tokio::select! {
            biased;
            done = self.operate(&Caller::SelfTest, &test) => done,
            () = self.ending() => Err(Error::Ending),
        };
        self.note(&Caller::SelfTest, Act::Test, (&done).into());
        done
    }
}

struct Test<'a> {
    issuers: &'a [String],
    wanted: Wanted,
    messages: Messages,
}

impl<'a> Test<'a> {
    fn new(issuers: &'a [String]) -> Result<Self, Error> {
        let mut bytes = [0; 32];
        let random = SystemRandom::new();
        random.fill(&mut bytes).map_err(|_| Error::NoRandom)?;
        let challenge = Challenge::from_random(bytes);
        let nowhere = Origin::parse(NOWHERE, Plain::Never).expect("it is an origin");
        let message = |hash| signed_message(&nowhere, &challenge, hash);
        Ok(Self {
            issuers,
            wanted: Wanted::default(),
            messages: Messages {
                sha256: message(Hash::Sha256),
                sha384: message(Hash::Sha384),
                sha512: message(Hash::Sha512),
            },
        })
    }
}

impl Operation for Test<'_> {
    type Answer = TestSignature;

    fn purpose(&self) -> Purpose {
        Purpose::Test
    }

    fn offers(&self, inventory: &Inventory) -> Vec<Signer> {
        let filter = Filter {
            wanted: &self.wanted,
            issuers: self.issuers,
        };
        filter.signers(inventory, Use::SignIn)
    }

    async fn carry_out<K: Keys>(
        &self,
        keys: &K,
        with: &Entered,
        _: &watch::Sender<usize>,
    ) -> Result<Result<TestSignature, Error>, chop_token::Error> {
        // The keyring hands out no signature that does not verify.
        let signed = keys.sign_in(&with.key, &with.pin, &self.messages).await?;
        let certificate = match &with.certificate {
            Some(shown) => (shown.der == signed.certificate).then(|| shown.clone()),
            // Of a file that hid it until now.
            None => Certificate::read(&signed.certificate),
        };
        Ok(match certificate {
            Some(certificate) => Ok(TestSignature {
                certificate,
                algorithm: algorithm(signed.key),
            }),
            None => Err(Error::OtherCertificate),
        })
    }
}
