//! The words that switch the window to another language.

use egui::Ui;

use super::{Look, link};
use crate::text::Language;

/// Shows the next language by its own name; returns it when it is chosen.
pub(in crate::prompt) fn switch(ui: &mut Ui, look: &Look) -> Option<Language> {
    let mut after = Language::all().skip_while(|known| *known != look.language);
    let next = after.nth(1).or(Language::all().next())?;
    if next == look.language {
        return None;
    }
    let chosen = link::show(ui, &next.name(), look.colors.accent, look).clicked();
    chosen.then_some(next)
}
