//! Who asks: the largest thing in the window.

use std::ops::Range;

use egui::{Align, Layout, Sense, Ui, text::LayoutJob, vec2};

use super::Form;
use crate::{
    prompt::{
        fonts, paint,
        parts::{
            Look, language,
            words::{self, Piece, job},
        },
        theme::size,
        wire::SiteRequest,
    },
    text::{Language, prompt as text},
};

/// The origin on one line is at most and at least this large, in points.
const LARGEST: u8 = 27;
const SMALLEST: u8 = 18;

impl Form {
    /// Shows the origin and what it asks for; the language that the person would rather read.
    pub(super) fn header(&self, ui: &mut Ui, look: &Look) -> Option<Language> {
        let mut other = None;
        ui.horizontal(|ui| {
            let (rect, _) = ui.allocate_exact_size(vec2(24.0, 24.0), Sense::hover());
            paint::seal(ui.painter(), rect, look.colors.seal, egui::Color32::WHITE);
            let who = look.say(&text::who_asks(&self.request.purpose, self.request.caller));
            words::label(ui, &who, fonts::plain(size::SMALL + 1.0), look.colors.dim);
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                other = language::switch(ui, look);
            });
        });
        ui.add_space(8.0);
        origin(ui, &self.request, look);
        ui.add_space(1.0);
        let asks = look.say(&text::asks(&self.request.purpose));
        words::label(ui, &asks, fonts::plain(size::BODY), look.colors.text);
        other
    }
}

/// The whole origin, its owner emphasised: on one line if it fits, else broken anywhere, because
/// the end of a host is what tells whose it is. A host is ASCII here (C-10).
fn origin(ui: &mut Ui, request: &SiteRequest, look: &Look) {
    let colors = &look.colors;
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
    let size = fitting.next().unwrap_or(f32::from(SMALLEST) - 1.0);
    drop(fitting);
    let mut job = pieces(size);
    job.wrap.break_anywhere = true;
    ui.add(egui::Label::new(job).wrap().selectable(false));
}
