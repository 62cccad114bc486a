//! `chop cards`: readers, cards, certificates and modules, as the agent sees them.
//!
//! It looks by itself and needs no running agent. Nothing is changed, and no PIN is asked for.

mod print;
mod shown;

use std::{
    io::{self, Write as _},
    path::PathBuf,
    sync::Arc,
    time::Duration,
};

use chop_token::{Inventory, Keyring};
use tokio::{sync::watch, time::timeout};

use crate::{keyring, settings::Settings, text::cards as text};
use shown::Shown;
pub(crate) use shown::ShownModule;

/// How it is shown.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Form {
    /// For people.
    Text,
    /// For programs: a JSON object on one line.
    Json,
}

/// How long the modules may take to list their cards.
const PATIENCE: Duration = Duration::from_secs(20);

/// Shows everything once, or (`follow`) again after each change until nobody reads it any more.
///
/// # Errors
/// The system's, when the runtime cannot be started or nothing can be written.
pub fn run(settings: &Settings, program: PathBuf, form: Form, follow: bool) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let keyring = Keyring::start(keyring::settings(settings, program));
        let inventory = keyring.inventory();
        keyring.look();
        match follow {
            true => following(form, inventory).await,
            false => once(form, inventory).await,
        }
    })
}

/// What is plugged in, once every module has answered, or in [`PATIENCE`] whatever is there.
pub(crate) async fn settled(mut inventory: watch::Receiver<Arc<Inventory>>) -> Arc<Inventory> {
    let settled = inventory.wait_for(|inventory| inventory.settled);
    let _ = timeout(PATIENCE, settled).await;
    inventory.borrow().clone()
}

async fn once(form: Form, inventory: watch::Receiver<Arc<Inventory>>) -> io::Result<()> {
    let inventory = settled(inventory).await;
    write(&in_form(form, &inventory))?;
    if !inventory.settled {
        eprintln!("chop: {}", text::SLOW.line());
    }
    Ok(())
}

async fn following(form: Form, mut inventory: watch::Receiver<Arc<Inventory>>) -> io::Result<()> {
    let mut last = String::new();
    loop {
        let now = in_form(form, &inventory.borrow_and_update());
        if now != last {
            let between = if form == Form::Text && !last.is_empty() {
                "\n"
            } else {
                ""
            };
            match write(&format!("{between}{now}")) {
                // Whoever reads us may have seen enough.
                Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return Ok(()),
                other => other?,
            }
            last = now;
        }
        if inventory.changed().await.is_err() {
            return Ok(());
        }
    }
}

fn in_form(form: Form, inventory: &Inventory) -> String {
    let shown = Shown::of(inventory);
    match form {
        Form::Text => print::text(&shown),
        Form::Json => print::json(&shown),
    }
}

fn write(text: &str) -> io::Result<()> {
    let mut output = io::stdout().lock();
    output.write_all(text.as_bytes())?;
    output.flush()
}
