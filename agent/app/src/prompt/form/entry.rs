//! Choosing a certificate and entering its PIN.

use chop_service::{Asks, Choice, Notice};
use egui::{Align, Key, Layout, Ui};

use super::{Form, Stage, state::last_try};
use crate::{
    prompt::{
        fonts,
        parts::{
            Look, banner, card, check, choices, details, frame::GAP, link, secret_field, words,
        },
        theme::size,
    },
    text::prompt as text,
};

impl Form {
    /// Shows the certificates, and what the person should know before typing.
    pub(super) fn certificates(&mut self, ui: &mut Ui, look: &Look) {
        let keys = self.attention.keys_count();
        let (Stage::Ready { choices, .. }, Some(chosen)) = (&self.stage, self.chosen) else {
            return;
        };
        match choices.as_slice() {
            [only] => card::show(ui, only, self.today, look),
            several => {
                let today = (keys, self.today);
                let chosen = choices::show(ui, several, chosen, &text::CHOOSE, today, look);
                self.choose(chosen);
            }
        }
        let Some(choice) = self.choice().cloned() else {
            return;
        };
        self.details(ui, &choice, look);
        self.warning(ui, &choice, look);
    }

    /// The certificate's contents, for who asks.
    fn details(&mut self, ui: &mut Ui, choice: &Choice, look: &Look) {
        let Some(der) = &choice.certificate else {
            return;
        };
        let words = match self.detailed {
            true => look.say(&text::DETAILS_HIDE),
            false => look.say(&text::DETAILS_SHOW),
        };
        ui.with_layout(Layout::top_down(Align::Max), |ui| {
            if link::show(ui, &words, look.colors.accent, look).clicked() {
                self.detailed = !self.detailed;
            }
        });
        if self.detailed {
            ui.add_space(2.0);
            let place = card::place(&choice.label, choice.reader.as_deref());
            details::show(ui, der, &place, look);
        }
    }

    fn warning(&self, ui: &mut Ui, choice: &Choice, look: &Look) {
        let wrong = match self.notice_of_choice() {
            Some(Notice::PinWrong { tries_left: None }) if choice.holder.is_none() => {
                Some(text::PASSWORD_WRONG)
            }
            Some(Notice::PinWrong { tries_left }) => Some(text::pin_wrong(tries_left)),
            Some(Notice::PinLength) => Some(text::PIN_LENGTH),
            None => None,
        };
        let last = text::LAST_TRY.more();
        let (title, more) = match (wrong, choice) {
            (_, choice) if choice.locked => (text::LOCKED, Some(text::unlock(choice))),
            (Some(wrong), choice) if last_try(choice) => (wrong, Some(last)),
            (None, choice) if last_try(choice) => (text::LAST_TRY, Some(last)),
            (Some(wrong), _) => (wrong, None),
            (None, _) => return,
        };
        ui.add_space(GAP - 6.0);
        let more = more.map(|more| look.say(&more));
        banner::danger(ui, &look.say(&title), more.as_deref(), look);
    }

    /// Shows what there is to enter; returns whether the person pressed Enter in it.
    pub(super) fn what_to_enter(&mut self, ui: &mut Ui, look: &Look) -> bool {
        let keys = self.attention.keys_count();
        let Some(choice) = self.choice().cloned().filter(|choice| !choice.locked) else {
            return false;
        };
        if last_try(&choice) && self.confirmation(ui, look) {
            self.understood = !self.understood;
            self.attention.refocus();
        }
        let entered = match choice.asks {
            Asks::Pin => self.pin(ui, &choice, keys, look),
            // The PIN is still to come.
            Asks::Keypad => {
                let said = look.say(&text::KEYPAD);
                words::label(ui, &said, fonts::plain(size::BODY), look.colors.text);
                keys && ui.input(|input| input.key_pressed(Key::Enter))
            }
            // Nothing else is between Enter and a yes: it counts for the button that has the
            // keyboard alone, and at first none has.
            Asks::Agreement => false,
        };
        if choice.asks != Asks::Agreement {
            ui.add_space(14.0);
        }
        entered
    }

    /// Returns whether the person has just ticked, or unticked, that this is the last try.
    fn confirmation(&mut self, ui: &mut Ui, look: &Look) -> bool {
        let words = look.say(&text::I_UNDERSTAND);
        let tick = check::show(ui, &words, self.understood, look);
        ui.add_space(10.0);
        let keys = self.attention.keys_count();
        if !self.understood {
            self.attention.offer(&tick);
        }
        // Enter is what fingers do blindly; the box is ticked by the space bar or a click.
        let enter = ui.input(|input| input.key_pressed(Key::Enter));
        tick.clicked() && !enter && keys && self.attention.clicks_count()
    }

    fn pin(&mut self, ui: &mut Ui, choice: &Choice, keys: bool, look: &Look) -> bool {
        let label = match choice.holder {
            Some(_) => look.say(&text::PIN),
            None => look.say(&text::PASSWORD),
        };
        ui.horizontal(|ui| {
            words::label(ui, &label, fonts::strong(size::BODY), look.colors.text);
            if let Some(left) = choice.tries_left {
                tries(ui, left, look);
            }
        });
        ui.add_space(2.0);
        let enabled = self.takes_pin();
        let hint = text::pin_length(choice.shortest, choice.longest);
        let hint = hint.map(|hint| look.say(&hint));
        let says = secret_field::Says {
            label: &label,
            hint: hint.as_deref(),
        };
        let field = secret_field::show(ui, &self.pin, &says, enabled, look);
        if enabled {
            self.attention.offer(&field);
        }
        if !(enabled && field.has_focus() && keys) {
            return false;
        }
        let before = self.pin.characters();
        secret_field::type_into(ui, &mut self.pin, choice.longest);
        if self.pin.characters() != before {
            ui.ctx().request_repaint();
        }
        ui.input(|input| input.key_pressed(Key::Enter))
    }
}

/// The tries left, at the right end of the line.
fn tries(ui: &mut Ui, left: u8, look: &Look) {
    let color = match left {
        0 | 1 => look.colors.danger,
        _ => look.colors.dim,
    };
    let said = look.say(&text::tries_left(left));
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        words::label(ui, &said, fonts::plain(size::SMALL), color);
    });
}
