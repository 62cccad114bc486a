//! PINs of pages, card by card: one at a time, and never the last.
//!
//! Spec: docs/hicos.md, "PINs"; docs/threat-model.md, C-11.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use chop_token::Token;
use tokio::sync::{Mutex as Turns, MutexGuard as Turn};

/// A page's PIN is not tried when so many were wrong since the last right one: most cards have
/// three tries, and some do not tell.
const WRONG: u8 = 2;

/// The counts of all cards since the agent's start.
#[derive(Debug, Default)]
pub(super) struct Tries(Mutex<HashMap<String, Arc<Turns<u8>>>>);

/// Those of one card.
#[derive(Debug)]
pub(super) struct OfCard {
    card: String,
    count: Arc<Turns<u8>>,
}

/// A card's count, while it is ours to change.
#[derive(Debug)]
pub(super) struct Wrong<'a>(Turn<'a, u8>);

impl Tries {
    pub(super) fn of(&self, token: &Token) -> OfCard {
        let card = name(token);
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = Arc::clone(all.entry(card.clone()).or_default());
        OfCard { card, count }
    }
}

impl OfCard {
    /// Waits until nobody else tries a PIN on this card.
    pub(super) async fn turn(&self) -> Wrong<'_> {
        Wrong(self.count.lock().await)
    }

    /// Whether it is this card.
    pub(super) fn are_of(&self, token: &Token) -> bool {
        self.card == name(token)
    }
}

impl Wrong<'_> {
    /// Whether the next one would be the last that the card takes, as far as anybody knows.
    pub(super) fn leave_the_last(&self, token: &Token) -> bool {
        *self.0 >= WRONG || token.pin.tries_left.is_some_and(|left| left <= 1)
    }

    /// A PIN goes to the card. It counts as wrong until more is known: who asked may be gone then.
    pub(super) fn begins(&mut self) {
        *self.0 = self.0.saturating_add(1);
    }

    /// It was right.
    pub(super) fn was_right(&mut self) {
        *self.0 = 0;
    }

    /// It was neither: something else failed.
    pub(super) fn cost_nothing(&mut self) {
        *self.0 = self.0.saturating_sub(1);
    }
}

/// What has no number is known by where it comes from.
fn name(token: &Token) -> String {
    match token.id.serial.trim() {
        "" => token.id.source.to_string_lossy().into_owned(),
        serial => serial.to_owned(),
    }
}
