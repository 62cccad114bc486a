//! The tray while the agent runs: its state follows windows and cards, its menu is obeyed.

use std::{path::Path, process::Stdio, sync::Arc};

use chop_token::{Inventory, Readers};
use tokio::{
    process::Command,
    sync::{mpsc, watch},
};

use crate::{
    text::Language,
    tray::{Event, State, Tray},
};

/// Shows the tray until the person chooses to quit. Without a tray it never returns.
pub(super) async fn until_quit(
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
        let state = state(*windows.borrow_and_update(), &inventory.borrow_and_update());
        tray.set_state(state);
        tokio::select! {
            Some(event) = events.recv() => match event {
                Event::Quit => return,
                Event::SelfTest => show(program, "self-test"),
                Event::About => show(program, "about"),
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

/// Opens the self-test in the person's browser: `chop doctor --open`.
fn show(program: &Path, part: &str) {
    let doctor = Command::new(program)
        .args(["doctor", "--open", part])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .spawn();
    match doctor {
        Ok(mut child) => {
            // Waited for, so that it does not stay in the process table.
            tokio::spawn(async move { child.wait().await });
        }
        Err(error) => tracing::error!(%error, "the self-test cannot be started"),
    }
}

#[cfg(test)]
mod tests {
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
}
