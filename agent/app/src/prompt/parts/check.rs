//! A box to tick.

use egui::{
    Rect, Response, Sense, Shape, Stroke, StrokeKind, Ui, WidgetInfo, accesskit::Role, pos2, vec2,
};

use super::{
    Look,
    words::{Piece, job},
};
use crate::prompt::{fonts, paint, theme::size};

/// Left of the words.
const BOX: f32 = 34.0;

/// Shows a box with words beside it.
pub(in crate::prompt) fn show(ui: &mut Ui, words: &str, ticked: bool, look: &Look) -> Response {
    let colors = &look.colors;
    let galley = {
        let mut job = job([Piece(words, fonts::strong(size::BODY), colors.text)]);
        job.wrap.max_width = ui.available_width() - BOX;
        ui.fonts_mut(|fonts| fonts.layout_job(job))
    };
    let height = galley.size().y.max(24.0);
    let (rect, tick) = ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::click());
    tick.widget_info(|| WidgetInfo::selected(Role::CheckBox, true, ticked, words));
    let square =
        Rect::from_center_size(pos2(rect.left() + 12.0, rect.center().y), vec2(20.0, 20.0));
    let (fill, edge) = match (ticked, tick.hovered()) {
        (true, _) => (colors.accent, colors.accent),
        (false, true) => (colors.accent_soft, colors.accent),
        (false, false) => (colors.field, colors.dim),
    };
    let stroke = Stroke::new(1.5, edge);
    ui.painter()
        .rect(square, 5.0, fill, stroke, StrokeKind::Inside);
    if ticked {
        let at = |x: f32, y: f32| square.center() + vec2(x, y);
        let points = vec![at(-4.5, 0.0), at(-1.5, 3.5), at(5.0, -4.0)];
        ui.painter()
            .add(Shape::line(points, Stroke::new(2.0, colors.on_accent)));
    }
    if tick.has_focus() {
        paint::focus_ring(ui.painter(), square, 5.0, colors);
    }
    let place = pos2(rect.left() + BOX, rect.center().y - galley.size().y / 2.0);
    ui.painter().galley(place, galley, colors.text);
    tick
}
