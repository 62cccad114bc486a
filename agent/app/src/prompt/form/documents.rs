//! The documents that are to be signed.

use chop_service::DocumentView;
use egui::{CornerRadius, Frame, Margin, ScrollArea, Ui};

use super::words::{self, Piece, job};
use crate::{
    prompt::{fonts, theme::Palette, theme::size},
    text::prompt as text,
};

/// What the list takes at most, in points; more is scrolled.
const HIGHEST: f32 = 168.0;

/// Shows each document: its name in quotes, because the site has worded it, its size and digest, and
/// a short text in full.
pub(super) fn show(ui: &mut Ui, documents: &[DocumentView], colors: &Palette) {
    let frame = Frame::new()
        .fill(colors.field)
        .stroke(egui::Stroke::new(1.0, colors.line))
        .corner_radius(CornerRadius::same(10))
        .inner_margin(Margin::symmetric(14, 10));
    frame.show(ui, |ui| {
        ui.set_width(ui.available_width());
        ScrollArea::vertical().max_height(HIGHEST).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 2.0;
            for (number, document) in documents.iter().enumerate() {
                if number > 0 {
                    ui.add_space(8.0);
                }
                one(ui, document, colors);
            }
        });
    });
    if documents.iter().any(|document| document.text.is_some()) {
        ui.add_space(6.0);
        let font = fonts::plain(size::SMALL);
        words::stacked(ui, &text::MAY_BE_A_LOGIN, font, colors.danger, colors.dim);
    }
}

fn one(ui: &mut Ui, document: &DocumentView, colors: &Palette) {
    let (strong, small) = (fonts::strong(size::BODY), fonts::plain(size::SMALL));
    let name = format!("「{}」", document.name);
    words::label_within(ui, job([Piece(&name, strong, colors.text)]), 2);
    let (hash, digest) = &document.digest;
    let size = document.size.map_or(String::new(), text::file_size);
    let about = format!("{size}{hash} {digest}");
    words::label_within(ui, job([Piece(&about, small.clone(), colors.dim)]), 1);
    if let Some(content) = &document.text {
        words::label(ui, job([Piece(content, small, colors.text)]));
    }
}
