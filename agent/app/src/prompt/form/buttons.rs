//! The bar at the bottom of the window, and what can be clicked.

use chop_service::{Decision, View};
use egui::{
    Align, Layout, Rect, Response, Sense, Shape, Stroke, StrokeKind, Ui, WidgetInfo,
    accesskit::Role, pos2, vec2,
};

use super::{
    Form, Outcome, Stage,
    words::{self, Piece, job},
};
use crate::{
    prompt::{
        fonts, paint,
        theme::{BUTTON_HEIGHT, Palette, ROUNDING, size},
    },
    text::{Words, prompt as text},
};

/// From here on the countdown is red, in seconds.
const HURRY: f64 = 10.0;

impl Form {
    /// Shows the countdown and the buttons. `entered`: Enter was pressed in the PIN field.
    pub(super) fn bar(
        &mut self,
        ui: &mut Ui,
        colors: &Palette,
        now: f64,
        entered: bool,
    ) -> Option<Outcome> {
        let keys = self.guard.keys_count(now);
        let decides = matches!(self.stage, Stage::Status(View::Deciding));
        let asks = decides
            || matches!(self.stage, Stage::Ready { .. })
                && self.choice().is_some_and(|choice| !choice.locked);
        let (mut accepts, mut declines, mut blocks) = (entered, false, false);
        // From right to left, so that Tab leads from the PIN to “sign in”, then to “cancel”.
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = 10.0;
            if asks {
                let ready = (decides || self.is_complete()) && self.guard.clicks_count(now);
                let words = text::accept(&self.request.purpose);
                accepts |= button(ui, &words, Kind::Primary, ready, colors).clicked() && keys;
            }
            let ended = matches!(self.stage, Stage::Ended { .. });
            let words = if ended { &text::CLOSE } else { &text::CANCEL };
            let by_mouse = ui.input(|input| input.pointer.any_released());
            declines = button(ui, words, Kind::Plain, true, colors).clicked() && (keys || by_mouse);
            if decides {
                let ready = self.guard.clicks_count(now);
                blocks = button(ui, &text::BLOCK, Kind::Plain, ready, colors).clicked() && keys;
            }
            self.countdown(ui, colors, now);
        });
        if blocks {
            return Some(Outcome::Decided(Decision::Block));
        }
        if declines {
            return Some(self.closed());
        }
        if accepts && decides {
            return Some(self.allowed());
        }
        if accepts && self.is_complete() {
            return self.enter();
        }
        None
    }

    fn countdown(&self, ui: &mut Ui, colors: &Palette, now: f64) {
        let waits = match &self.stage {
            Stage::Status(view) => !super::state::is_work(view),
            Stage::Ready { .. } => true,
            Stage::Ended { .. } => false,
        };
        let (true, Some(end)) = (waits, self.deadline) else {
            return;
        };
        let left = (end - now).max(0.0);
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // 0 to some minutes
        let words = text::seconds_left(left.ceil() as u64);
        let color = if left <= HURRY {
            colors.danger
        } else {
            colors.dim
        };
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            // Beside three buttons there is room for little.
            let line = match self.stage {
                Stage::Status(View::Deciding) => format!("{left:.0} s"),
                _ => format!("{}·{}", words.zh, words.en),
            };
            words::label(ui, job([Piece(&line, fonts::plain(size::SMALL), color)]));
        });
    }
}

#[derive(Clone, Copy, Eq, PartialEq)]
enum Kind {
    Primary,
    Plain,
}

fn button(ui: &mut Ui, words: &Words, kind: Kind, enabled: bool, colors: &Palette) -> Response {
    let sense = if enabled {
        Sense::click()
    } else {
        Sense::hover()
    };
    let font = |colors| words::beside(words, fonts::strong(size::BODY), colors, colors);
    let width = words::line(ui, font(colors.text)).size().x + 40.0;
    let (rect, button) = ui.allocate_exact_size(vec2(width, BUTTON_HEIGHT), sense);
    button.widget_info(|| WidgetInfo::labeled(Role::Button, enabled, words.line()));
    let over = enabled && button.hovered();
    let (fill, stroke, text) = match (kind, enabled) {
        (Kind::Primary, true) => {
            let fill = if over {
                colors.accent_hover
            } else {
                colors.accent
            };
            (fill, Stroke::NONE, colors.on_accent)
        }
        (Kind::Primary, false) => (colors.line, Stroke::NONE, colors.dim),
        (Kind::Plain, _) => {
            let fill = if over {
                colors.accent_soft
            } else {
                colors.background
            };
            (fill, Stroke::new(1.0, colors.line), colors.text)
        }
    };
    ui.painter()
        .rect(rect, ROUNDING, fill, stroke, StrokeKind::Inside);
    let galley = words::line(ui, font(text));
    let place = rect.center() - galley.size() / 2.0;
    ui.painter().galley(place, galley, text);
    if button.has_focus() {
        paint::focus_ring(ui.painter(), rect, ROUNDING, colors);
    }
    button
}

/// A box to tick, with words beside it.
pub(super) fn checkbox(ui: &mut Ui, words: &Words, ticked: bool, colors: &Palette) -> Response {
    let galley = {
        let mut job = words::beside(words, fonts::strong(size::BODY), colors.text, colors.dim);
        job.wrap.max_width = ui.available_width() - 34.0;
        ui.fonts_mut(|fonts| fonts.layout_job(job))
    };
    let height = galley.size().y.max(24.0);
    let (rect, tick) = ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::click());
    tick.widget_info(|| WidgetInfo::selected(Role::CheckBox, true, ticked, words.line()));
    let square =
        Rect::from_center_size(pos2(rect.left() + 12.0, rect.center().y), vec2(20.0, 20.0));
    let (fill, edge) = match (ticked, tick.hovered()) {
        (true, _) => (colors.accent, colors.accent),
        (false, true) => (colors.accent_soft, colors.accent),
        (false, false) => (colors.field, colors.dim),
    };
    ui.painter().rect(
        square,
        5.0,
        fill,
        Stroke::new(1.5, edge),
        StrokeKind::Inside,
    );
    if ticked {
        let at = |x: f32, y: f32| square.center() + vec2(x, y);
        let points = vec![at(-4.5, 0.0), at(-1.5, 3.5), at(5.0, -4.0)];
        ui.painter()
            .add(Shape::line(points, Stroke::new(2.0, colors.on_accent)));
    }
    if tick.has_focus() {
        paint::focus_ring(ui.painter(), square, 5.0, colors);
    }
    let place = pos2(rect.left() + 34.0, rect.center().y - galley.size().y / 2.0);
    ui.painter().galley(place, galley, colors.text);
    tick
}
