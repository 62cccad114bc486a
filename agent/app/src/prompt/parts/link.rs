//! Words that can be clicked.

use egui::{CursorIcon, Response, Sense, Stroke, Ui, WidgetInfo, accesskit::Role, vec2};

use super::{
    Look,
    words::{self, Piece, job},
};
use crate::prompt::{fonts, paint, theme::size};

/// Shows words that do something.
pub(in crate::prompt) fn show(
    ui: &mut Ui,
    words: &str,
    color: egui::Color32,
    look: &Look,
) -> Response {
    let font = fonts::plain(size::SMALL);
    let galley = words::line(ui, job([Piece(words, font, color)]));
    // Larger than the words, so that it can be hit.
    let wanted = galley.size() + vec2(8.0, 6.0);
    let (rect, link) = ui.allocate_exact_size(wanted, Sense::click());
    link.widget_info(|| WidgetInfo::labeled(Role::Button, true, words));
    let place = rect.center() - galley.size() / 2.0;
    let (left, right, base) = (
        place.x,
        place.x + galley.size().x,
        place.y + galley.size().y - 1.0,
    );
    ui.painter().galley(place, galley, color);
    if link.hovered() {
        ui.painter()
            .hline(left..=right, base, Stroke::new(1.0, color));
    }
    if link.has_focus() {
        paint::focus_ring(ui.painter(), rect.shrink(3.0), 4.0, &look.colors);
    }
    link.on_hover_cursor(CursorIcon::PointingHand)
}
