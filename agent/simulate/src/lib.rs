#![doc = include_str!("../README.md")]

mod card;
mod cards;
mod error;
mod folder;
mod key;
mod kind;
mod person;
mod script;

use chop_service::{Consent, Service, ServiceSettings};

pub use cards::SimulatedCards;
pub use error::Error;
pub use folder::Folder;
pub use kind::{Kind, UnknownKind};
pub use person::{ScriptedPerson, ScriptedWindow};
pub use script::{Answer, Script, UnknownAnswer};

/// The PIN of every simulated card.
pub const PIN: &str = "135790";

/// A service with these cards, whose windows `script` answers. It forgets when it ends.
#[must_use]
pub fn scripted(
    script: Script,
    cards: SimulatedCards,
    settings: ServiceSettings,
) -> Service<ScriptedPerson, SimulatedCards> {
    let memory = cards.memory();
    Service::new(ScriptedPerson::new(script), cards, memory, settings)
}

/// A service with these cards, and windows for the person at the keyboard. It forgets when it ends.
#[must_use]
pub fn windowed<C: Consent>(
    windows: C,
    cards: SimulatedCards,
    settings: ServiceSettings,
) -> Service<C, SimulatedCards> {
    let memory = cards.memory();
    Service::new(windows, cards, memory, settings)
}
