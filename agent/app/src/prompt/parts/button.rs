//! Buttons.

use egui::{Response, Sense, Stroke, StrokeKind, Ui, WidgetInfo, accesskit::Role, vec2};

use super::{
    Look,
    words::{self, Piece, job},
};
use crate::prompt::{
    fonts, paint,
    theme::{BUTTON_HEIGHT, ROUNDING, size},
};

/// What a button is for.
#[derive(Clone, Copy, Eq, PartialEq)]
pub(in crate::prompt) enum Kind {
    /// What most people want.
    Primary,
    /// Anything else.
    Plain,
}

/// Shows a button as wide as its words.
pub(in crate::prompt) fn show(
    ui: &mut Ui,
    words: &str,
    kind: Kind,
    enabled: bool,
    look: &Look,
) -> Response {
    let sense = match enabled {
        true => Sense::click(),
        false => Sense::hover(),
    };
    let font = fonts::strong(size::BODY);
    let measured = words::line(ui, job([Piece(words, font.clone(), look.colors.text)]));
    let width = (measured.size().x + 44.0).max(96.0);
    let (rect, button) = ui.allocate_exact_size(vec2(width, BUTTON_HEIGHT), sense);
    button.widget_info(|| WidgetInfo::labeled(Role::Button, enabled, words));
    let (fill, stroke, text) = colors(kind, enabled, enabled && button.hovered(), look);
    ui.painter()
        .rect(rect, ROUNDING, fill, stroke, StrokeKind::Inside);
    let galley = words::line(ui, job([Piece(words, font, text)]));
    let place = rect.center() - galley.size() / 2.0;
    ui.painter().galley(place, galley, text);
    if button.has_focus() {
        paint::focus_ring(ui.painter(), rect, ROUNDING, &look.colors);
    }
    button
}

fn colors(
    kind: Kind,
    enabled: bool,
    over: bool,
    look: &Look,
) -> (egui::Color32, Stroke, egui::Color32) {
    let colors = &look.colors;
    match (kind, enabled) {
        (Kind::Primary, true) => {
            let fill = match over {
                true => colors.accent_hover,
                false => colors.accent,
            };
            (fill, Stroke::NONE, colors.on_accent)
        }
        (Kind::Primary, false) => (colors.line, Stroke::NONE, colors.dim),
        (Kind::Plain, enabled) => {
            let fill = match over {
                true => colors.accent_soft,
                false => colors.background,
            };
            let text = match enabled {
                true => colors.text,
                false => colors.dim,
            };
            (fill, Stroke::new(1.0, colors.line), text)
        }
    }
}
