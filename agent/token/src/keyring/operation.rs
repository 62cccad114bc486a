//! What every operation with a PIN has in common: it has a card, an end, and one try.

use std::{
    path::Path,
    sync::{Arc, PoisonError},
    time::Duration,
};

use tokio::sync::mpsc::UnboundedSender;

use super::{
    Keyring,
    child::Answer,
    host::{Host, Silence},
    keeper::Event,
    kinds::{self, Tries},
    presence::{At, Presence},
};
use crate::{
    Certificate, Error, KeyId, Pin, PinState, Signer, Token, TokenId, Use, WorkerSource,
    wire::{Failure, Key, Place, Reply, Request},
};

/// An operation with one token, as long as its card stays in.
pub(super) struct Operation<'a> {
    keyring: &'a Keyring,
    host: Arc<Host>,
    token: Token,
    presence: Presence,
}

/// What an answer means.
pub(super) enum Step<T> {
    /// More will follow.
    More,
    /// It was the last.
    Last(T),
    /// It was not asked for.
    Nonsense,
}

impl Keyring {
    /// Begins an operation with a token that is there.
    pub(super) fn operation(&self, id: &TokenId) -> Result<Operation<'_>, Error> {
        let host = self.host(&id.source).ok_or(Error::KeyGone)?;
        // Under one lock with the inventory: no later card is taken for the one that was shown.
        let shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        let token = {
            let inventory = self.inventory.borrow();
            let same = |other: &Token| other.id.source == id.source && other.id.serial == id.serial;
            match inventory.token(id) {
                Some(token) => token.clone(),
                None if id.serial.is_empty() || inventory.tokens.iter().any(same) => {
                    return Err(Error::KeyGone);
                }
                None => return Err(Error::CardRemoved),
            }
        };
        let at = match token.reader.as_deref() {
            Some(name) => At::Reader(name),
            None => At::Described(shown.place(id)),
        };
        let presence = Presence::of(&shown.seats, &self.seats, at);
        Ok(Operation {
            keyring: self,
            host,
            token,
            presence: presence.ok_or(Error::CardRemoved)?,
        })
    }

    fn host(&self, source: &Path) -> Option<Arc<Host>> {
        let hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        hosts
            .iter()
            .find(|host| host.source().path() == source)
            .cloned()
    }

    /// Begins an operation with a key, and says what the worker must know of it.
    pub(super) fn operation_with(
        &self,
        key: &KeyId,
        shown: Option<&Certificate>,
        wanted: Use,
    ) -> Result<(Operation<'_>, Key), Error> {
        let operation = self.operation(&key.token)?;
        let wire = match operation.host.source() {
            WorkerSource::Module(_) => {
                let certificate = shown.ok_or(Error::KeyGone)?;
                Key::Card {
                    place: operation.place(),
                    id: key.id.clone(),
                    kind: certificate.key.ok_or(Error::Unsupported)?,
                }
            }
            WorkerSource::Pkcs12(_) => Key::File {
                shown: shown.map(|certificate| certificate.der.clone()),
                wanted,
            },
        };
        Ok((operation, wire))
    }

    /// The signer as it was shown.
    pub(super) fn signer(&self, key: &KeyId, wanted: Use) -> Result<Signer, Error> {
        // What became of the card is the better answer.
        self.operation(&key.token)?;
        let signers = self.inventory.borrow().signers(wanted);
        let found = signers.into_iter().find(|signer| signer.key == *key);
        found.ok_or(Error::KeyGone)
    }
}

impl Operation<'_> {
    pub(super) fn place(&self) -> Place {
        Place {
            slot: self.token.id.slot,
            serial: self.token.id.serial.clone(),
            keypad: self.token.pin.keypad,
        }
    }

    pub(super) fn pin(&self) -> &PinState {
        &self.token.pin
    }

    pub(super) fn reader(&self) -> Option<&str> {
        self.token.reader.as_deref()
    }

    /// The reader that the card is in, and its count: see [`super::seats::Seat`].
    pub(super) fn seat(&self) -> Option<(&str, u64)> {
        self.presence.seat()
    }

    pub(super) fn host(&self) -> &Arc<Host> {
        &self.host
    }

    /// How long the card may take.
    pub(super) fn deadline(&self) -> Duration {
        self.keyring.deadline
    }

    /// What a worker has returned is not what it should be: it does nothing more.
    pub(super) fn distrust(&self) {
        self.host.restart();
    }

    /// Something about the token has changed.
    pub(super) fn tell(&self, event: impl FnOnce(TokenId) -> Event) {
        let _ = self.keyring.events.send(event(self.token.id.clone()));
    }

    /// Asks the worker; each answer that is no failure goes to `each`.
    ///
    /// # Errors
    /// [`Error`], each variant as it says.
    pub(super) async fn ask<T>(
        &self,
        request: &Request,
        secrets: &[&Pin],
        mut each: impl FnMut(Reply, Option<Pin>) -> Step<T>,
    ) -> Result<T, Error> {
        let mut used = Used {
            events: &self.keyring.events,
            token: Some(&self.token.id),
        };
        let stop = self.presence.gone_for(self.keyring.grace);
        let limit = self.keyring.deadline;
        let each = |Answer { reply, secret }: Answer| match reply {
            Reply::Failed(failure) => Some(Err(Ok(failure))),
            Reply::Unusable(fault) => {
                let fault = fault.fit_to_be_shown();
                tracing::warn!(%fault, "cannot be used");
                Some(Err(Err(Error::WorkerEnded)))
            }
            reply => match each(reply, secret) {
                Step::More => None,
                Step::Last(last) => Some(Ok(last)),
                Step::Nonsense => Some(Err(Err(Error::WorkerEnded))),
            },
        };
        let failure = match self.host.ask(request, secrets, limit, stop, each).await {
            Ok(Ok(last)) => return Ok(last),
            Ok(Err(Err(error))) => return Err(error),
            Ok(Err(Ok(failure))) => failure,
            Err(silence) => return Err(self.silence(silence).await),
        };
        if failure.leaves_no_login() {
            used.token = None;
        }
        Err(self.error(failure).await)
    }

    async fn silence(&self, silence: Silence) -> Error {
        match silence {
            Silence::NotAllowed => Error::KeyGone,
            Silence::Spawn(cause) => Error::Spawn(cause),
            Silence::Stopped => Error::CardRemoved,
            Silence::Deadline => Error::Deadline {
                seconds: self.keyring.deadline.as_secs(),
            },
            Silence::Ended(status) => {
                tracing::info!(?status, "a worker ended");
                self.unless_gone(Error::WorkerEnded).await
            }
        }
    }

    async fn error(&self, failure: Failure) -> Error {
        match failure {
            Failure::PinWrong { left: None } => self.pin_wrong().await,
            Failure::PinWrong { left: Some(left) } => {
                self.tell(|id| Event::Refused(id, Some(Tries::Left(left))));
                Error::PinWrong { left: Some(left) }
            }
            Failure::PinLocked => {
                self.tell(|id| Event::Refused(id, Some(Tries::Locked)));
                Error::PinLocked
            }
            Failure::PinLength => Error::PinLength,
            Failure::PinRefused => Error::PinRefused,
            Failure::Cancelled => Error::Cancelled,
            Failure::CardRemoved => Error::CardRemoved,
            Failure::KeyGone => Error::KeyGone,
            Failure::Unsupported => Error::Unsupported,
            Failure::NotASignature => Error::NotASignature,
            Failure::File(fault) => Error::Pkcs12(fault),
            Failure::Module { call, code } => {
                let error = Error::Module {
                    call: call.name(),
                    code,
                };
                self.unless_gone(error).await
            }
        }
    }

    /// Whether the card is gone, or is just going: it takes a second to be sure that it is not.
    pub(super) async fn is_gone(&self) -> bool {
        self.presence.goes_within(Duration::from_secs(1)).await
    }

    /// What a module calls by any name is often just the card being pulled.
    pub(super) async fn unless_gone(&self, error: Error) -> Error {
        match self.is_gone().await {
            true => Error::CardRemoved,
            false => error,
        }
    }

    async fn pin_wrong(&self) -> Error {
        let tries = match self.reader() {
            Some(reader) => self.host.quietly(kinds::tries(reader)).await,
            None => None,
        };
        self.tell(|id| Event::Refused(id, tries));
        match tries {
            Some(Tries::Locked) => Error::PinLocked,
            Some(Tries::Left(left)) => Error::PinWrong { left: Some(left) },
            Some(Tries::LoggedIn) | None => Error::PinWrong { left: None },
        }
    }
}

/// Tells, when an operation ends in whatever way, that the card may have been logged in.
struct Used<'a> {
    events: &'a UnboundedSender<Event>,
    /// `None` if it certainly was not.
    token: Option<&'a TokenId>,
}

impl Drop for Used<'_> {
    fn drop(&mut self) {
        if let Some(token) = self.token {
            let _ = self.events.send(Event::Used(token.clone()));
        }
    }
}
