//! What the window says when there is nothing to enter.

use chop_service::{Ending, View};
use egui::{Pos2, Ui};

use super::Form;
use crate::{
    prompt::{
        fonts, paint,
        parts::{Look, sign, words},
    },
    text::prompt as text,
};

impl Form {
    /// Shows how the search for a card goes, or its work. `room` is the height there is, in points.
    pub(super) fn status(&self, ui: &mut Ui, view: &View, room: f32, look: &Look) {
        let colors = &look.colors;
        let picture = |ui: &Ui, centre: Pos2| match view {
            View::NoReader => paint::reader(ui.painter(), centre, false, colors),
            View::NoCard => paint::reader(ui.painter(), centre, true, colors),
            View::OnReader => paint::keypad(ui.painter(), centre, colors),
            View::ServiceDown | View::NoCertificate { .. } => {
                paint::alert(ui.painter(), centre, 27.0, colors.danger, colors.background);
            }
            _ => paint::busy(ui.painter(), centre, self.attention.now(), colors),
        };
        let message = text::status(view, &self.request.purpose);
        sign::show(ui, room, picture, &message, look);
        match view {
            View::Working { done, total } => sign::progress(ui, *done, *total, look),
            View::NoCertificate { fault: Some(fault) } => {
                ui.add_space(8.0);
                ui.vertical_centered(|ui| {
                    words::foreign(ui, fault, fonts::plain(12.0), colors.dim, 2);
                });
            }
            _ => {}
        }
    }

    /// Shows how it ended.
    pub(super) fn ending(&self, ui: &mut Ui, ending: Ending, room: f32, look: &Look) {
        let colors = &look.colors;
        let picture = |ui: &Ui, centre: Pos2| match ending {
            Ending::Done => paint::tick(ui.painter(), centre, 29.0, colors),
            _ => paint::alert(ui.painter(), centre, 27.0, colors.danger, colors.background),
        };
        let message = text::ending(ending, &self.request.purpose);
        sign::show(ui, room, picture, &message, look);
    }
}
