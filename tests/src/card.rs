//! A PIV card in software: a command goes in, an answer comes out; no I/O.
//!
//! With [`Reader`] it lies in a virtual reader, and pcscd, OpenSC and everything above them see an
//! ordinary card. It knows SELECT, GET DATA, VERIFY, CHANGE REFERENCE DATA, RESET RETRY COUNTER,
//! GENERAL AUTHENTICATE (raw RSA, ECDSA), GET RESPONSE, command chaining and extended lengths. Not
//! there: making keys, writing objects, key agreement, secure messaging.
//!
//! Its keys lie in the open, and nothing here resists a side channel: for tests only.
//!
//! Spec: NIST SP 800-73-4 part 2.

mod apdu;
mod crypto;
mod objects;
mod reader;
mod secret;
mod tlv;

use std::{collections::BTreeMap, time::Duration};

use anyhow::Result;

use crate::pki::Credential;
use apdu::{Command, status};
use crypto::Key;

pub use apdu::Status;
pub use reader::Reader;
pub use secret::Secret;

/// The PIN of a new card.
pub const PIN: &str = "123456";
/// The code that unlocks the PIN of a new card.
pub const PUK: &str = "12345678";
/// How often a PIN or PUK may be wrong.
pub const TRIES: u8 = 3;

/// Its answer to reset: T=1, and nothing that OpenSC's tables know, so that the card is found by
/// its application.
pub const ATR: [u8; 11] = [
    0x3b, 0x95, 0x13, 0x81, 0x01, 0x80, 0x73, 0xff, 0x01, 0x00, 0x0b,
];

/// A card.
pub struct Card {
    /// The PIN.
    pub pin: Secret,
    /// The code that unlocks the PIN.
    pub puk: Secret,
    /// How long each private-key operation takes.
    pub delay: Duration,
    /// What goes wrong with private-key operations.
    pub fault: Option<Fault>,
    /// How long it takes over a PUK.
    pub puk_delay: Duration,
    /// The status word that each PUK is answered with instead of being tried.
    pub puk_fault: Option<u16>,
    /// What was asked of the card since it was made.
    pub counts: Counts,
    /// Its answer to reset, for the next time that it is put in.
    pub atr: Vec<u8>,
    slots: BTreeMap<u8, (Key, Vec<u8>)>,
    session: Session,
}

/// The places for keys.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[repr(u8)]
pub enum Slot {
    /// 9A: one PIN entry for many operations.
    Authentication = 0x9a,
    /// 9C: one PIN entry buys one operation.
    Signature = 0x9c,
    /// 9D: for decryption.
    KeyManagement = 0x9d,
    /// 9E: needs no PIN.
    CardAuthentication = 0x9e,
}

/// What goes wrong with private-key operations.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Fault {
    /// Each answers this status word, such as `0x6f00`, until the fault is taken away.
    Answers(u16),
    /// The next one never answers: the card is pulled in the middle. Put in again, it works.
    Pulled,
}

/// What was asked of a card.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Counts {
    /// Commands of any kind.
    pub apdus: u64,
    /// PINs that were tried; asking how many tries are left does not count.
    pub verifies: u64,
    /// PUKs that were given to it.
    pub puks: u64,
    /// Private-key operations begun, whatever came of them.
    pub private_ops: u64,
    /// Certificates that were read.
    pub certificates: u64,
}

/// What the card does about a command.
pub struct Reply {
    /// How long it takes first.
    pub after: Duration,
    /// Its answer; `None` when the card is pulled instead.
    pub answer: Option<Vec<u8>>,
}

/// What lasts until the card is reset.
#[derive(Default)]
struct Session {
    selected: bool,
    verified: bool,
    /// Whether the PIN was entered since the last private-key operation.
    fresh: bool,
    /// The parts of a chained command so far.
    chain: Vec<u8>,
    /// What GET RESPONSE has still to fetch.
    pending: Vec<u8>,
}

impl Default for Card {
    fn default() -> Self {
        Self {
            pin: Secret::new(PIN, TRIES),
            puk: Secret::new(PUK, TRIES),
            delay: Duration::ZERO,
            fault: None,
            puk_delay: Duration::ZERO,
            puk_fault: None,
            counts: Counts::default(),
            atr: ATR.to_vec(),
            slots: BTreeMap::new(),
            session: Session::default(),
        }
    }
}

impl Card {
    /// The card with `credential` in `slot`.
    ///
    /// # Errors
    /// When PIV has no name for the kind of its key: RSA-4096 and P-521.
    pub fn with(mut self, slot: Slot, credential: &Credential) -> Result<Self> {
        let key = Key::new(&credential.key)?;
        self.slots
            .insert(slot as u8, (key, credential.certificate.clone()));
        Ok(self)
    }

    /// Answers a command.
    pub fn apdu(&mut self, raw: &[u8]) -> Reply {
        self.counts.apdus += 1;
        let Some(command) = Command::parse(raw) else {
            return answer(Err(status::WRONG_LENGTH));
        };
        if command.ins == apdu::GET_RESPONSE {
            return answer_bytes(self.next_page(command.expected()));
        }
        self.session.pending.clear();
        self.session.chain.extend_from_slice(command.data);
        if command.is_chained() {
            return answer(Ok(Vec::new()));
        }
        let data = std::mem::take(&mut self.session.chain);
        if command.ins == apdu::GENERAL_AUTHENTICATE && self.session.selected {
            return self.authenticate(&command, &data);
        }
        let body = self.dispatch(&command, &data);
        let mut reply = self.paged(&command, body);
        if command.ins == apdu::RESET_RETRY_COUNTER {
            reply.after = self.puk_delay;
        }
        reply
    }

    /// Whether somebody is logged in, so that any program could use the keys.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.session.verified
    }

    /// What a reset or a loss of power does.
    pub fn reset(&mut self) {
        self.session = Session::default();
    }

    fn dispatch(&mut self, command: &Command<'_>, data: &[u8]) -> Result<Vec<u8>, Status> {
        match command.ins {
            apdu::SELECT => self.select(command, data),
            apdu::GET_DATA | apdu::VERIFY if !self.session.selected => Err(status::NOT_FOUND),
            _ if !self.session.selected => Err(status::UNKNOWN_COMMAND),
            apdu::GET_DATA => self.data_object(command, data),
            apdu::VERIFY => self.verify(command, data),
            apdu::CHANGE_REFERENCE_DATA => self.change_reference(command, data),
            apdu::RESET_RETRY_COUNTER => self.reset_retry_counter(command, data),
            _ => Err(status::UNKNOWN_COMMAND),
        }
    }

    fn authenticate(&mut self, command: &Command<'_>, data: &[u8]) -> Reply {
        let begun = self.counts.private_ops;
        let body = self.private_operation(command, data);
        if self.counts.private_ops == begun {
            return self.paged(command, body);
        }
        let mut reply = match self.fault {
            None => self.paged(command, body),
            Some(Fault::Answers(code)) => answer(Err(Status(code))),
            Some(Fault::Pulled) => {
                self.fault = None;
                Reply {
                    after: Duration::ZERO,
                    answer: None,
                }
            }
        };
        reply.after = self.delay;
        reply
    }

    fn paged(&mut self, command: &Command<'_>, body: Result<Vec<u8>, Status>) -> Reply {
        match body {
            Ok(body) if body.len() > command.expected() => {
                self.session.pending = body;
                answer_bytes(self.next_page(command.expected()))
            }
            body => answer(body),
        }
    }

    fn next_page(&mut self, length: usize) -> Vec<u8> {
        let rest = self
            .session
            .pending
            .split_off(length.min(self.session.pending.len()));
        let mut page = std::mem::replace(&mut self.session.pending, rest);
        page.extend(status::after_page(self.session.pending.len()).bytes());
        page
    }
}

fn answer(body: Result<Vec<u8>, Status>) -> Reply {
    let (mut bytes, status) = match body {
        Ok(body) => (body, status::OK),
        Err(status) => (Vec::new(), status),
    };
    bytes.extend(status.bytes());
    answer_bytes(bytes)
}

fn answer_bytes(bytes: Vec<u8>) -> Reply {
    Reply {
        after: Duration::ZERO,
        answer: Some(bytes),
    }
}

#[cfg(test)]
mod tests;
