//! The top of a window that no site has asked for.

use egui::{Align, Color32, Layout, Sense, Ui, vec2};

use super::{Look, language, words};
use crate::{
    prompt::{fonts, paint, theme::size},
    text::{Language, Message, prompt::PROGRAM},
};

/// In points.
const TITLE: f32 = 24.0;

/// Shows what the window is for; the language that the person would rather read.
pub(in crate::prompt) fn show(
    ui: &mut Ui,
    title: &Message,
    about: &Message,
    look: &Look,
) -> Option<Language> {
    let colors = &look.colors;
    let mut other = None;
    ui.horizontal(|ui| {
        let (rect, _) = ui.allocate_exact_size(vec2(24.0, 24.0), Sense::hover());
        paint::seal(ui.painter(), rect, colors.seal, Color32::WHITE);
        let program = look.say(&PROGRAM);
        words::label(ui, &program, fonts::plain(size::SMALL + 1.0), colors.dim);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            other = language::switch(ui, look);
        });
    });
    ui.add_space(8.0);
    words::label(ui, &look.say(title), fonts::strong(TITLE), colors.text);
    ui.add_space(1.0);
    words::label(ui, &look.say(about), fonts::plain(size::BODY), colors.text);
    other
}
