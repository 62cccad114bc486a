//! Sentences of the tray's menu.

use super::{Message, message};

/// The program's name, as the tool tip shows it.
pub const NAME: Message = message("tray-name");

/// Ready.
pub const READY: Message = message("tray-ready");

/// A window is open or a card is at work.
pub const BUSY: Message = message("tray-busy");

/// Something needs attention; the self-test says what.
pub const PROBLEM: Message = message("tray-problem");

/// Opens the window for another PIN.
pub const PIN: Message = message("tray-pin");

/// Opens the self-test.
pub const SELF_TEST: Message = message("tray-self-test");

/// Opens what there is to say about the program.
pub const ABOUT: Message = message("tray-about");

/// Ends the agent.
pub const QUIT: Message = message("tray-quit");

/// How the agent is, and the cards that are in, already in words.
#[must_use]
pub fn with_cards(state: String, cards: String) -> Message {
    message("tray-with-cards")
        .with("state", state)
        .with("cards", cards)
}

/// Between cards.
pub const AND: Message = message("tray-and");
