//! The road that every operation goes, from a request that has passed the guard to its answer.
//!
//! Spec: docs/protocol.md, "Operations".

mod attempt;
mod conversation;
mod offers;
mod wanted;

use std::{future::Future, sync::Arc};

use chop_token::{Certificate, Inventory, KeyId, Pin, Signer, Use};
use ring::digest;
use tokio::sync::watch;

use crate::{Asks, Caller, ChoiceId, Consent, Ending, Error, Keys, Purpose, Service};
use conversation::{Conversation, Tried};

pub(crate) use attempt::Attempt;
pub(crate) use wanted::Filter;

/// One of the things that a site can ask for.
pub(crate) trait Operation: Sync {
    /// What it is for, in the end.
    type Answer: Send;

    /// What the window says that it is.
    fn purpose(&self) -> Purpose;

    /// How many things the card has to do: more than one are counted in the window.
    fn steps(&self) -> usize {
        1
    }

    /// What can be chosen of what is plugged in.
    fn offers(&self, inventory: &Inventory) -> Vec<Signer>;

    /// What a choice asks of the person.
    fn asks(&self, signer: &Signer) -> Asks {
        match signer.pin.keypad {
            true => Asks::Keypad,
            false => Asks::Pin,
        }
    }

    /// Has the card do it, once. `progress` is told how many steps are done.
    ///
    /// # Errors
    /// What the card said; what else went wrong is the answer's own.
    fn carry_out<K: Keys>(
        &self,
        keys: &K,
        with: &Entered,
        progress: &watch::Sender<usize>,
    ) -> impl Future<Output = Result<Result<Self::Answer, Error>, chop_token::Error>> + Send;
}

/// What the person chose and entered, for one try.
pub(crate) struct Entered {
    pub(crate) choice: ChoiceId,
    pub(crate) key: KeyId,
    /// The certificate that the window showed; `None` for a file that hides it.
    pub(crate) certificate: Option<Certificate>,
    /// What was plugged in when it was entered.
    pub(crate) inventory: Arc<Inventory>,
    /// Empty where none was asked for.
    pub(crate) pin: Pin,
    pub(crate) asks: Asks,
}

impl Entered {
    /// All certificates of its token.
    pub(crate) fn beside(&self) -> &[Certificate] {
        let token = self.inventory.token(&self.key.token);
        token.map_or(&[], |token| &token.certificates)
    }

    /// The certificate that was shown; of a file that hides it, the one that the PIN reveals.
    ///
    /// # Errors
    /// As [`Keys::reveal`].
    pub(crate) async fn certificate<K: Keys>(
        &self,
        keys: &K,
        wanted: Use,
    ) -> Result<Certificate, chop_token::Error> {
        match &self.certificate {
            Some(shown) => Ok(shown.clone()),
            None => keys.reveal(&self.key, &self.pin, wanted).await,
        }
    }
}

impl<C: Consent, K: Keys> Service<C, K> {
    /// Does what `caller` asks for. Steps as in docs/protocol.md; 1 (who asks) and 2 (what for) have
    /// been answered.
    ///
    /// Dropping the future stops the card operation, then closes the window.
    pub(crate) async fn operate<O: Operation>(
        &self,
        caller: &Caller,
        operation: &O,
    ) -> Result<O::Answer, Error> {
        let clock = &self.settings.clock;
        // 3. A site whose windows ended badly too often waits, and does not learn who else asks.
        self.memory.cool_down.check(caller, clock.now())?;
        // 4. One window at a time; the turn is given back however this ends.
        let _turn = self.turn.try_acquire().map_err(|_| Error::Busy)?;
        let mut attempt = Attempt::new(&self.memory.cool_down, caller, clock);
        // 5. Ask. Only when the window is open, look at cards.
        let opened = Conversation::open(self, caller, operation).await;
        let mut conversation = opened.inspect_err(|_| attempt.could_not_open())?;
        self.keys.look();

        loop {
            let entered = conversation.next_answer(clock).await?;

            // 6. The card, once. What comes of a PIN is said in the same window.
            attempt.begins(entered.asks);
            let (progress, done) = watch::channel(0);
            let work = self.counted(
                &entered,
                operation.carry_out(&self.keys, &entered, &progress),
            );
            match conversation.while_working(work, entered.asks, done).await? {
                Ok(Ok(answer)) => {
                    attempt.succeeded();
                    if let (Some(certificate), true) =
                        (&entered.certificate, conversation.had_a_choice())
                    {
                        self.memory
                            .choices
                            .remember(caller, fingerprint(certificate));
                    }
                    conversation.end(Ending::Done);
                    // 7. The answer.
                    return Ok(answer);
                }
                Ok(Err(error)) => {
                    attempt.failed(&error);
                    conversation.end(ending(&error));
                    return Err(error);
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
                Err(chop_token::Error::Cancelled) => {
                    attempt.cost_nothing();
                    // As if the person had closed the window.
                    conversation.end(Ending::PageGone);
                    return Err(Error::UserRefused);
                }
                Err(error) => {
                    attempt.came(&error);
                    let error = Error::from(error);
                    conversation.end(ending(&error));
                    return Err(error);
                }
            }
        }
    }

    /// Has the card count what comes of a PIN, so that no page takes its last try.
    async fn counted<T>(
        &self,
        entered: &Entered,
        work: impl Future<Output = Result<T, chop_token::Error>>,
    ) -> Result<T, chop_token::Error> {
        let token = match entered.asks {
            Asks::Agreement => None,
            Asks::Pin | Asks::Keypad => entered.inventory.token(&entered.key.token),
        };
        let Some(token) = token else {
            return work.await;
        };
        let mut turn = self.memory.tries.of(token).turn().await;
        turn.begins();
        let done = work.await;
        turn.came(&done);
        done
    }
}

/// SHA-256 of the DER.
pub(crate) fn fingerprint(certificate: &Certificate) -> [u8; 32] {
    let digest = digest::digest(&digest::SHA256, &certificate.der);
    digest.as_ref().try_into().expect("SHA-256 has 32 bytes")
}

/// What the window shows of an error.
fn ending(error: &Error) -> Ending {
    match error {
        Error::Token(chop_token::Error::CardRemoved | chop_token::Error::KeyGone) => {
            Ending::CardRemoved
        }
        Error::Token(chop_token::Error::Unsupported) => Ending::Unsupported,
        Error::NotDecrypted => Ending::NotDecrypted,
        _ => Ending::CardFault,
    }
}
