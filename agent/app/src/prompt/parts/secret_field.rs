//! The field for a PIN, a PUK or a password.
//!
//! It is not egui's text field, which keeps what is typed in an undo history, and asks for an input
//! method, whose window would show the digits. It takes key presses only: no paste, because the
//! clipboard is read by other programs and keeps a copy; no text from assistive programs, because
//! any program may pose as one.

use egui::{
    Event, EventFilter, Key, Response, Sense, Stroke, StrokeKind, Ui, WidgetInfo,
    accesskit::{self, Role},
    pos2, vec2,
};

use super::{
    Look,
    words::{self, Piece, job},
};
use crate::prompt::{fonts, pin_buffer::PinBuffer, theme::Palette, theme::ROUNDING, theme::size};

const HEIGHT: f32 = 46.0;
const PADDING: f32 = 16.0;
/// Between the dots, unless there are too many for the field.
const STEP: f32 = 16.0;

/// What the field shows when it is empty, and says to a screen reader.
pub(in crate::prompt) struct Says<'a> {
    pub(in crate::prompt) label: &'a str,
    pub(in crate::prompt) hint: Option<&'a str>,
}

/// Shows the field. With `enabled` it can have the keyboard's attention.
pub(in crate::prompt) fn show(
    ui: &mut Ui,
    pin: &PinBuffer,
    says: &Says<'_>,
    enabled: bool,
    look: &Look,
) -> Response {
    let colors = &look.colors;
    let sense = if enabled {
        Sense::click()
    } else {
        Sense::hover()
    };
    let (rect, field) = ui.allocate_exact_size(vec2(ui.available_width(), HEIGHT), sense);
    if field.clicked() {
        field.request_focus();
    }
    let focused = field.has_focus();
    if field.gained_focus() {
        field.scroll_to_me(None);
    }
    if focused {
        let arrows = EventFilter {
            horizontal_arrows: true,
            vertical_arrows: true,
            escape: true,
            ..Default::default()
        };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(field.id, arrows));
    }
    describe(ui, &field, pin, says, enabled);

    let (fill, stroke) = match (enabled, focused) {
        (true, true) => (colors.field, Stroke::new(2.0, colors.accent)),
        (true, false) => (colors.field, Stroke::new(1.0, colors.dim)),
        (false, _) => (colors.background, Stroke::new(1.0, colors.line)),
    };
    ui.painter()
        .rect(rect, ROUNDING, fill, stroke, StrokeKind::Inside);
    let count = pin.characters();
    if count == 0
        && let Some(hint) = says.hint
    {
        let font = fonts::plain(size::BODY);
        let color = colors.dim;
        let galley = words::line(ui, job([Piece(hint, font, color)]));
        let left = rect.left() + PADDING + if focused { 6.0 } else { 0.0 };
        let place = pos2(left, rect.center().y - galley.size().y / 2.0);
        ui.painter().galley(place, galley, color);
    }
    let end = dots(ui, rect, count, colors);
    if focused {
        let caret = egui::Rect::from_center_size(pos2(end, rect.center().y), vec2(1.5, 20.0));
        ui.painter().rect_filled(caret, 0.0, colors.accent);
    }
    field.on_hover_cursor(egui::CursorIcon::Text)
}

/// Takes what was typed since the last frame.
pub(in crate::prompt) fn type_into(ui: &Ui, pin: &mut PinBuffer, longest: usize) {
    ui.input(|input| {
        for event in &input.events {
            match event {
                Event::Text(text) => {
                    let printable = text.chars().filter(|character| !character.is_control());
                    printable.for_each(|character| pin.push(character, longest));
                }
                Event::Key {
                    key: Key::Backspace,
                    pressed: true,
                    modifiers,
                    ..
                } => {
                    if modifiers.command {
                        pin.clear();
                    } else {
                        pin.pop();
                    }
                }
                Event::Key {
                    key: Key::Delete,
                    pressed: true,
                    ..
                } => pin.clear(),
                _ => {}
            }
        }
    });
}

/// Draws a dot for each character; returns where the next would be.
fn dots(ui: &Ui, rect: egui::Rect, count: usize, colors: &Palette) -> f32 {
    let width = rect.width() - 2.0 * PADDING;
    #[allow(clippy::cast_precision_loss)] // at most 256
    let count = count as f32;
    let step = STEP.min(width / count.max(1.0));
    let mut left = rect.left() + PADDING;
    let end = left + step * count;
    while left + step / 2.0 < end {
        let centre = pos2(left + step / 2.0 - 1.0, rect.center().y);
        ui.painter()
            .circle_filled(centre, 4.5_f32.min(step / 2.5), colors.text);
        left += step;
    }
    end
}

/// A screen reader hears the label and how many characters there are.
fn describe(ui: &Ui, field: &Response, pin: &PinBuffer, says: &Says<'_>, enabled: bool) {
    field.widget_info(|| WidgetInfo::labeled(Role::PasswordInput, enabled, says.label));
    ui.ctx()
        .accesskit_node_builder(field.id, |node: &mut accesskit::Node| {
            node.set_value("•".repeat(pin.characters()));
            if let Some(hint) = says.hint {
                node.set_description(hint);
            }
        });
}
