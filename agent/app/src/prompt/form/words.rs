//! Text in two languages: Chinese first and larger, English beside or beneath it.

use std::sync::Arc;

use egui::{Align, Color32, FontId, Galley, Label, Response, TextFormat, Ui, text::LayoutJob};

use crate::{
    prompt::{fonts, theme::size},
    text::Words,
};

/// A piece of text in one font and colour.
pub(super) struct Piece<'a>(pub(super) &'a str, pub(super) FontId, pub(super) Color32);

/// Pieces one after the other.
pub(super) fn job<'a>(pieces: impl IntoIterator<Item = Piece<'a>>) -> LayoutJob {
    let mut job = LayoutJob::default();
    for Piece(text, font_id, color) in pieces {
        let format = TextFormat {
            font_id,
            color,
            valign: Align::Center,
            ..Default::default()
        };
        job.append(text, 0.0, format);
    }
    job
}

/// Chinese, and English smaller on the same line.
pub(super) fn beside(words: &Words, zh: FontId, zh_color: Color32, en_color: Color32) -> LayoutJob {
    let small = fonts::plain((zh.size - 2.0).max(size::SMALL - 1.0));
    let space = "\u{2002}";
    job([
        Piece(&words.zh, zh, zh_color),
        Piece(space, small.clone(), en_color),
        Piece(&words.en, small, en_color),
    ])
}

/// Chinese, and English smaller on lines of its own.
pub(super) fn stacked(
    ui: &mut Ui,
    words: &Words,
    zh: FontId,
    zh_color: Color32,
    en_color: Color32,
) {
    let small = fonts::plain((zh.size - 2.0).clamp(size::SMALL, size::BODY));
    label(ui, job([Piece(&words.zh, zh, zh_color)]));
    label(ui, job([Piece(&words.en, small, en_color)]));
}

/// Shows text, on as many lines as it needs.
pub(super) fn label(ui: &mut Ui, job: LayoutJob) -> Response {
    ui.add(Label::new(job).wrap().selectable(false))
}

/// Shows text, on `rows` lines at most; what is left out is said by `…` and when pointed at.
pub(super) fn label_within(ui: &mut Ui, mut job: LayoutJob, rows: usize) -> Response {
    job.wrap.max_width = ui.available_width();
    job.wrap.max_rows = rows;
    job.wrap.break_anywhere = rows == 1;
    let galley = ui.fonts_mut(|fonts| fonts.layout_job(job));
    let whole = galley.elided.then(|| galley.text().to_owned());
    let label = Label::new(galley)
        .selectable(false)
        .show_tooltip_when_elided(false);
    let shown = ui.add(label);
    match whole {
        Some(whole) => shown.on_hover_text(whole),
        None => shown,
    }
}

/// Lays text out on one line, however long.
pub(super) fn line(ui: &Ui, mut job: LayoutJob) -> Arc<Galley> {
    job.wrap.max_width = f32::INFINITY;
    ui.fonts_mut(|fonts| fonts.layout_job(job))
}
