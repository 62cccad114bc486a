//! Sentences of the tray's menu.

use super::{Words, filled, fixed};

/// The program's name, as the tool tip shows it.
pub const NAME: Words = fixed("Chop 憑證簽章", "card signing");

/// Ready.
pub const READY: Words = fixed("已就緒", "Ready");

/// A window is open or a card is at work.
pub const BUSY: Words = fixed("使用中", "In use");

/// Something needs attention; the self-test says what.
pub const PROBLEM: Words = fixed("有問題，請按「自我檢測」", "Problem: see the self-test");

/// Opens the self-test.
pub const SELF_TEST: Words = fixed("自我檢測", "Self-test");

/// Opens what there is to say about the program.
pub const ABOUT: Words = fixed("關於 Chop", "About Chop");

/// Ends the agent.
pub const QUIT: Words = fixed("結束", "Quit");

/// How the agent is, and the cards that are in.
#[must_use]
pub fn with_cards(state: &Words, cards: &[Words]) -> Words {
    if cards.is_empty() {
        return state.clone();
    }
    let zh: Vec<_> = cards.iter().map(|card| &*card.zh).collect();
    let en: Vec<_> = cards.iter().map(|card| &*card.en).collect();
    filled(
        format!("{}（{}）", state.zh, zh.join("、")),
        format!("{} ({})", state.en, en.join(", ")),
    )
}
