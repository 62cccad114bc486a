//! The one certificate there is, as a card.

use chop_service::Choice;
use egui::{CornerRadius, Frame, Margin, Sense, Ui, vec2};

use super::words::{self, Piece, job};
use crate::{
    prompt::{fonts, paint, theme::Palette, theme::size},
    text::prompt as text,
};

/// From this many characters on the holder's name is set smaller.
const LONG_NAME: usize = 14;

/// Shows the holder, the issuer, the validity and where the card is.
pub(super) fn show(ui: &mut Ui, choice: &Choice, today: i64, colors: &Palette) {
    let frame = Frame::new()
        .fill(colors.card)
        .corner_radius(CornerRadius::same(14))
        .inner_margin(Margin::symmetric(20, 18));
    frame.show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.horizontal_top(|ui| {
            let (chip, _) = ui.allocate_exact_size(vec2(42.0, 32.0), Sense::hover());
            paint::chip(ui.painter(), chip.translate(vec2(0.0, 2.0)));
            ui.add_space(8.0);
            ui.vertical(|ui| details(ui, choice, today, colors));
        });
    });
}

fn details(ui: &mut Ui, choice: &Choice, today: i64, colors: &Palette) {
    let (bright, dim) = (colors.on_card, colors.on_card_dim);
    let small = fonts::plain(size::SMALL);
    match &choice.holder {
        Some(holder) => {
            let long = holder.chars().count() > LONG_NAME;
            let font = fonts::strong(if long { size::BODY + 1.0 } else { size::HOLDER });
            words::label_within(ui, job([Piece(holder, font, bright)]), 3);
        }
        None => {
            let font = fonts::strong(size::TITLE);
            words::label(ui, words::beside(&text::HIDDEN_HOLDER, font, bright, dim));
            words::stacked(ui, &text::HIDDEN_CERTIFICATE, small.clone(), dim, dim);
        }
    }
    if !choice.issuer.is_empty() {
        words::label_within(ui, job([Piece(&choice.issuer, small.clone(), dim)]), 1);
    }
    if let Some(not_after) = choice.not_after {
        let until = text::valid_until(not_after, today);
        let color = if not_after < today { bright } else { dim };
        words::label(ui, words::beside(&until, small.clone(), color, color));
    }
    words::label_within(ui, job([Piece(&place(choice), small, dim)]), 1);
}

/// The token's name and its reader.
pub(super) fn place(choice: &Choice) -> String {
    match &choice.reader {
        Some(reader) if choice.label.is_empty() => reader.clone(),
        Some(reader) => format!("{}·{reader}", choice.label),
        None => choice.label.clone(),
    }
}
