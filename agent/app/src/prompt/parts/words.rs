//! Text.

use std::sync::Arc;

use egui::{Align, Color32, FontId, Galley, Label, Response, TextFormat, Ui, text::LayoutJob};

/// A piece of text in one font and colour.
pub(in crate::prompt) struct Piece<'a>(
    pub(in crate::prompt) &'a str,
    pub(in crate::prompt) FontId,
    pub(in crate::prompt) Color32,
);

/// Pieces one after the other.
pub(in crate::prompt) fn job<'a>(pieces: impl IntoIterator<Item = Piece<'a>>) -> LayoutJob {
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

/// Shows text, on as many lines as it needs.
pub(in crate::prompt) fn label(ui: &mut Ui, text: &str, font: FontId, color: Color32) -> Response {
    let job = job([Piece(text, font, color)]);
    ui.add(Label::new(job).wrap().selectable(false))
}

/// Shows what others have written (names, readers, modules), on `rows` lines at most; what is left
/// out is said by `…` and when pointed at.
pub(in crate::prompt) fn foreign(
    ui: &mut Ui,
    text: &str,
    font: FontId,
    color: Color32,
    rows: usize,
) -> Response {
    label_within(ui, job([Piece(&harmless(text), font, color)]), rows)
}

/// Shows text, on `rows` lines at most.
pub(in crate::prompt) fn label_within(ui: &mut Ui, mut job: LayoutJob, rows: usize) -> Response {
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
pub(in crate::prompt) fn line(ui: &Ui, mut job: LayoutJob) -> Arc<Galley> {
    job.wrap.max_width = f32::INFINITY;
    ui.fonts_mut(|fonts| fonts.layout_job(job))
}

/// What others have written, without what would break lines, turn the direction of what stands
/// beside it, or hide: each such character is shown as one that cannot be.
///
/// Spec: Unicode, bidirectional formatting characters (UAX #9 §2), and those without width.
pub(in crate::prompt) fn harmless(text: &str) -> String {
    let hidden = |char: char| {
        char.is_control()
            || matches!(char,
                '\u{061C}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}'
                | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}'
                | '\u{E0000}'..='\u{E007F}')
    };
    let shown = |char| match hidden(char) {
        true => char::REPLACEMENT_CHARACTER,
        false => char,
    };
    text.chars().map(shown).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_others_have_written_cannot_turn_or_break_what_stands_beside_it() {
        let odd = "王\u{202E}小\u{2066}明\u{200B}\n\u{E0041}𠮷";
        assert_eq!(
            harmless(odd),
            "王\u{FFFD}小\u{FFFD}明\u{FFFD}\u{FFFD}\u{FFFD}𠮷"
        );
    }
}
