//! Several certificates or cards: one of them is chosen, by mouse or by the arrow keys.

use chop_service::{Choice, ChoiceId};
use egui::{Key, Ui};

use super::{Look, card::place, row, words};
use crate::{
    issuer::CardKind,
    prompt::{fonts, theme::size},
    text::{Message, prompt as text},
};

/// Shows all of them under a title; returns the one that is chosen now.
pub(in crate::prompt) fn show(
    ui: &mut Ui,
    choices: &[Choice],
    chosen: ChoiceId,
    title: &Message,
    (keys, today): (bool, i64),
    look: &Look,
) -> ChoiceId {
    words::label(
        ui,
        &look.say(title),
        fonts::strong(size::BODY),
        look.colors.text,
    );
    ui.add_space(4.0);
    let by_keys = keys.then(|| arrows(ui, choices, chosen)).flatten();
    let mut clicked = None;
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing.y = row::BETWEEN;
        for choice in choices {
            let selected = by_keys.unwrap_or(chosen) == choice.id;
            let shown = one(ui, choice, selected, today, look);
            if selected && by_keys.is_some() {
                shown.scroll_to_me(None);
            }
            if shown.clicked() {
                clicked = Some(choice.id);
            }
        }
    });
    clicked.or(by_keys).unwrap_or(chosen)
}

/// The certificate that the arrow keys lead to.
fn arrows(ui: &Ui, choices: &[Choice], chosen: ChoiceId) -> Option<ChoiceId> {
    let (up, down) = ui.input(|input| {
        (
            input.num_presses(Key::ArrowUp),
            input.num_presses(Key::ArrowDown),
        )
    });
    if up == down {
        return None;
    }
    let at = choices.iter().position(|choice| choice.id == chosen)?;
    let to = (at + down)
        .saturating_sub(up)
        .min(choices.len().checked_sub(1)?);
    choices.get(to).map(|choice| choice.id)
}

fn one(ui: &mut Ui, choice: &Choice, selected: bool, today: i64, look: &Look) -> egui::Response {
    let holder = match &choice.holder {
        Some(holder) => words::harmless(holder),
        None => look.say(&text::HIDDEN_HOLDER),
    };
    let issuer = match CardKind::of_issuer(&choice.issuer) {
        Some(kind) => look.say(&text::kind(kind)),
        None => words::harmless(&choice.issuer),
    };
    let until = choice
        .not_after
        .map(|until| look.say(&text::valid_until(until, today)))
        .unwrap_or_default();
    let place = words::harmless(&place(&choice.label, choice.reader.as_deref()));
    let parts = [issuer, until].into_iter().filter(|part| !part.is_empty());
    let about = parts.collect::<Vec<_>>().join(" · ");
    let tag = match choice {
        Choice { locked: true, .. } => Some(look.say(&text::LOCKED_TAG)),
        Choice {
            tries_left: Some(1),
            ..
        } => Some(look.say(&text::LAST_TRY_TAG)),
        _ => None,
    };
    let says = row::Says {
        title: &holder,
        about: &about,
        tag: tag.as_deref(),
        place: &place,
    };
    row::show(ui, &says, selected, look)
}
