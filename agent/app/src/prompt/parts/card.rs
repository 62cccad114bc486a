//! The one certificate there is, as a card.

use chop_service::Choice;
use egui::{CornerRadius, Frame, Margin, Sense, Ui, vec2};

use super::{
    Look,
    words::{self, Piece, job},
};
use crate::{
    issuer::CardKind,
    prompt::{fonts, paint, theme::size},
    text::prompt as text,
};

/// From this many characters on the holder's name is set smaller.
const LONG_NAME: usize = 14;

/// Shows the holder, the kind of card, the issuer, the validity and where the card is.
pub(in crate::prompt) fn show(ui: &mut Ui, choice: &Choice, today: i64, look: &Look) {
    let frame = Frame::new()
        .fill(look.colors.card)
        .corner_radius(CornerRadius::same(14))
        .inner_margin(Margin::symmetric(20, 16));
    frame.show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.horizontal_top(|ui| {
            let (chip, _) = ui.allocate_exact_size(vec2(42.0, 32.0), Sense::hover());
            paint::chip(ui.painter(), chip.translate(vec2(0.0, 4.0)));
            ui.add_space(8.0);
            ui.vertical(|ui| contents(ui, choice, today, look));
        });
    });
}

fn contents(ui: &mut Ui, choice: &Choice, today: i64, look: &Look) {
    ui.spacing_mut().item_spacing.y = 3.0;
    let (bright, dim) = (look.colors.on_card, look.colors.on_card_dim);
    let small = fonts::plain(size::SMALL);
    if let Some(kind) = CardKind::of_issuer(&choice.issuer) {
        words::label(ui, &look.say(&text::kind(kind)), small.clone(), dim);
    }
    match &choice.holder {
        Some(holder) => {
            let long = holder.chars().count() > LONG_NAME;
            let font = fonts::strong(if long { size::BODY + 1.0 } else { size::HOLDER });
            words::foreign(ui, holder, font, bright, 3);
        }
        None => {
            let font = fonts::strong(size::TITLE);
            words::label(ui, &look.say(&text::HIDDEN_HOLDER), font, bright);
            words::label(ui, &look.say(&text::HIDDEN_CERTIFICATE), small.clone(), dim);
        }
    }
    if !choice.issuer.is_empty() {
        words::foreign(ui, &choice.issuer, small.clone(), dim, 1);
    }
    if let Some(not_after) = choice.not_after {
        let expired = not_after < today;
        let until = look.say(&text::valid_until(not_after, today));
        let (font, color) = match expired {
            true => (fonts::strong(size::SMALL), bright),
            false => (small.clone(), dim),
        };
        words::label_within(ui, job([Piece(&until, font, color)]), 1);
    }
    words::foreign(
        ui,
        &place(&choice.label, choice.reader.as_deref()),
        small,
        dim,
        1,
    );
}

/// The token's name and its reader.
pub(in crate::prompt) fn place(label: &str, reader: Option<&str>) -> String {
    match reader {
        Some(reader) if label.is_empty() => reader.to_owned(),
        Some(reader) => format!("{label} · {reader}"),
        None => label.to_owned(),
    }
}
