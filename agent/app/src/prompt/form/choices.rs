//! Several certificates: one of them is chosen, by mouse or by the arrow keys.

use chop_service::{Choice, ChoiceId};
use egui::{
    Key, Rect, ScrollArea, Sense, Stroke, StrokeKind, Ui, UiBuilder, WidgetInfo, accesskit::Role,
    pos2, vec2,
};

use super::{
    card::place,
    words::{self, Piece, job},
};
use crate::{
    prompt::{fonts, paint, theme::Palette, theme::ROUNDING, theme::size},
    text::prompt as text,
};

const ROW: f32 = 62.0;
const BETWEEN: f32 = 8.0;
/// More rows than this are scrolled.
const ROWS: u8 = 4;

/// Shows all of them; returns the one that is chosen now.
pub(super) fn show(
    ui: &mut Ui,
    choices: &[Choice],
    chosen: ChoiceId,
    (keys, today): (bool, i64),
    colors: &Palette,
) -> ChoiceId {
    let font = fonts::strong(size::BODY);
    words::label(
        ui,
        words::beside(&text::CHOOSE, font, colors.text, colors.dim),
    );
    ui.add_space(4.0);
    let by_keys = keys.then(|| arrows(ui, choices, chosen)).flatten();
    let mut clicked = None;
    let height = f32::from(ROWS) * (ROW + BETWEEN) - BETWEEN;
    ScrollArea::vertical()
        .max_height(height)
        .min_scrolled_height(height)
        .show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = BETWEEN;
            for choice in choices {
                let selected = by_keys.unwrap_or(chosen) == choice.id;
                if row(ui, choice, selected, today, colors, by_keys.is_some()) {
                    clicked = Some(choice.id);
                }
            }
        });
    clicked.or(by_keys).unwrap_or(chosen)
}

/// The certificate that the arrow keys lead to.
fn arrows(ui: &Ui, choices: &[Choice], chosen: ChoiceId) -> Option<ChoiceId> {
    let (up, down) = ui.input(|input| {
        (
            input.num_presses(Key::ArrowUp),
            input.num_presses(Key::ArrowDown),
        )
    });
    if up == down {
        return None;
    }
    let at = choices.iter().position(|choice| choice.id == chosen)?;
    let to = (at + down)
        .saturating_sub(up)
        .min(choices.len().checked_sub(1)?);
    choices.get(to).map(|choice| choice.id)
}

fn row(
    ui: &mut Ui,
    choice: &Choice,
    selected: bool,
    today: i64,
    colors: &Palette,
    follow: bool,
) -> bool {
    let (rect, row) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::click());
    if selected && follow {
        row.scroll_to_me(None);
    }
    let holder = choice
        .holder
        .clone()
        .unwrap_or_else(|| text::HIDDEN_HOLDER.line());
    row.widget_info(|| WidgetInfo::selected(Role::RadioButton, true, selected, &holder));
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
        colors,
    );
    let text_rect = Rect::from_min_max(rect.min + vec2(46.0, 10.0), rect.max - vec2(14.0, 6.0));
    let mut column = ui.new_child(UiBuilder::new().max_rect(text_rect));
    column.spacing_mut().item_spacing.y = 2.0;
    details(&mut column, choice, &holder, today, colors);
    row.clicked()
}

fn details(ui: &mut Ui, choice: &Choice, holder: &str, today: i64, colors: &Palette) {
    let small = fonts::plain(size::SMALL);
    let name = Piece(holder, fonts::strong(size::BODY), colors.text);
    words::label_within(ui, job([name]), 1);
    let until = choice
        .not_after
        .map(|until| text::valid_until(until, today).zh);
    let place = place(choice);
    let parts = [
        Some(choice.issuer.as_str()),
        until.as_deref(),
        Some(place.as_str()),
    ];
    let parts: Vec<_> = parts
        .into_iter()
        .flatten()
        .filter(|part| !part.is_empty())
        .collect();
    let about = parts.join("·");
    let locked = text::LOCKED_TAG.line();
    let mut pieces = vec![Piece(&about, small.clone(), colors.dim)];
    if choice.locked {
        pieces.insert(0, Piece("  ", small.clone(), colors.dim));
        pieces.insert(0, Piece(&locked, small, colors.danger));
    }
    words::label_within(ui, job(pieces), 1);
}

fn radio(ui: &Ui, centre: egui::Pos2, selected: bool, colors: &Palette) {
    let color = if selected { colors.accent } else { colors.dim };
    ui.painter()
        .circle_stroke(centre, 8.0, Stroke::new(1.5, color));
    if selected {
        ui.painter().circle_filled(centre, 4.5, color);
    }
}
