//! What all windows are made of.

pub(super) mod banner;
pub(super) mod button;
pub(super) mod card;
pub(super) mod check;
pub(super) mod choices;
pub(super) mod details;
pub(super) mod frame;
pub(super) mod heading;
pub(super) mod language;
pub(super) mod link;
pub(super) mod row;
pub(super) mod secret_field;
pub(super) mod sign;
pub(super) mod words;

use super::theme::Palette;
use crate::text::{Language, Message};

/// How a window looks and speaks.
#[derive(Clone, Copy, Debug)]
pub(super) struct Look {
    pub(super) language: Language,
    pub(super) colors: Palette,
}

impl Look {
    pub(super) fn say(&self, message: &Message) -> String {
        self.language.say(message)
    }
}
