//! Signing in.
//!
//! Spec: docs/protocol.md, "Sign in".

use chop_protocol::{Algorithm, Assertion, Hash, Origin, SignInRequest, signed_message};
use chop_token::{Certificate, Inventory, KeyKind, Messages, Signed, Signer, Use};
use tokio::sync::watch;

use crate::{
    Error, Keys, Purpose,
    operation::{Entered, Filter, Operation},
};

/// A login of a site.
pub(crate) struct SignIn<'a> {
    filter: Filter<'a>,
    /// Origin and challenge together, so that neither can be swapped.
    messages: Messages,
}

impl<'a> SignIn<'a> {
    pub(crate) fn new(site: &Origin, request: &'a SignInRequest, issuers: &'a [String]) -> Self {
        let message = |hash| signed_message(site, &request.challenge, hash);
        Self {
            filter: Filter {
                wanted: &request.wanted,
                issuers,
            },
            messages: Messages {
                sha256: message(Hash::Sha256),
                sha384: message(Hash::Sha384),
                sha512: message(Hash::Sha512),
            },
        }
    }
}

impl Operation for SignIn<'_> {
    type Answer = Assertion;

    fn purpose(&self) -> Purpose {
        Purpose::SignIn
    }

    // 1. What it is for.
    fn offers(&self, inventory: &Inventory) -> Vec<Signer> {
        self.filter.signers(inventory, Use::SignIn)
    }

    // 2. The signature, with the algorithm of the key.
    async fn carry_out<K: Keys>(
        &self,
        keys: &K,
        with: &Entered,
        _: &watch::Sender<usize>,
    ) -> Result<Result<Assertion, Error>, chop_token::Error> {
        let known = match &with.certificate {
            // A file that hides it is opened twice only where not every certificate will do.
            None if !self.filter.takes_all() => Some(with.certificate(keys, Use::SignIn).await?),
            shown => shown.clone(),
        };
        let passes = |it: &Certificate| self.filter.passes(it, with.beside());
        if !known.as_ref().is_none_or(passes) {
            return Ok(Err(Error::NoCertificate));
        }
        let signed = keys.sign_in(&with.key, &with.pin, &self.messages).await?;
        Ok(match known.is_none_or(|it| it.der == signed.certificate) {
            // 3. The answer.
            true => Ok(assertion(&signed)),
            false => Err(Error::OtherCertificate),
        })
    }
}

fn assertion(signed: &Signed) -> Assertion {
    Assertion::new(
        &signed.certificate,
        algorithm(signed.key),
        &signed.signature,
    )
}

/// The one algorithm that logins have with a key.
pub(crate) fn algorithm(key: KeyKind) -> Algorithm {
    match key {
        KeyKind::Rsa(_) => Algorithm::Rs256,
        KeyKind::P256 => Algorithm::Es256,
        KeyKind::P384 => Algorithm::Es384,
        KeyKind::P521 => Algorithm::Es512,
    }
}
