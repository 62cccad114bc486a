//! One signature, from the agent's side.

use std::time::Duration;

use tokio::sync::mpsc::UnboundedSender;

use super::{
    Keyring, Signed,
    host::{Host, Silence},
    keeper::Event,
    kinds::{self, Tries},
    presence::Presence,
};
use crate::{
    Error, KeyId, Messages, Pin, Signer, WorkerSource, check,
    wire::{Failure, Order, Reply, Request},
};

impl Keyring {
    /// Logs in, signs and logs out. The PIN is used for one try, whatever happens.
    ///
    /// # Errors
    /// [`Error`], each variant as it says. Dropping the future ends the operation, and the worker
    /// with it.
    pub async fn sign(&self, key: &KeyId, pin: Pin, messages: &Messages) -> Result<Signed, Error> {
        let host = self
            .hosts
            .iter()
            .find(|host| *host.source().path() == key.source);
        let host = host.ok_or(Error::KeyGone)?;
        let signer = self.signer(key)?;
        let presence = Presence::now(&self.seats, signer.reader.as_deref());
        let presence = presence.ok_or(Error::CardRemoved)?;

        let request = request(host.source(), &signer, messages)?;
        let stop = presence.gone_for(self.grace);
        let mut used = Used {
            events: &self.events,
            signer: Some(&signer),
        };
        let answer = host.ask(&request, Some(&pin), self.deadline, stop).await;
        drop(pin);

        let failure = match answer {
            Ok(Reply::Signature(signature)) => {
                let signed = checked(&signer, signature, messages);
                if signed.is_err() {
                    host.restart();
                }
                return signed;
            }
            Ok(Reply::Signed {
                certificate,
                kind,
                signature,
            }) => {
                return Ok(Signed {
                    certificate,
                    key: kind,
                    signature,
                });
            }
            Ok(Reply::Failed(failure)) => failure,
            Ok(Reply::Unusable(reason)) => {
                tracing::warn!(%reason, "cannot sign");
                return Err(Error::WorkerEnded);
            }
            Ok(Reply::Listing(_)) => return Err(Error::WorkerEnded),
            Err(Silence::Spawn(cause)) => return Err(Error::Spawn(cause)),
            Err(Silence::Stopped) => return Err(Error::CardRemoved),
            Err(Silence::Deadline) => {
                return Err(Error::Deadline {
                    seconds: self.deadline.as_secs(),
                });
            }
            Err(Silence::Ended(_)) => {
                return Err(self.unless_gone(&presence, Error::WorkerEnded).await);
            }
        };
        if failure.is_about_the_pin() {
            used.signer = None;
        }
        Err(match failure {
            Failure::PinWrong => self.pin_wrong(&signer, host).await,
            Failure::PinLocked => {
                let _ = self
                    .events
                    .send(Event::Refused(key.clone(), Some(Tries::Locked)));
                Error::PinLocked
            }
            Failure::PinLength => Error::PinLength,
            Failure::CardRemoved => Error::CardRemoved,
            Failure::KeyGone => Error::KeyGone,
            Failure::NotASignature => Error::NotASignature,
            Failure::File(fault) => Error::Pkcs12 {
                cause: fault.text(),
            },
            Failure::Module { call, code } => {
                let error = Error::Module {
                    call: call.name(),
                    code,
                };
                self.unless_gone(&presence, error).await
            }
        })
    }

    /// The signer as it was shown.
    fn signer(&self, key: &KeyId) -> Result<Signer, Error> {
        let inventory = self.inventory.borrow();
        if let Some(signer) = inventory.signers.iter().find(|signer| signer.key == *key) {
            return Ok(signer.clone());
        }
        let same = |other: &KeyId| other.source == key.source && other.token == key.token;
        match key.token.is_empty() || inventory.signers.iter().any(|other| same(&other.key)) {
            true => Err(Error::KeyGone),
            false => Err(Error::CardRemoved),
        }
    }

    /// What a module calls by any name is often just the card being pulled.
    async fn unless_gone(&self, presence: &Presence, error: Error) -> Error {
        match presence.goes_within(Duration::from_secs(1)).await {
            true => Error::CardRemoved,
            false => error,
        }
    }

    async fn pin_wrong(&self, signer: &Signer, host: &Host) -> Error {
        let tries = match &signer.reader {
            Some(reader) => host.quietly(kinds::tries(reader)).await,
            None => None,
        };
        let _ = self.events.send(Event::Refused(signer.key.clone(), tries));
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
    signer: Option<&'a Signer>,
}

impl Drop for Used<'_> {
    fn drop(&mut self) {
        if let Some(Signer {
            key,
            reader: Some(_),
            ..
        }) = self.signer
        {
            let _ = self.events.send(Event::Used(key.clone()));
        }
    }
}

fn request(source: &WorkerSource, signer: &Signer, messages: &Messages) -> Result<Request, Error> {
    let shown = signer.certificate.as_ref();
    Ok(match source {
        WorkerSource::Module(_) => {
            let kind = shown.ok_or(Error::KeyGone)?.key;
            let KeyId {
                slot, token, id, ..
            } = signer.key.clone();
            let message = messages.fitting(kind).to_vec();
            Request::Sign(Order {
                slot,
                token,
                id,
                kind,
                keypad: signer.pin.keypad,
                message,
            })
        }
        WorkerSource::Pkcs12(_) => Request::SignWithFile {
            shown: shown.map(|certificate| certificate.der.clone()),
            messages: messages.clone(),
        },
    })
}

fn checked(signer: &Signer, signature: Vec<u8>, messages: &Messages) -> Result<Signed, Error> {
    let certificate = signer.certificate.as_ref().ok_or(Error::NotASignature)?;
    let key = certificate.key;
    match check::seems_by(&certificate.der, key, messages.fitting(key), &signature) {
        true => Ok(Signed {
            certificate: certificate.der.clone(),
            key,
            signature,
        }),
        false => Err(Error::NotASignature),
    }
}
