//! What a window holds, independent of how it is put on a screen.

use chop_service::{ChoiceId, Decision};
use chop_token::Pin;
use egui::Ui;

use super::wire::{PinTask, ToWindow};
use crate::text::Language;

/// What the person did; the window ends with every one but those that are marked.
pub(super) enum Outcome {
    /// Entered a PIN. The window stays.
    Entered(ChoiceId, Pin),
    /// Agreed, where no PIN is asked for here. The window stays.
    Agreed(ChoiceId),
    /// Decided whether a site or program may use cards.
    Decided(Decision),
    /// Wants another PIN for this card, with its PIN or PUK. The window stays.
    Changed(ChoiceId, PinTask, Pin, Pin),
    /// Chose another language. The window stays.
    Spoke(Language),
    /// Closed the window.
    Closed,
    /// Let the time run out.
    TimedOut,
    /// The end has been shown.
    Over,
}

/// What a window holds. Time is what egui's input says, so that tests choose it.
pub(super) trait Contents {
    /// The window's title.
    fn title(&self) -> String;

    /// The height that shows everything, in points; known after a frame.
    fn height(&self) -> f32;

    /// One frame. `None` as long as the person has not done anything that matters outside.
    fn ui(&mut self, ui: &mut Ui) -> Option<Outcome>;

    /// Takes what the agent says.
    fn hear(&mut self, message: ToWindow);
}
