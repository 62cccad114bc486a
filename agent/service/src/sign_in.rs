//! The road of a login, from a request that has passed the guard to an assertion.
//!
//! Spec: docs/protocol.md, "Sign in".

mod attempt;
mod conversation;
mod offers;

use chop_protocol::{Algorithm, Assertion, Challenge, Hash, Origin, SignInRequest, signed_message};
use chop_token::{KeyKind, Messages, Signed};

use crate::{Consent, Ending, Error, Keys, Service};
use attempt::Attempt;
use conversation::{Conversation, Tried};

impl<C: Consent, K: Keys> Service<C, K> {
    /// Signs a login challenge for `site`; `body` is the request's. Steps as in docs/protocol.md.
    ///
    /// Dropping the future stops the card operation, then closes the window.
    pub(crate) async fn sign_in(&self, site: &Origin, body: &[u8]) -> Result<Assertion, Error> {
        // 2. Understand the request. (1, who asks, has been answered.)
        let challenge = SignInRequest::parse(body)?.challenge;
        // 3. A site whose windows ended badly too often waits, and does not learn who else asks.
        self.cool_down.check(site, self.settings.clock.now())?;
        // 4. One window at a time; the turn is given back however this ends.
        let _turn = self.turn.try_acquire().map_err(|_| Error::Busy)?;
        let mut attempt = Attempt::new(&self.cool_down, site, &self.settings.clock);
        // 5. Ask. Only when the window is open, look at cards.
        let mut conversation = Conversation::open(self, site).await?;
        attempt.opened();
        self.keys.look();

        // 6. Origin and challenge together, so that neither can be swapped.
        let messages = messages(site, &challenge);
        loop {
            let entered = conversation.next_pin(&self.settings.clock).await?;

            // 7. The card, once. What comes of a PIN is said in the same window.
            attempt.begins();
            let signing = self.keys.sign_in(&entered.key, &entered.pin, &messages);
            match conversation.while_checking(signing).await? {
                Ok(signed)
                    if entered
                        .certificate
                        .is_none_or(|shown| shown == signed.certificate) =>
                {
                    attempt.succeeded();
                    conversation.end(Ending::Done);
                    // 8. The answer.
                    return Ok(assertion(&signed));
                }
                Ok(_) => {
                    conversation.end(Ending::CardFault);
                    return Err(Error::OtherCertificate);
                }
                Err(
                    chop_token::Error::PinWrong { left: Some(0) } | chop_token::Error::PinLocked,
                ) => {
                    attempt.was_wrong();
                    conversation.say(entered.choice, Tried::Locked);
                }
                Err(chop_token::Error::PinWrong { left }) => {
                    attempt.was_wrong();
                    conversation.say(entered.choice, Tried::Wrong { left });
                }
                Err(chop_token::Error::PinLength) => {
                    attempt.cost_nothing();
                    conversation.say(entered.choice, Tried::Length);
                }
                Err(error) => {
                    attempt.cost_nothing();
                    conversation.end(match error {
                        chop_token::Error::CardRemoved | chop_token::Error::KeyGone => {
                            Ending::CardRemoved
                        }
                        _ => Ending::CardFault,
                    });
                    return Err(error.into());
                }
            }
        }
    }
}

/// What is signed, for each hash that the key may ask for.
fn messages(site: &Origin, challenge: &Challenge) -> Messages {
    Messages {
        sha256: signed_message(site, challenge, Hash::Sha256),
        sha384: signed_message(site, challenge, Hash::Sha384),
        sha512: signed_message(site, challenge, Hash::Sha512),
    }
}

fn assertion(signed: &Signed) -> Assertion {
    let algorithm = match signed.key {
        KeyKind::Rsa(_) => Algorithm::Rs256,
        KeyKind::P256 => Algorithm::Es256,
        KeyKind::P384 => Algorithm::Es384,
        KeyKind::P521 => Algorithm::Es512,
    };
    Assertion::new(&signed.certificate, algorithm, &signed.signature)
}
