//! What `chop simulate` says when it has started: one screen.

use std::path::Path;

use chop_simulate::{Answer, Kind, PIN};

use super::{Message, message};

/// The lines, in their order.
#[must_use]
pub fn screen(cards: &[Kind], answers: &[Answer], folder: Option<&Path>) -> Vec<Message> {
    let cards = match cards {
        [] => message("simulate-empty"),
        cards => message("simulate-cards")
            .with("cards", list(cards))
            .with("pin", PIN.to_owned()),
    };
    let windows = match answers {
        [] => message("simulate-windows"),
        answers => message("simulate-script").with("answers", list(answers)),
    };
    let folder = match folder {
        Some(path) => message("simulate-folder").with("path", path.display().to_string()),
        None => message("simulate-no-folder"),
    };
    vec![
        cards,
        message("simulate-nobody"),
        windows,
        folder.clone(),
        folder.next(),
        message("simulate-end"),
    ]
}

fn list(items: &[impl ToString]) -> String {
    let items: Vec<_> = items.iter().map(ToString::to_string).collect();
    items.join(", ")
}
