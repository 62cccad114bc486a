//! The documents that are to be signed.

use chop_service::DocumentView;
use egui::{CornerRadius, Frame, Margin, Ui};

use crate::{
    certificate_view::in_fours,
    prompt::{
        fonts,
        parts::{Look, words},
        theme::size,
    },
    text::prompt as text,
};

/// Shows each document: its name in quotes, because the site has worded it, its size and digest, and
/// a short text in full.
pub(super) fn show(ui: &mut Ui, documents: &[DocumentView], look: &Look) {
    let frame = Frame::new()
        .fill(look.colors.field)
        .stroke(egui::Stroke::new(1.0, look.colors.line))
        .corner_radius(CornerRadius::same(10))
        .inner_margin(Margin::symmetric(14, 10));
    frame.show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.spacing_mut().item_spacing.y = 2.0;
        for (number, document) in documents.iter().enumerate() {
            if number > 0 {
                ui.add_space(8.0);
            }
            one(ui, document, look);
        }
    });
    if documents.iter().any(|document| document.text.is_some()) {
        ui.add_space(6.0);
        let font = fonts::plain(size::SMALL);
        let warning = look.say(&text::MAY_BE_A_LOGIN);
        words::label(ui, &warning, font, look.colors.danger);
    }
}

fn one(ui: &mut Ui, document: &DocumentView, look: &Look) {
    let (strong, small) = (fonts::strong(size::BODY), fonts::plain(size::SMALL));
    let name = look.say(&text::document_name(&document.name));
    words::foreign(ui, &name, strong, look.colors.text, 2);
    let (hash, digest) = &document.digest;
    let digest = in_fours(digest);
    let size = document.size.map(text::file_size);
    let about = match size {
        Some(size) => format!("{size} · {hash} {digest}"),
        None => format!("{hash} {digest}"),
    };
    // All of it: whoever compares digests compares whole ones. SHA-512 takes four rows.
    words::foreign(ui, &about, small.clone(), look.colors.dim, 4);
    if let Some(content) = &document.text {
        let lines: Vec<_> = content.lines().map(words::harmless).collect();
        words::label(ui, &lines.join("\n"), small, look.colors.text);
    }
}
