//! Choosing a certificate and entering its PIN.

use chop_service::{Asks, Choice, Notice};
use egui::{Key, Ui};

use super::{
    Form, GAP, Stage, buttons, card, choices, pin_field,
    state::last_try,
    status,
    words::{self, Piece, job},
};
use crate::{
    prompt::{fonts, theme::Palette, theme::size},
    text::{Words, prompt as text},
};

impl Form {
    /// Shows the certificates and the PIN field; returns whether the person pressed Enter in it.
    pub(super) fn entry(&mut self, ui: &mut Ui, colors: &Palette, now: f64) -> bool {
        let keys = self.guard.keys_count(now);
        self.certificates(ui, colors, keys);
        let Some(choice) = self.choice().cloned() else {
            return false;
        };
        ui.add_space(GAP);
        self.warning(ui, &choice, colors);
        if choice.locked {
            return false;
        }
        if last_try(&choice) && self.confirmation(ui, colors, now) {
            self.understood = !self.understood;
            self.refocus = true;
        }
        match choice.asks {
            Asks::Pin => self.pin(ui, &choice, keys, colors),
            Asks::Keypad | Asks::Agreement => {
                if let Asks::Keypad = choice.asks {
                    let font = fonts::plain(size::BODY);
                    words::stacked(ui, &text::KEYPAD, font, colors.text, colors.dim);
                }
                keys && ui.input(|input| input.key_pressed(Key::Enter))
            }
        }
    }

    fn certificates(&mut self, ui: &mut Ui, colors: &Palette, keys: bool) {
        let (Stage::Ready { choices, .. }, Some(chosen)) = (&self.stage, self.chosen) else {
            return;
        };
        match choices.as_slice() {
            [only] => card::show(ui, only, self.today, colors),
            several => {
                let chosen = choices::show(ui, several, chosen, (keys, self.today), colors);
                self.choose(chosen);
            }
        }
    }

    /// What the person should know before typing.
    fn warning(&self, ui: &mut Ui, choice: &Choice, colors: &Palette) {
        let wrong = match self.notice_of_choice() {
            Some(Notice::PinWrong { tries_left }) => Some(text::pin_wrong(tries_left)),
            Some(Notice::PinLength) => Some(text::PIN_LENGTH),
            None => None,
        };
        let (title, more): (Words, Option<Words>) = match (wrong, choice) {
            (_, choice) if choice.locked => (text::LOCKED.0, Some(text::LOCKED.1)),
            (Some(wrong), choice) if last_try(choice) => (wrong, Some(text::LAST_TRY.1)),
            (None, choice) if last_try(choice) => (text::LAST_TRY.0, Some(text::LAST_TRY.1)),
            (Some(wrong), _) => (wrong, None),
            (None, _) => return,
        };
        status::banner(ui, &title, more.as_ref(), colors);
        ui.add_space(14.0);
    }

    /// Returns whether the person has just ticked, or unticked, that this is the last try.
    fn confirmation(&mut self, ui: &mut Ui, colors: &Palette, now: f64) -> bool {
        let tick = buttons::checkbox(ui, &text::I_UNDERSTAND, self.understood, colors);
        ui.add_space(12.0);
        let keys = self.guard.keys_count(now);
        if !self.understood && (self.refocus || !keys) {
            tick.request_focus();
            self.refocus = false;
        }
        // Enter is what fingers do blindly; the box is ticked by the space bar or a click.
        let enter = ui.input(|input| input.key_pressed(Key::Enter));
        tick.clicked() && !enter && keys && self.guard.clicks_count(now)
    }

    fn pin(&mut self, ui: &mut Ui, choice: &Choice, keys: bool, colors: &Palette) -> bool {
        let label = if choice.holder.is_some() {
            &text::PIN
        } else {
            &text::PASSWORD
        };
        ui.horizontal(|ui| {
            let font = fonts::strong(size::BODY);
            words::label(ui, words::beside(label, font, colors.text, colors.dim));
            if let Some(left) = choice.tries_left {
                tries(ui, left, colors);
            }
        });
        ui.add_space(2.0);
        let enabled = self.takes_pin();
        let focused = {
            let hint = text::pin_length(choice.shortest, choice.longest);
            let says = pin_field::Says {
                label,
                hint: hint.as_ref(),
            };
            let field = pin_field::show(ui, &self.pin, &says, enabled, colors);
            if enabled && (self.refocus || !keys) {
                field.request_focus();
                self.refocus = false;
            }
            field.has_focus()
        };
        if !(enabled && focused && keys) {
            return false;
        }
        let before = self.pin.characters();
        pin_field::type_into(ui, &mut self.pin, choice.longest);
        if self.pin.characters() != before {
            ui.ctx().request_repaint();
        }
        ui.input(|input| input.key_pressed(Key::Enter))
    }
}

/// The tries left, at the right end of the line.
fn tries(ui: &mut Ui, left: u8, colors: &Palette) {
    let color = if left <= 1 { colors.danger } else { colors.dim };
    let words = text::tries_left(left);
    let line = format!("{}·{}", words.zh, words.en);
    ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
        words::label(ui, job([Piece(&line, fonts::plain(size::SMALL), color)]));
    });
}
