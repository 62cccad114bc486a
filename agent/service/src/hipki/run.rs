//! What callers have done, once they may: with the page's PIN, or with the window's.

use std::sync::Arc;

use chop_token::{Inventory, Pin, Token, Use};
use serde::Serialize;
use serde_json::{Value, json};
use tokio::sync::watch;

use super::{
    PinFrom, Room, SETTLING,
    access::Refusal,
    chosen::Wish,
    code::{self, Fault, Major},
    decrypt::DecryptData,
    fields::Fields,
    info::card_number,
    reply,
    sign::{Allowed, MakeSignature, wish},
};
use crate::{
    Asks, Caller, ChoiceId, Consent, Error, Keys, Scope,
    memory::{Standing, Try},
    operation::{Attempt, Entered, Operation},
};

impl From<Fault> for Refusal {
    fn from(fault: Fault) -> Self {
        Self { fault, words: None }
    }
}

impl<C: Consent, K: Keys> Room<C, K> {
    pub(super) async fn sign(&self, caller: &Caller, mut fields: Fields) -> Result<Value, Refusal> {
        let pin = fields.take_pin("pin");
        let allowed = Allowed {
            sha1: self.settings.sha1,
            issuers: &self.service.settings.issuers,
            hashed: matches!(caller, Caller::Site(site) if self.settings.hashed.contains(site)),
        };
        let clock = &self.service.settings.clock;
        let request = MakeSignature::read(&fields, allowed, clock)?;
        let road = Road {
            wish: &request.wish,
            wanted: Use::Sign,
            scope: Scope::Sign,
            check_validity: request.check_validity,
            fault: Major::Signing,
        };
        self.carry_out(caller, &request, &road, pin).await
    }

    pub(super) async fn decrypt(
        &self,
        caller: &Caller,
        mut fields: Fields,
    ) -> Result<Value, Refusal> {
        let pin = fields.take_pin("pin");
        let request = DecryptData::read(&fields, &self.service.settings.issuers)?;
        let road = Road {
            wish: &request.wish,
            wanted: Use::Decrypt,
            scope: Scope::Decrypt,
            check_validity: false,
            fault: Major::Decrypting,
        };
        self.carry_out(caller, &request, &road, pin).await
    }

    async fn carry_out<O>(
        &self,
        caller: &Caller,
        operation: &O,
        road: &Road<'_>,
        pin: Option<Pin>,
    ) -> Result<Value, Refusal>
    where
        O: Operation,
        O::Answer: Serialize,
    {
        // The window that takes the PIN asks for consent as well.
        if self.settings.pin == PinFrom::Window {
            if self.standing(caller, road.scope) == Standing::Blocked {
                return Err(Major::Untrusted.into());
            }
            return self.with_window(caller, operation, road).await;
        }
        let pin = pin.ok_or(Major::NoPin)?;
        self.let_in(caller, road.scope).await?;

        let inventory = self.inventory(SETTLING).await;
        let tries = &self.service.memory.tries;
        let tries = tries.of(road.wish.find(&inventory, road.wanted)?.token);
        // Whoever comes meanwhile has to know what came of this one.
        let mut turn = tries.turn().await;
        self.check_cool_down(caller)?;
        let inventory = self.inventory(SETTLING).await;
        let chosen = road.wish.find(&inventory, road.wanted)?;
        if !turn.is_of(chosen.token) {
            return Err(Major::NoCard.into());
        }
        if road.check_validity {
            chosen.check_validity(self.now())?;
        }
        let state = &chosen.token.pin;
        if state.locked {
            return Err(Fault::login(code::PIN_LOCKED).into());
        }
        if state.keypad || turn.leaves_the_last(chosen.token) {
            drop(turn);
            // A page can never take the last try: the person does, in a window that says so.
            return self.with_window(caller, operation, road).await;
        }
        if !state.length.contains(&pin.expose().len()) {
            return Err(Fault::login(code::PIN_LENGTH).into());
        }
        let entered = Entered {
            choice: ChoiceId(0),
            key: chosen.key.clone(),
            certificate: chosen.certificate.cloned(),
            inventory: Arc::clone(&inventory),
            pin,
            asks: Asks::Pin,
        };
        self.with_pin(caller, operation, &entered, road.fault, &mut turn)
            .await
    }

    /// With the page's PIN, which is used once, whatever comes.
    async fn with_pin<O>(
        &self,
        caller: &Caller,
        operation: &O,
        entered: &Entered,
        fault: Major,
        turn: &mut Try<'_>,
    ) -> Result<Value, Refusal>
    where
        O: Operation,
        O::Answer: Serialize,
    {
        let service = &self.service;
        let clock = &service.settings.clock;
        let mut attempt = Attempt::new(&service.memory.cool_down, caller, clock);
        attempt.begins(Asks::Pin);
        turn.begins();
        let (progress, _) = watch::channel(0);
        let done = operation.carry_out(&service.keys, entered, &progress).await;
        turn.came(&done);
        match done {
            Ok(Ok(answer)) => {
                attempt.succeeded();
                Ok(reply::value(answer))
            }
            Ok(Err(error)) => {
                attempt.failed(&error);
                Err(refusal(&error, fault))
            }
            Err(error) => {
                attempt.came(&error);
                Err(Fault::of(&error, fault).into())
            }
        }
    }

    /// With the PIN that the person enters in the agent's window.
    async fn with_window<O>(
        &self,
        caller: &Caller,
        operation: &O,
        road: &Road<'_>,
    ) -> Result<Value, Refusal>
    where
        O: Operation,
        O::Answer: Serialize,
    {
        let done = self.service.operate(caller, operation).await;
        let answer = done.map_err(|error| refusal(&error, road.fault))?;
        Ok(reply::value(answer))
    }

    pub(super) async fn change_pin(
        &self,
        caller: &Caller,
        mut fields: Fields,
    ) -> Result<Value, Refusal> {
        let (old, new) = (fields.take_pin("currentPIN"), fields.take_pin("newpin"));
        let card = fields.or_empty("cardid").to_owned();
        if card.is_empty() {
            return Err(Major::NoCardNumber.into());
        }
        let (old, new) = (old.ok_or(Major::NoPin)?, new.ok_or(Major::NoPin)?);
        let wish = Wish {
            key: None,
            ..wish(&fields, &self.service.settings.issuers)?
        };
        self.let_in(caller, Scope::ChangePin).await?;
        let inventory = self.inventory(SETTLING).await;
        let tries = &self.service.memory.tries;
        let mut turn = tries.of(named(&inventory, &wish, &card)?).turn().await;
        self.check_cool_down(caller)?;
        let inventory = self.inventory(SETTLING).await;
        let token = named(&inventory, &wish, &card)?;
        if token.pin.locked {
            return Err(Fault::login(code::PIN_LOCKED).into());
        }
        let fits = |pin: &Pin| token.pin.length.contains(&pin.expose().len());
        // The last try is for a window that says so, which `chop pin` has.
        if !fits(&old) || !fits(&new) {
            return Err(Fault::login(code::PIN_LENGTH).into());
        }
        if token.pin.keypad || turn.leaves_the_last(token) {
            return Err(Refusal {
                fault: Fault::login(code::wrong_pin(Some(1))),
                words: Some("只剩最後一次機會，請改用 Chop 的「變更 PIN 碼」"),
            });
        }
        let service = &self.service;
        let clock = &service.settings.clock;
        let mut attempt = Attempt::new(&service.memory.cool_down, caller, clock);
        attempt.begins(Asks::Pin);
        turn.begins();
        let done = service.keys.change_pin(&token.id, &old, &new).await;
        turn.came(&done);
        match done {
            Ok(()) => {
                attempt.succeeded();
                Ok(json!({
                    "func": "changeUserPINCode",
                    "last_error": 0,
                    "message": "PIN碼變更成功",
                    "ret_code": 0,
                    "serverVersion": self.settings.version,
                }))
            }
            Err(error) => {
                attempt.came(&error);
                Err(Fault::of(&error, Major::Login).into())
            }
        }
    }

    fn check_cool_down(&self, caller: &Caller) -> Result<(), Refusal> {
        let now = self.service.settings.clock.now();
        let checked = self.service.memory.cool_down.check(caller, now);
        checked.map_err(|error| refusal(&error, Major::Untrusted))
    }

    fn now(&self) -> i64 {
        let now = self.service.settings.clock.now();
        let since = now.duration_since(std::time::UNIX_EPOCH);
        since.map_or(0, |it| i64::try_from(it.as_secs()).unwrap_or(i64::MAX))
    }
}

/// How an operation goes.
struct Road<'a> {
    wish: &'a Wish,
    wanted: Use,
    scope: Scope,
    check_validity: bool,
    /// What it is when the card fails.
    fault: Major,
}

/// The card of this number.
fn named<'a>(inventory: &'a Inventory, wish: &Wish, card: &str) -> Result<&'a Token, Fault> {
    let token = inventory.tokens.iter().find(|it| card_number(it) == card);
    match token {
        Some(token) => Ok(token),
        None => {
            wish.token(inventory)?;
            Err(Major::NoCard.into())
        }
    }
}

/// An error of the road that native operations go, as pages of this room know it.
fn refusal(error: &Error, fault: Major) -> Refusal {
    let of = |major: Major| Refusal::from(major);
    match error {
        Error::Token(error) => Fault::of(error, fault).into(),
        Error::PinWrong { left } => Fault::login(code::wrong_pin(*left)).into(),
        Error::PinLocked => Fault::login(code::PIN_LOCKED).into(),
        Error::NoReader => of(Major::NoReader),
        Error::NoCard => of(Major::NoCard),
        Error::NoCertificate => of(Major::NoCertificate),
        Error::NotDecrypted => of(Major::Decrypting),
        Error::UserRefused | Error::UserTimeout => of(Major::Cancelled),
        Error::CoolingDown { .. } => Refusal {
            words: Some(super::access::COOLING_DOWN),
            ..of(Major::Untrusted)
        },
        Error::Busy => Refusal {
            words: Some(super::access::BUSY),
            ..of(Major::Timeout)
        },
        Error::Cms(_) => of(fault),
        _ => of(Major::Timeout),
    }
}
