//! The tray while the agent runs: its state follows windows and cards, its menu is obeyed.

use std::{path::Path, process::Stdio, sync::Arc};

use chop_token::{Inventory, Readers};
use tokio::{
    process::Command,
    sync::{mpsc, watch},
};

use crate::{
    text::{Language, Words, cards as text},
    tray::{Event, State, Tray},
};

/// Shows the tray until the person chooses to quit. Without a tray it never returns.
pub(super) async fn until_quit(
    program: &Path,
    windows: watch::Receiver<usize>,
    inventory: watch::Receiver<Arc<Inventory>>,
    language: Language,
) {
    #[cfg(windows)]
    {
        let program = program.to_path_buf();
        let show = move || async move { show(&program, windows, inventory, language).await };
        super::tray_thread::run(show).await;
    }
    #[cfg(not(windows))]
    show(program, windows, inventory, language).await;
}

async fn show(
    program: &Path,
    mut windows: watch::Receiver<usize>,
    mut inventory: watch::Receiver<Arc<Inventory>>,
    language: Language,
) {
    let (sender, mut events) = mpsc::unbounded_channel();
    let Some(mut tray) = Tray::start(sender, language) else {
        return std::future::pending().await;
    };
    loop {
        let now = inventory.borrow_and_update().clone();
        tray.set_state(state(*windows.borrow_and_update(), &now));
        tray.set_cards(cards(&now));
        tokio::select! {
            Some(event) = events.recv() => match event {
                Event::Quit => return,
                Event::ChangePin => start(program, &["pin"]),
                Event::SelfTest => start(program, &["doctor", "--open", "self-test"]),
                Event::About => start(program, &["doctor", "--open", "about"]),
            },
            Ok(()) = windows.changed() => {}
            Ok(()) = inventory.changed() => {}
            else => return std::future::pending().await,
        }
    }
}

fn state(windows: usize, inventory: &Inventory) -> State {
    match inventory.readers {
        _ if windows > 0 => State::Busy,
        Readers::ServiceDown => State::Problem,
        _ if inventory.faults().next().is_some() => State::Problem,
        _ => State::Ready,
    }
}

/// What the cards in the readers are called; those that nobody knows are in the self-test.
fn cards(inventory: &Inventory) -> Vec<Words> {
    let Readers::Present(readers) = &inventory.readers else {
        return Vec::new();
    };
    let models = readers.iter().filter_map(|it| inventory.model_in(it));
    models.map(text::model).collect()
}

/// Starts one of the program's own commands; its window or page is all that the person sees.
fn start(program: &Path, arguments: &[&str]) {
    let started = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .spawn();
    match started {
        Ok(mut child) => {
            // Waited for, so that it does not stay in the process table.
            tokio::spawn(async move { child.wait().await });
        }
        Err(error) => tracing::error!(%error, ?arguments, "chop cannot be started"),
    }
}

#[cfg(test)]
mod tests {
    use chop_token::Reader;

    use super::*;

    #[test]
    fn an_open_window_is_work_and_a_missing_service_a_problem() {
        let with = |readers| Inventory {
            readers,
            ..Inventory::default()
        };
        assert_eq!(state(0, &with(Readers::Unknown)), State::Ready);
        assert_eq!(state(0, &with(Readers::Present(Vec::new()))), State::Ready);
        assert_eq!(state(0, &with(Readers::ServiceDown)), State::Problem);
        assert_eq!(state(1, &with(Readers::ServiceDown)), State::Busy);
    }

    #[test]
    fn cards_are_called_by_their_names() {
        let reader = |card: &[u8]| Reader {
            name: String::new(),
            card: Some(card.to_vec()),
        };
        let citizens = b"\x3b\xb8\x13\x00\x81\x31\xfa\x52CHTMOICA\xa5";
        let inventory = Inventory {
            readers: Readers::Present(vec![reader(citizens), reader(&[0x3b, 0])]),
            ..Inventory::default()
        };
        let names: Vec<_> = cards(&inventory).into_iter().map(|it| it.zh).collect();
        assert_eq!(names, ["自然人憑證卡"]);
    }
}
