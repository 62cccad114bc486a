//! A picture in the middle, and what it means beneath it.

use egui::{Pos2, Sense, Ui, WidgetInfo, accesskit::Role, vec2};

use super::{Look, words};
use crate::{
    prompt::{fonts, theme::size},
    text::Message,
};

const PICTURE: f32 = 76.0;
/// About what picture and text take, to place them in the middle.
const BLOCK: f32 = 176.0;

/// Shows a picture, a message and what stands beneath it, in the middle of `room` points.
pub(in crate::prompt) fn show(
    ui: &mut Ui,
    room: f32,
    picture: impl Fn(&Ui, Pos2),
    message: &Message,
    look: &Look,
) {
    ui.add_space(((room - BLOCK) / 2.0).max(0.0));
    ui.vertical_centered(|ui| {
        let (rect, _) = ui.allocate_exact_size(vec2(PICTURE, PICTURE), Sense::hover());
        picture(ui, rect.center());
        ui.add_space(10.0);
        let (title, more) = (look.say(message), look.say(&message.more()));
        words::label(ui, &title, fonts::strong(size::TITLE), look.colors.text);
        ui.add_space(6.0);
        words::label(ui, &more, fonts::plain(size::BODY), look.colors.dim);
    });
}

/// Shows how much of several things is done.
pub(in crate::prompt) fn progress(ui: &mut Ui, done: usize, total: usize, look: &Look) {
    ui.add_space(14.0);
    let width = (ui.available_width() * 0.6).min(260.0);
    ui.vertical_centered(|ui| {
        let (rect, bar) = ui.allocate_exact_size(vec2(width, 8.0), Sense::hover());
        #[allow(clippy::cast_precision_loss)] // a hundred documents at most
        let part = (done as f32 / total.max(1) as f32).clamp(0.0, 1.0);
        bar.widget_info(|| WidgetInfo::new(Role::ProgressIndicator));
        ui.ctx().accesskit_node_builder(bar.id, |node| {
            node.set_numeric_value(f64::from(part) * 100.0);
            node.set_min_numeric_value(0.0);
            node.set_max_numeric_value(100.0);
        });
        ui.painter().rect_filled(rect, 4.0, look.colors.line);
        let so_far = rect.with_max_x(rect.left() + rect.width() * part);
        ui.painter().rect_filled(so_far, 4.0, look.colors.accent);
    });
}
