//! May a site or a program use cards?

use chop_service::{Decision, Purpose};
use egui::{Key, Ui};

use super::{
    Form, Outcome, buttons, status,
    words::{self},
};
use crate::{
    prompt::{fonts, theme::Palette, theme::size, wire::CallerKind},
    text::prompt as text,
};

impl Form {
    /// Says what a yes means, and asks whether it is to last; returns whether the person pressed
    /// Enter.
    pub(super) fn deciding(&mut self, ui: &mut Ui, colors: &Palette, now: f64) -> bool {
        let Purpose::Access { scope, may_last } = self.request.purpose else {
            return false;
        };
        if self.request.caller == CallerKind::PlainSite {
            status::banner(ui, &text::PLAIN.0, Some(&text::PLAIN.1), colors);
            ui.add_space(14.0);
        }
        let font = fonts::plain(size::BODY);
        for words in text::access_means(scope) {
            words::stacked(ui, &words, font.clone(), colors.text, colors.dim);
            ui.add_space(10.0);
        }
        let keys = self.guard.keys_count(now);
        if may_last {
            let tick = buttons::checkbox(ui, &text::FROM_NOW_ON, self.lasts, colors);
            let enter = ui.input(|input| input.key_pressed(Key::Enter));
            if tick.clicked() && !enter && keys && self.guard.clicks_count(now) {
                self.lasts = !self.lasts;
            }
        }
        keys && ui.input(|input| input.key_pressed(Key::Enter))
    }

    /// Yes.
    pub(super) fn allowed(&self) -> Outcome {
        Outcome::Decided(match self.lasts {
            true => Decision::Always,
            false => Decision::Once,
        })
    }
}
