//! PINs that were wrong, card by card: pages' PINs are tried one at a time, and never the last.
//!
//! Most cards do not tell how many tries are left, so all that went wrong is counted, whoever
//! entered it: a page, or the person in a window of the agent or of `chop pin`. A right PIN ends
//! the count, and a restart does not.
//!
//! Spec: docs/hicos.md, "PINs"; docs/threat-model.md, C-11.

use std::{
    collections::HashMap,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

use chop_token::{Error, Token};
use serde::{Deserialize, Serialize};
use tokio::sync::{Mutex as Turns, OwnedMutexGuard as Turn};

use super::{file::Salt, shared::Shared};

/// A page's PIN is not tried when so many were wrong since the last right one: most cards have
/// three tries.
const WRONG: u8 = 2;
/// How many cards are remembered; beyond, the one that was heard of longest ago is forgotten.
const MOST: usize = 100;

/// The counts of one person's cards.
#[derive(Debug)]
pub struct Tries {
    file: Shared<Content>,
    turns: Mutex<HashMap<String, Arc<Turns<()>>>>,
}

/// The file: no card's number is in it.
#[derive(Debug, Deserialize, Serialize)]
struct Content {
    salt: Salt,
    /// The newest last.
    cards: Vec<Card>,
}

#[derive(Debug, Deserialize, Serialize)]
struct Card {
    card: String,
    wrong: u8,
}

impl Default for Content {
    fn default() -> Self {
        Self {
            salt: Salt::new(),
            cards: Vec::new(),
        }
    }
}

/// One card's.
#[derive(Debug)]
pub struct OfCard<'a> {
    tries: &'a Tries,
    card: String,
    turn: Arc<Turns<()>>,
}

/// One card's, while nobody else tries a PIN on it.
#[derive(Debug)]
pub struct Try<'a> {
    tries: &'a Tries,
    card: String,
    /// A PIN is with the card, and nobody knows yet what comes of it.
    begun: bool,
    _turn: Turn<()>,
}

impl Tries {
    /// Those in `folder`, which is the one of [`crate::Memory`].
    #[must_use]
    pub fn load(folder: &Path) -> Self {
        Self {
            file: Shared::load(folder.join("tries.json")),
            turns: Mutex::default(),
        }
    }

    /// None, until the process ends.
    #[must_use]
    pub fn in_memory() -> Self {
        Self {
            file: Shared::in_memory(),
            turns: Mutex::default(),
        }
    }

    /// Those of this card.
    pub fn of(&self, token: &Token) -> OfCard<'_> {
        let card = name(token);
        let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        let turn = Arc::clone(turns.entry(card.clone()).or_default());
        OfCard {
            tries: self,
            card,
            turn,
        }
    }

    fn count(&self, card: &str) -> u8 {
        self.file.look(|content| match content.cards.is_empty() {
            true => 0,
            false => {
                let name = content.salt.name(card);
                let found = content.cards.iter().find(|it| it.card == name);
                found.map_or(0, |it| it.wrong)
            }
        })
    }

    fn set(&self, card: &str, change: impl FnOnce(u8) -> u8) {
        self.file.change(|content| {
            let name = content.salt.name(card);
            let at = content.cards.iter().position(|it| it.card == name);
            let old = at.map_or(0, |at| content.cards.remove(at).wrong);
            let wrong = change(old);
            if wrong > 0 {
                content.cards.push(Card { card: name, wrong });
            }
            if content.cards.len() > MOST {
                content.cards.remove(0);
            }
            ((), old != wrong)
        });
    }
}

impl<'a> OfCard<'a> {
    /// Waits until nobody else in this process tries a PIN on this card.
    pub async fn turn(self) -> Try<'a> {
        Try {
            tries: self.tries,
            card: self.card,
            begun: false,
            _turn: self.turn.lock_owned().await,
        }
    }
}

impl Try<'_> {
    /// Whether it is this card's.
    pub(crate) fn is_of(&self, token: &Token) -> bool {
        self.card == name(token)
    }

    /// Whether the next one would be the last that the card takes, as far as anybody knows.
    pub(crate) fn leaves_the_last(&self, token: &Token) -> bool {
        token.pin.tries_left.is_some_and(|left| left <= 1) || self.tries.count(&self.card) >= WRONG
    }

    /// A PIN goes to the card; what comes of it is said to [`Try::came`]. Who asked may be gone by
    /// then: it counts as wrong until more is known.
    pub fn begins(&mut self) {
        self.begun = true;
    }

    /// What came of it.
    pub fn came<T>(&mut self, done: &Result<T, Error>) {
        match done {
            // Nearly always there is nothing to forget: then nothing is written.
            Ok(_) if self.tries.count(&self.card) > 0 => self.tries.set(&self.card, |_| 0),
            Err(error) if error.may_have_cost_a_try() => return,
            Ok(_) | Err(_) => {}
        }
        self.begun = false;
    }
}

impl Drop for Try<'_> {
    fn drop(&mut self) {
        if self.begun {
            self.tries.set(&self.card, |wrong| wrong.saturating_add(1));
        }
    }
}

/// What has no number is known by where it comes from.
fn name(token: &Token) -> String {
    match token.id.serial.trim() {
        "" => token.id.source.to_string_lossy().into_owned(),
        serial => serial.to_owned(),
    }
}

#[cfg(test)]
mod tests;
