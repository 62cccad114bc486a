//! Sentences of the tray's menu.

use super::{Message, message};

/// The program's name, as the tool tip shows it.
pub const NAME: Message = message("tray-name");

/// Ready.
pub const READY: Message = message("tray-ready");

/// A card is in a reader.
pub const CARD_IN: Message = message("tray-card-in");

/// A window is open or a card is at work.
pub const BUSY: Message = message("tray-busy");

/// Something needs attention; the self-test says what.
pub const PROBLEM: Message = message("tray-problem");

/// Opens the window for another PIN.
pub const PIN: Message = message("tray-pin");

/// Ends the agent.
pub const QUIT: Message = message("tray-quit");

/// Above the readers.
pub const READERS: Message = message("tray-readers");

/// Above the languages: for who cannot read the one that is spoken.
pub const LANGUAGE: Message = message("tray-language");

/// Opens the page that has all of it.
pub const ALL: Message = message("tray-all");

/// Somebody else has a port that pages written for HiCOS look at.
#[must_use]
pub fn port_taken(port: u16, owner: &str) -> Message {
    message("tray-port-taken")
        .with("port", port.to_string())
        .with("owner", owner.to_owned())
}

/// How the agent is, and the cards that are in, already in words.
#[must_use]
pub fn with_cards(state: String, cards: String) -> Message {
    message("tray-with-cards")
        .with("state", state)
        .with("cards", cards)
}

/// Between cards.
pub const AND: Message = message("tray-and");
