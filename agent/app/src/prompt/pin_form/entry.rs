//! What there is to type, and the buttons.

use chop_service::Choice;
use egui::{Align, Key, Layout, Response, Ui};

use super::{
    PinForm, Stage,
    state::{Complaint, LONGEST_PUK},
};
use crate::{
    prompt::{
        contents::Outcome,
        fonts,
        parts::{
            Look,
            button::{self, Kind},
            check, secret_field, words,
        },
        theme::{BUTTON_HEIGHT, size},
        wire::PinTask,
    },
    text::{Message, pin as text, prompt},
};

impl PinForm {
    /// Shows the fields; returns whether the person pressed Enter in the last.
    pub(super) fn what_to_enter(&mut self, ui: &mut Ui, look: &Look) -> bool {
        let Some(choice) = self.choice().cloned().filter(|choice| self.can(choice)) else {
            return false;
        };
        if self.is_last_try(&choice) {
            self.confirmation(ui, look);
        }
        let enabled = self.takes_secrets(&choice);
        let hint = prompt::pin_length(choice.shortest, choice.longest);
        let old_hint = match self.task {
            PinTask::Change => hint.clone(),
            PinTask::Unblock => None,
        };
        let old = self.field(ui, Which::Old, old_hint.as_ref(), &choice, look);
        let new = self.field(ui, Which::New, hint.as_ref(), &choice, look);
        let again = self.field(ui, Which::Again, None, &choice, look);
        if enabled {
            self.attention.offer(&old);
        }
        self.complain(ui, look);
        ui.add_space(8.0);
        let entered =
            self.attention.keys_count() && ui.input(|input| input.key_pressed(Key::Enter));
        match entered {
            // Enter goes on once there is something.
            true if old.has_focus() && self.secrets.old.len() > 0 => {
                self.attention.give(ui, new.id);
            }
            true if new.has_focus() && self.secrets.new.len() > 0 => {
                self.attention.give(ui, again.id);
            }
            true => return again.has_focus(),
            false => {}
        }
        false
    }

    fn confirmation(&mut self, ui: &mut Ui, look: &Look) {
        let words = look.say(&prompt::I_UNDERSTAND);
        let tick = check::show(ui, &words, self.understood, look);
        ui.add_space(6.0);
        if !self.understood {
            self.attention.offer(&tick);
        }
        // Enter is what fingers do blindly; the box is ticked by the space bar or a click.
        let enter = ui.input(|input| input.key_pressed(Key::Enter));
        let counts = self.attention.keys_count() && self.attention.clicks_count();
        if tick.clicked() && !enter && counts {
            self.understood = !self.understood;
            self.attention.refocus();
        }
    }

    fn field(
        &mut self,
        ui: &mut Ui,
        which: Which,
        hint: Option<&Message>,
        choice: &Choice,
        look: &Look,
    ) -> Response {
        let enabled = self.takes_secrets(choice);
        let label = look.say(&which.label(self.task));
        let hint = hint.map(|hint| look.say(hint));
        words::label(ui, &label, fonts::strong(size::BODY), look.colors.text);
        let says = secret_field::Says {
            label: &label,
            hint: hint.as_deref(),
        };
        let longest = match (which, self.task) {
            (Which::Old, PinTask::Unblock) => LONGEST_PUK,
            _ => choice.longest,
        };
        let keys = self.attention.keys_count();
        let buffer = match which {
            Which::Old => &mut self.secrets.old,
            Which::New => &mut self.secrets.new,
            Which::Again => &mut self.secrets.again,
        };
        let field = secret_field::show(ui, buffer, &says, enabled, look);
        if enabled && keys && field.has_focus() {
            let before = buffer.characters();
            secret_field::type_into(ui, buffer, longest);
            if buffer.characters() != before {
                ui.ctx().request_repaint();
            }
        }
        ui.add_space(4.0);
        field
    }

    /// Says what is not right with what has been typed; its line is always there, so that nothing
    /// moves under the person's hands.
    fn complain(&self, ui: &mut Ui, look: &Look) {
        let said = match self.complaint() {
            Some(Complaint::Differ) => look.say(&text::DIFFER),
            Some(Complaint::Same) => look.say(&text::SAME),
            None => " ".to_owned(),
        };
        let font = fonts::plain(size::SMALL);
        words::label(ui, &said, font, look.colors.danger);
    }

    /// Shows the buttons.
    pub(super) fn buttons(&mut self, ui: &mut Ui, look: &Look) -> Option<Outcome> {
        let keys = self.attention.keys_count();
        let asks = self.choice().is_some_and(|choice| self.can(choice));
        let (mut accepts, mut declines) = (self.entered, false);
        let size = egui::vec2(ui.available_width(), BUTTON_HEIGHT);
        ui.allocate_ui_with_layout(size, Layout::right_to_left(Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = 10.0;
            if asks {
                let ready = self.is_complete() && self.attention.clicks_count();
                let words = look.say(&text::accept(self.task));
                accepts |= button::show(ui, &words, Kind::Primary, ready, look).clicked() && keys;
            }
            let words = match &self.stage {
                Stage::Ended { .. } => prompt::CLOSE,
                _ => prompt::CANCEL,
            };
            let by_mouse = ui.input(|input| input.pointer.any_released());
            let button = button::show(ui, &look.say(&words), Kind::Plain, true, look);
            declines = button.clicked() && (keys || by_mouse);
        });
        if declines {
            return Some(self.closed());
        }
        if accepts && self.is_complete() {
            return self.enter();
        }
        None
    }
}

#[derive(Clone, Copy, Eq, PartialEq)]
enum Which {
    Old,
    New,
    Again,
}

impl Which {
    fn label(self, task: PinTask) -> Message {
        match (self, task) {
            (Self::Old, PinTask::Change) => text::OLD,
            (Self::Old, PinTask::Unblock) => text::PUK,
            (Self::New, _) => text::NEW,
            (Self::Again, _) => text::AGAIN,
        }
    }
}
