//! Who asks: the largest thing in the window.

use std::ops::Range;

use egui::{Sense, Ui, text::LayoutJob, vec2};

use super::words::{self, Piece, job};
use crate::{
    prompt::{fonts, paint, theme::Palette, theme::size, wire::Request},
    text::prompt as text,
};

/// The origin on one line is at most and at least this large, in points.
const LARGEST: u8 = 27;
const SMALLEST: u8 = 18;

/// Shows the origin and what it asks for.
pub(super) fn show(ui: &mut Ui, request: &Request, colors: &Palette) {
    ui.horizontal(|ui| {
        let (rect, _) = ui.allocate_exact_size(vec2(24.0, 24.0), Sense::hover());
        paint::seal(ui.painter(), rect, colors.seal, egui::Color32::WHITE);
        let font = fonts::plain(size::SMALL + 1.0);
        words::label(
            ui,
            words::beside(
                &text::who_asks(&request.purpose, request.caller),
                font,
                colors.dim,
                colors.dim,
            ),
        );
    });
    ui.add_space(10.0);
    origin(ui, request, colors);
    ui.add_space(2.0);
    let font = fonts::plain(size::BODY);
    words::label(
        ui,
        words::beside(&text::asks(&request.purpose), font, colors.text, colors.dim),
    );
}

/// The whole origin, its owner emphasised: on one line if it fits, else broken anywhere, because
/// the end of a host is what tells whose it is. A host is ASCII here (C-10).
fn origin(ui: &mut Ui, request: &Request, colors: &Palette) {
    let Range { start, end } = request.owner;
    let part = |range: Range<usize>| request.origin.get(range).unwrap_or_default();
    let pieces = |size: f32| -> LayoutJob {
        job([
            Piece(part(0..start), fonts::plain(size), colors.dim),
            Piece(part(start..end), fonts::strong(size), colors.text),
            Piece(
                part(end..request.origin.len()),
                fonts::plain(size),
                colors.dim,
            ),
        ])
    };
    let width = ui.available_width();
    let fitting = (SMALLEST..=LARGEST).rev().map(f32::from);
    let mut fitting = fitting.filter(|size| words::line(ui, pieces(*size)).size().x <= width);
    let mut job = match fitting.next() {
        Some(size) => pieces(size),
        None => pieces(f32::from(SMALLEST) - 1.0),
    };
    drop(fitting);
    job.wrap.break_anywhere = true;
    words::label(ui, job);
}
