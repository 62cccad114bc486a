//! Whether a site or a program may use cards: once, from now on, or never.

use chop_service::{Decision, Purpose};
use egui::{Key, Ui};

use super::{Form, Outcome};
use crate::{
    prompt::{
        fonts,
        parts::{Look, banner, check, words},
        theme::size,
        wire::CallerKind,
    },
    text::prompt as text,
};

impl Form {
    /// Shows what a yes means.
    pub(super) fn deciding(&self, ui: &mut Ui, look: &Look) {
        let Purpose::Access { scope, .. } = self.request.purpose else {
            return;
        };
        if self.request.caller == CallerKind::PlainSite {
            let (title, more) = (look.say(&text::PLAIN), look.say(&text::PLAIN.more()));
            banner::danger(ui, &title, Some(&more), look);
            ui.add_space(14.0);
        }
        for means in text::access_means(scope) {
            let means = look.say(&means);
            words::label(ui, &means, fonts::plain(size::BODY), look.colors.text);
            ui.add_space(8.0);
        }
    }

    /// Shows the box that makes a yes last, where it may. Enter is what fingers do blindly: here it
    /// counts for the button that has the keyboard alone, and at first none has.
    pub(super) fn lasting(&mut self, ui: &mut Ui, look: &Look) {
        let keys = self.attention.keys_count();
        let enter = ui.input(|input| input.key_pressed(Key::Enter));
        if let Purpose::Access { may_last: true, .. } = self.request.purpose {
            let words = look.say(&text::FROM_NOW_ON);
            let tick = check::show(ui, &words, self.lasts, look);
            if tick.clicked() && !enter && keys && self.attention.clicks_count() {
                self.lasts = !self.lasts;
            }
            ui.add_space(14.0);
        }
    }

    /// Yes.
    pub(super) fn allowed(&self) -> Outcome {
        Outcome::Decided(match self.lasts {
            true => Decision::Always,
            false => Decision::Once,
        })
    }
}
