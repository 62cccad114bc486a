//! The countdown and the buttons at the bottom of the window.

use chop_service::{Decision, View};
use egui::{Align, Layout, Ui};

use super::{Form, Outcome, Stage, state::is_work};
use crate::{
    prompt::{
        fonts,
        parts::{
            Look,
            button::{self, Kind},
            words,
        },
        theme::{BUTTON_HEIGHT, size},
    },
    text::prompt as text,
};

/// From here on the countdown is red, in seconds.
const HURRY: f64 = 10.0;

impl Form {
    /// Shows them.
    pub(super) fn buttons(&mut self, ui: &mut Ui, look: &Look) -> Option<Outcome> {
        let keys = self.attention.keys_count();
        let decides = matches!(self.stage, Stage::Status(View::Deciding));
        let asks = decides
            || matches!(self.stage, Stage::Ready { .. })
                && self.choice().is_some_and(|choice| !choice.locked);
        let (mut accepts, mut declines, mut blocks) = (self.entered, false, false);
        let size = egui::vec2(ui.available_width(), BUTTON_HEIGHT);
        // From right to left, so that Tab leads from the PIN to “sign in”, then to “cancel”.
        ui.allocate_ui_with_layout(size, Layout::right_to_left(Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = 10.0;
            if asks {
                let ready = (decides || self.is_complete()) && self.attention.clicks_count();
                let words = look.say(&text::accept(&self.request.purpose));
                accepts |= button::show(ui, &words, Kind::Primary, ready, look).clicked() && keys;
            }
            let words = match &self.stage {
                Stage::Ended { .. } => text::CLOSE,
                Stage::Status(View::Working { .. }) => text::STOP,
                _ => text::CANCEL,
            };
            let words = look.say(&words);
            let by_mouse = ui.input(|input| input.pointer.any_released());
            let button = button::show(ui, &words, Kind::Plain, true, look);
            declines = button.clicked() && (keys || by_mouse);
            if decides {
                let words = look.say(&text::BLOCK);
                let ready = self.attention.clicks_count();
                blocks = button::show(ui, &words, Kind::Plain, ready, look).clicked() && keys;
            }
            self.countdown(ui, look);
        });
        if blocks {
            return Some(Outcome::Decided(Decision::Block));
        }
        if declines {
            return Some(self.closed());
        }
        if accepts && decides {
            return Some(self.allowed());
        }
        if accepts && self.is_complete() {
            return self.enter();
        }
        None
    }

    fn countdown(&self, ui: &mut Ui, look: &Look) {
        let waits = match &self.stage {
            Stage::Status(view) => !is_work(view),
            Stage::Ready { .. } => true,
            Stage::Ended { .. } => false,
        };
        let (true, Some(end)) = (waits, self.deadline) else {
            return;
        };
        let left = (end - self.attention.now()).max(0.0);
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // 0 to some minutes
        let said = look.say(&text::time_left(left.ceil() as u64));
        let color = match left <= HURRY {
            true => look.colors.danger,
            false => look.colors.dim,
        };
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            words::label(ui, &said, fonts::plain(size::SMALL), color);
        });
    }
}
