//! What the window says when there is nothing to enter.

use chop_service::{Ending, Purpose, View};
use egui::{CornerRadius, Frame, Margin, Pos2, Sense, Ui, vec2};

use super::words::{self, Piece, job};
use crate::{
    prompt::{fonts, paint, theme::Palette, theme::size},
    text::{Words, prompt as text},
};

const PICTURE: f32 = 76.0;
/// About what picture and text take, to place them in the middle.
const BLOCK: f32 = 196.0;

/// Shows how the search for a card goes. `room` is the height there is, in points.
pub(super) fn view(
    ui: &mut Ui,
    view: &View,
    purpose: &Purpose,
    room: f32,
    now: f64,
    colors: &Palette,
) {
    let (title, more) = match view {
        View::ServiceDown => text::SERVICE_DOWN,
        View::NoReader => text::NO_READER,
        View::NoCard => text::NO_CARD,
        View::NoCertificate { .. } => text::no_certificate(purpose),
        View::Checking => text::checking(purpose),
        View::OnReader => text::ON_READER,
        View::Working { done, total } => text::working(*done, *total),
        View::Looking | View::Deciding | View::Ready { .. } => text::LOOKING,
    };
    let picture = |ui: &Ui, centre: Pos2| match view {
        View::NoReader => paint::reader(ui.painter(), centre, false, colors),
        View::NoCard => paint::reader(ui.painter(), centre, true, colors),
        View::ServiceDown | View::NoCertificate { .. } => {
            paint::alert(ui.painter(), centre, 27.0, colors.danger, colors.background);
        }
        _ => paint::busy(ui.painter(), centre, now, colors),
    };
    block(ui, room, picture, &title, &more, colors);
    if let View::NoCertificate { fault: Some(fault) } = view {
        ui.add_space(6.0);
        ui.vertical_centered(|ui| {
            words::label_within(ui, job([Piece(fault, fonts::plain(12.0), colors.dim)]), 2);
        });
    }
}

/// Shows how the operation ended.
pub(super) fn ending(ui: &mut Ui, ending: Ending, purpose: &Purpose, room: f32, colors: &Palette) {
    let (title, more) = match ending {
        Ending::Done => text::done(purpose),
        Ending::Unsupported => text::UNSUPPORTED,
        Ending::NotDecrypted => text::NOT_DECRYPTED,
        Ending::CardRemoved => text::CARD_REMOVED,
        Ending::CardFault | Ending::PageGone => text::CARD_FAULT,
    };
    let picture = |ui: &Ui, centre: Pos2| match ending {
        Ending::Done => paint::tick(ui.painter(), centre, 29.0, colors),
        _ => paint::alert(ui.painter(), centre, 27.0, colors.danger, colors.background),
    };
    block(ui, room, picture, &title, &more, colors);
}

fn block(
    ui: &mut Ui,
    room: f32,
    picture: impl Fn(&Ui, Pos2),
    title: &Words,
    more: &Words,
    colors: &Palette,
) {
    ui.add_space(((room - BLOCK) / 2.0).max(0.0));
    ui.vertical_centered(|ui| {
        let (rect, _) = ui.allocate_exact_size(vec2(PICTURE, PICTURE), Sense::hover());
        picture(ui, rect.center());
        ui.add_space(8.0);
        words::stacked(
            ui,
            title,
            fonts::strong(size::TITLE),
            colors.text,
            colors.dim,
        );
        ui.add_space(8.0);
        words::stacked(ui, more, fonts::plain(size::BODY), colors.text, colors.dim);
    });
}

/// A warning on a ground of its own.
pub(super) fn banner(ui: &mut Ui, title: &Words, more: Option<&Words>, colors: &Palette) {
    let frame = Frame::new()
        .fill(colors.danger_soft)
        .corner_radius(CornerRadius::same(10))
        .inner_margin(Margin::symmetric(14, 11));
    frame.show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.horizontal_top(|ui| {
            let (rect, _) = ui.allocate_exact_size(vec2(20.0, 22.0), Sense::hover());
            paint::alert(
                ui.painter(),
                rect.center(),
                9.0,
                colors.danger,
                colors.danger_soft,
            );
            ui.vertical(|ui| {
                ui.spacing_mut().item_spacing.y = 2.0;
                words::stacked(
                    ui,
                    title,
                    fonts::strong(size::BODY),
                    colors.danger,
                    colors.danger,
                );
                if let Some(more) = more {
                    ui.add_space(3.0);
                    words::stacked(
                        ui,
                        more,
                        fonts::plain(size::BODY - 1.0),
                        colors.text,
                        colors.dim,
                    );
                }
            });
        });
    });
}
