//! The emulated PIV card, through pcscd and OpenSC.

use std::time::Duration;

use anyhow::Result;
use chop_token::Keyring;

use super::{Signatures, Subject};
use crate::{
    card::{Card, Fault, Slot},
    keyring::over,
    namespace::Namespace,
    pki::Credential,
    stack::CardStack,
};

pub(super) struct Piv(CardStack);

impl Piv {
    pub(super) fn new(namespace: &Namespace, credential: &Credential) -> Result<Self> {
        let card = Card::default().with(Slot::Authentication, credential)?;
        Ok(Self(CardStack::start(namespace, [card])?))
    }
}

impl Subject for Piv {
    fn keyring(&self, _: bool) -> Result<Keyring> {
        Ok(over(self.0.module()?))
    }

    fn remove(&mut self) -> Result<()> {
        self.0.reader().remove();
        Ok(())
    }

    fn swap(&mut self, other: &Credential) -> Result<()> {
        self.0
            .swap(Card::default().with(Slot::Authentication, other)?)
    }

    fn signatures(&mut self, how: Signatures) -> Result<()> {
        let mut card = self.0.reader().card();
        (card.delay, card.fault) = match how {
            Signatures::Take(seconds) => (Duration::from_secs(seconds), None),
            Signatures::Fail => (Duration::ZERO, Some(Fault::Answers(0x6f00))),
        };
        Ok(())
    }

    fn wait_for_signature(&self) -> Result<()> {
        let begun = |card: &Card| card.counts.private_ops > 0;
        self.0.reader().wait_until(Duration::from_secs(20), begun)
    }

    fn pins_seen(&self) -> Option<u64> {
        Some(self.0.reader().card().counts.verifies)
    }
}
