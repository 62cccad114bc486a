//! One of several things to choose.

use egui::{
    Rect, Response, Sense, Stroke, StrokeKind, Ui, UiBuilder, WidgetInfo, accesskit::Role, pos2,
    vec2,
};

use super::{
    Look,
    words::{self, Piece, job},
};
use crate::prompt::{fonts, paint, theme::ROUNDING, theme::size};

/// With two lines, and with three.
const HEIGHTS: [f32; 2] = [62.0, 82.0];
/// Between rows.
pub(in crate::prompt) const BETWEEN: f32 = 8.0;

/// What stands in a row.
pub(in crate::prompt) struct Says<'a> {
    /// In large.
    pub(in crate::prompt) title: &'a str,
    /// Beneath it.
    pub(in crate::prompt) about: &'a str,
    /// A warning before that.
    pub(in crate::prompt) tag: Option<&'a str>,
    /// Where it is, on a line of its own.
    pub(in crate::prompt) place: &'a str,
}

/// Shows a row; `selected` is the chosen one.
pub(in crate::prompt) fn show(
    ui: &mut Ui,
    says: &Says<'_>,
    selected: bool,
    look: &Look,
) -> Response {
    let colors = &look.colors;
    let [two, three] = HEIGHTS;
    let lines = [says.about, says.place]
        .into_iter()
        .filter(|line| !line.is_empty());
    let height = if lines.count() > 1 { three } else { two };
    let (rect, row) = ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::click());
    let label = [
        says.title,
        says.tag.unwrap_or_default(),
        says.about,
        says.place,
    ];
    let label = label.into_iter().filter(|part| !part.is_empty());
    let label = label.collect::<Vec<_>>().join(", ");
    row.widget_info(|| WidgetInfo::selected(Role::RadioButton, true, selected, &label));
    let (fill, stroke) = match (selected, row.hovered()) {
        (true, _) => (colors.accent_soft, Stroke::new(2.0, colors.accent)),
        (false, true) => (colors.accent_soft, Stroke::new(1.0, colors.line)),
        (false, false) => (colors.field, Stroke::new(1.0, colors.line)),
    };
    ui.painter()
        .rect(rect, ROUNDING, fill, stroke, StrokeKind::Inside);
    if row.has_focus() {
        paint::focus_ring(ui.painter(), rect.shrink(3.0), ROUNDING - 3.0, colors);
    }
    radio(
        ui,
        pos2(rect.left() + 24.0, rect.center().y),
        selected,
        look,
    );
    let inner = Rect::from_min_max(rect.min + vec2(46.0, 9.0), rect.max - vec2(14.0, 5.0));
    let mut column = ui.new_child(UiBuilder::new().max_rect(inner));
    column.spacing_mut().item_spacing.y = 1.0;
    let title = Piece(says.title, fonts::strong(size::BODY), colors.text);
    words::label_within(&mut column, job([title]), 1);
    let small = fonts::plain(size::SMALL);
    let mut about = Vec::new();
    if let Some(tag) = says.tag {
        about.push(Piece(tag, fonts::strong(size::SMALL), colors.danger));
        about.push(Piece(" · ", small.clone(), colors.dim));
    }
    about.push(Piece(says.about, small.clone(), colors.dim));
    if !says.about.is_empty() {
        words::label_within(&mut column, job(about), 1);
    }
    if !says.place.is_empty() {
        words::label_within(&mut column, job([Piece(says.place, small, colors.dim)]), 1);
    }
    row
}

fn radio(ui: &Ui, centre: egui::Pos2, selected: bool, look: &Look) {
    let color = match selected {
        true => look.colors.accent,
        false => look.colors.dim,
    };
    ui.painter()
        .circle_stroke(centre, 8.0, Stroke::new(1.5, color));
    if selected {
        ui.painter().circle_filled(centre, 4.5, color);
    }
}
