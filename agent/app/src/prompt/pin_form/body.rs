//! The card, what came of the last try, and where else there is help.

use chop_service::{Asks, Choice, Ending, View};
use egui::{Pos2, Ui};

use super::{PinForm, Stage};
use crate::{
    prompt::{
        fonts, paint,
        parts::{Look, banner, card, choices, frame::GAP, link, sign, words},
        wire::PinTask,
    },
    text::{Message, pin as text, prompt},
};

impl PinForm {
    pub(super) fn cards(&mut self, ui: &mut Ui, look: &Look) {
        let keys = self.attention.keys_count();
        let (Stage::Ready(all), Some(chosen)) = (&self.stage, self.chosen) else {
            return;
        };
        match all.as_slice() {
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
        self.warning(ui, &choice, look);
        self.other_way(ui, &choice, look);
    }

    fn warning(&self, ui: &mut Ui, choice: &Choice, look: &Look) {
        let fault = self.fault.map(text::fault);
        let last_try = match self.task {
            PinTask::Change => prompt::LAST_TRY,
            PinTask::Unblock => text::PUK_LAST_TRY,
        };
        let last = self.is_last_try(choice).then(|| last_try.more());
        let (title, more): (Message, Option<Message>) = match fault {
            Some(fault) if self.can(choice) => (fault, last),
            _ if choice.asks == Asks::Keypad => (text::KEYPAD, Some(text::KEYPAD.more())),
            _ if choice.locked && self.can(choice) => {
                (text::LOCKED, last.or(Some(text::LOCKED.more())))
            }
            _ if choice.locked => (prompt::LOCKED, Some(prompt::unlock(choice))),
            _ if !self.can(choice) => (text::NO_PUK, Some(prompt::unlock(choice))),
            _ => match last {
                Some(last) => (last_try, Some(last)),
                None => return,
            },
        };
        ui.add_space(GAP - 6.0);
        let more = more.map(|more| look.say(&more));
        banner::danger(ui, &look.say(&title), more.as_deref(), look);
    }

    /// Leads from one way of getting a PIN to the other, where there is another.
    fn other_way(&mut self, ui: &mut Ui, choice: &Choice, look: &Look) {
        let (words, other) = match self.task {
            _ if choice.locked || choice.asks == Asks::Keypad => return,
            PinTask::Change => (text::FORGOTTEN, PinTask::Unblock),
            PinTask::Unblock => (text::KNOWN, PinTask::Change),
        };
        ui.add_space(6.0);
        if link::show(ui, &look.say(&words), look.colors.accent, look).clicked() {
            self.switch(other);
        }
    }

    /// Shows how the search for a card goes, or its work.
    pub(super) fn status(&self, ui: &mut Ui, view: &View, room: f32, look: &Look) {
        let colors = &look.colors;
        let now = self.attention.now();
        let picture = |ui: &Ui, centre: Pos2| match view {
            View::NoReader => paint::reader(ui.painter(), centre, false, colors),
            View::NoCard => paint::reader(ui.painter(), centre, true, colors),
            View::ServiceDown | View::NoCertificate { .. } => {
                paint::alert(ui.painter(), centre, 27.0, colors.danger, colors.background);
            }
            _ => paint::busy(ui.painter(), centre, now, colors),
        };
        sign::show(ui, room, picture, &text::status(view), look);
        if let View::NoCertificate { fault: Some(fault) } = view {
            ui.add_space(8.0);
            ui.vertical_centered(|ui| {
                words::foreign(ui, fault, fonts::plain(12.0), colors.dim, 2);
            });
        }
    }

    /// Shows how it ended.
    pub(super) fn ending(&self, ui: &mut Ui, ending: Ending, room: f32, look: &Look) {
        let colors = &look.colors;
        let picture = |ui: &Ui, centre: Pos2| match ending {
            Ending::Done => paint::tick(ui.painter(), centre, 29.0, colors),
            _ => paint::alert(ui.painter(), centre, 27.0, colors.danger, colors.background),
        };
        sign::show(ui, room, picture, &text::ending(ending, self.task), look);
    }
}
