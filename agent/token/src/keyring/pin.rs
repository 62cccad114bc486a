//! Changing a PIN, and setting a new one with the PUK.

use super::{
    Keyring,
    keeper::Event,
    kinds::{self, Change, NoAnswer},
    operation::{Operation, Step},
};
use crate::{
    Error, Pin, TokenId,
    wire::{Reply, Request},
};

impl Keyring {
    /// Changes a token's PIN. The old one is used for one try, whatever happens.
    ///
    /// # Errors
    /// [`Error::PinRefused`] if the card does not take the new one, [`Error::Unsupported`] if
    /// module or file cannot do it, and [`Error`], each variant as it says.
    pub async fn change_pin(&self, token: &TokenId, old: &Pin, new: &Pin) -> Result<(), Error> {
        let operation = self.operation(token)?;
        if !operation.pin().length.contains(&new.expose().len()) {
            return Err(Error::PinRefused);
        }
        let request = Request::ChangePin(operation.place());
        operation.ask(&request, &[old, new], done).await?;
        operation.tell(Event::Changed);
        Ok(())
    }

    /// Sets a new PIN with the PUK, which also unlocks a card whose PIN is locked. The PUK is used
    /// for one try, whatever happens. Cards of a known kind are asked directly, others through
    /// their module.
    ///
    /// # Errors
    /// [`Error::PukWrong`], [`Error::PukLocked`], [`Error::NotFree`], and as [`Keyring::change_pin`].
    pub async fn unblock(&self, token: &TokenId, puk: &Pin, new: &Pin) -> Result<(), Error> {
        let operation = self.operation(token)?;
        if !operation.pin().length.contains(&new.expose().len()) {
            return Err(Error::PinRefused);
        }
        match operation.seat() {
            Some(seat) => {
                let limit = operation.deadline();
                let asked = kinds::unblock(seat, puk.copy(), new.copy(), limit);
                match operation.host().quietly(asked).await {
                    Ok(Change::Done) => {}
                    Ok(Change::Wrong { left }) => return Err(Error::PukWrong { left }),
                    Ok(Change::Locked) => return Err(Error::PukLocked),
                    Ok(Change::Refused) => return Err(Error::PinRefused),
                    Err(NoAnswer::UnknownKind) => operation.unblock(puk, new).await?,
                    Err(NoAnswer::NotFree) => return Err(Error::NotFree),
                    Err(NoAnswer::Failed) => return Err(Error::CardRemoved),
                    Err(NoAnswer::Status(code)) => return Err(operation.refused(code).await),
                    Err(NoAnswer::Silent) => {
                        return Err(Error::Deadline {
                            seconds: limit.as_secs(),
                        });
                    }
                }
            }
            None => operation.unblock(puk, new).await?,
        }
        operation.tell(Event::Changed);
        Ok(())
    }
}

impl Operation<'_> {
    /// What a card said that was given the PUK, and is unknown.
    async fn refused(&self, code: u16) -> Error {
        let error = Error::Module {
            call: "RESET RETRY COUNTER",
            code: code.into(),
        };
        self.unless_gone(error).await
    }

    async fn unblock(&self, puk: &Pin, new: &Pin) -> Result<(), Error> {
        let request = Request::Unblock(self.place());
        let asked = self.ask(&request, &[puk, new], done).await;
        asked.map_err(|error| match error {
            Error::PinWrong { .. } => Error::PukWrong { left: None },
            Error::PinLocked => Error::PukLocked,
            error => error,
        })
    }
}

fn done(reply: Reply, _: Option<Pin>) -> Step<()> {
    match reply {
        Reply::Done => Step::Last(()),
        _ => Step::Nonsense,
    }
}
