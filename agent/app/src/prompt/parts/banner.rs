//! A warning on a ground of its own.

use egui::{Color32, CornerRadius, Frame, Margin, Sense, Ui, vec2};

use super::{Look, words};
use crate::prompt::{fonts, paint, theme::size};

/// Something that the person has to know before going on.
pub(in crate::prompt) fn danger(ui: &mut Ui, title: &str, more: Option<&str>, look: &Look) {
    let colors = &look.colors;
    on_ground(ui, colors.danger_soft, |ui| {
        alert(ui, look);
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = 3.0;
            words::label(ui, title, fonts::strong(size::BODY), colors.danger);
            if let Some(more) = more {
                words::label(ui, more, fonts::plain(size::BODY - 1.0), colors.text);
            }
        });
    });
}

fn on_ground(ui: &mut Ui, ground: Color32, contents: impl FnOnce(&mut Ui)) {
    let frame = Frame::new()
        .fill(ground)
        .corner_radius(CornerRadius::same(10))
        .inner_margin(Margin::symmetric(14, 11));
    frame.show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.horizontal_top(contents);
    });
}

fn alert(ui: &mut Ui, look: &Look) {
    let colors = &look.colors;
    let (rect, _) = ui.allocate_exact_size(vec2(20.0, 22.0), Sense::hover());
    let centre = rect.center();
    paint::alert(ui.painter(), centre, 9.0, colors.danger, colors.danger_soft);
}
