//! The tray while the agent runs: it follows windows, cards, requests and settings, and its menu is
//! obeyed.

mod menu;

use std::{path::Path, process::Stdio};

use chop_token::{Inventory, Readers};
use tokio::{
    process::Command,
    sync::{mpsc, watch},
};

use super::hipki::Taken;
use crate::{
    desk::Pages,
    ports::Owner,
    tray::{Event, State, Tray},
};
use menu::Now;

/// Shows the tray until the person chooses to quit. Without a tray it never returns.
pub(super) async fn until_quit(
    program: &Path,
    windows: watch::Receiver<usize>,
    taken: watch::Receiver<Taken>,
    pages: Pages,
) {
    #[cfg(windows)]
    {
        let program = program.to_path_buf();
        let show = move || async move { show(&program, windows, taken, pages).await };
        super::tray_thread::run(show).await;
    }
    #[cfg(not(windows))]
    show(program, windows, taken, pages).await;
}

async fn show(
    program: &Path,
    mut windows: watch::Receiver<usize>,
    mut taken: watch::Receiver<Taken>,
    pages: Pages,
) {
    let mut language = pages.preferences.language().subscribe();
    let mut inventory = pages.keyring.inventory();
    let mut recent = pages.own.recent();
    let mut taken_back = pages.taken_back.subscribe();
    let (sender, mut events) = mpsc::unbounded_channel();
    let Some(mut tray) = Tray::start(sender, *language.borrow()) else {
        return std::future::pending().await;
    };
    loop {
        let cards = inventory.borrow_and_update().clone();
        let others = taken.borrow_and_update().clone();
        let state = state(*windows.borrow_and_update(), &cards, &others);
        let now = Now {
            state,
            cards: &cards,
            requests: &recent.borrow_and_update().clone(),
            grants: &pages.own.grants().list(std::time::SystemTime::now()),
            taken: &others,
            offset: pages.offset,
            language: *language.borrow_and_update(),
        };
        tray.show(state, now.menu(), &now.tooltip());
        tokio::select! {
            Some(event) = events.recv() => match event {
                Event::Quit => return,
                Event::ChangePin => start(program, &["pin"]),
                Event::Open(page) => start(program, &["settings", "--page", page.name()]),
                Event::TakeBack(caller) => _ = pages.take_back(&caller),
                // Where a policy has locked it, until the agent ends.
                Event::Speak(language) => _ = pages.preferences.speak(language),
            },
            Ok(()) = windows.changed() => {}
            Ok(()) = inventory.changed() => {}
            Ok(()) = recent.changed() => {}
            Ok(()) = taken_back.changed() => {}
            Ok(()) = language.changed() => {}
            Ok(()) = taken.changed() => {}
        }
    }
}

fn state(windows: usize, inventory: &Inventory, taken: &[(u16, Owner)]) -> State {
    let has_card = match &inventory.readers {
        Readers::Present(readers) => readers.iter().any(|reader| reader.card.is_some()),
        Readers::Unknown | Readers::ServiceDown => false,
    };
    match inventory.readers {
        _ if windows > 0 => State::Busy,
        Readers::ServiceDown => State::Problem,
        _ if inventory.faults().next().is_some() || !taken.is_empty() => State::Problem,
        _ if has_card => State::CardIn,
        _ => State::Ready,
    }
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
    fn an_open_window_is_work_and_a_missing_service_or_port_a_problem() {
        let with = |readers| Inventory {
            readers,
            ..Inventory::default()
        };
        let reader = |card| Reader {
            name: String::new(),
            card,
        };
        let empty = with(Readers::Present(vec![reader(None)]));
        let full = with(Readers::Present(vec![
            reader(None),
            reader(Some(vec![0x3b])),
        ]));
        let down = with(Readers::ServiceDown);
        let owner = Owner {
            name: Some("node".to_owned()),
            process: Some(7),
            user: None,
        };
        let taken = [(61161, owner)];
        assert_eq!(state(0, &with(Readers::Unknown), &[]), State::Ready);
        assert_eq!(state(0, &empty, &[]), State::Ready);
        assert_eq!(state(0, &full, &[]), State::CardIn);
        assert_eq!(state(0, &down, &[]), State::Problem);
        assert_eq!(state(0, &full, &taken), State::Problem);
        assert_eq!(state(1, &down, &taken), State::Busy);
    }
}
