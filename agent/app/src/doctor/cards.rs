//! The smart card service, readers, modules and cards, seen by the same code that signs.

use std::{
    collections::BTreeSet,
    io,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, SystemTime},
};

use chop_token::{Inventory, Keyring, Reader, Readers, Signer, Use, WorkerProgram};

use super::{Area, Line};
use crate::{settings::Settings, text::doctor::cards as text};

/// How long the modules may take to list their cards.
const PATIENCE: Duration = Duration::from_secs(20);

pub(super) fn lines(settings: &Settings, now: SystemTime) -> Vec<Line> {
    let (modules, files) = (&settings.modules.value, &settings.pkcs12.value);
    let inventory = match take(modules, files) {
        Ok(inventory) => inventory,
        Err(error) => {
            return vec![Line::problem(
                Area::Modules,
                text::no_look(&error.to_string()),
            )];
        }
    };
    let now = now
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default()
        .as_secs();
    let mut lines = sources(modules, files, &inventory, Path::exists);
    lines.extend(readers(&inventory, !files.is_empty()));
    lines.extend(cards(&inventory, i64::try_from(now).unwrap_or(i64::MAX)));
    lines
}

/// What is plugged in. Modules are loaded in child processes, which end with this call.
fn take(modules: &[PathBuf], pkcs12: &[PathBuf]) -> io::Result<Arc<Inventory>> {
    let settings = chop_token::Settings {
        worker: WorkerProgram {
            program: std::env::current_exe()?,
            arguments: vec!["worker".into()],
        },
        modules: modules
            .iter()
            .filter(|path| path.exists())
            .cloned()
            .collect(),
        pkcs12: pkcs12
            .iter()
            .filter(|path| path.exists())
            .cloned()
            .collect(),
        deadline: PATIENCE,
        removal_grace: Duration::from_secs(2),
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    Ok(runtime.block_on(async {
        let keyring = Keyring::start(settings);
        let mut inventory = keyring.inventory();
        keyring.look();
        // Not settled in time is a finding too: what there is by then is shown.
        let settled = inventory.wait_for(|inventory| inventory.settled);
        let _ = tokio::time::timeout(PATIENCE, settled).await;
        inventory.borrow().clone()
    }))
}

/// One line for each module and file.
fn sources(
    modules: &[PathBuf],
    files: &[PathBuf],
    inventory: &Inventory,
    exists: impl Fn(&Path) -> bool,
) -> Vec<Line> {
    let problem = |words| Line::problem(Area::Modules, words);
    let mut lines: Vec<_> = modules
        .iter()
        .chain(files)
        .map(
            |source| match inventory.faults().find(|(path, _)| path == source) {
                _ if !exists(source) => problem(text::module_missing(source)),
                Some((_, reason)) => problem(text::module_fault(source, reason)),
                None => Line::ok(Area::Modules, text::module_good(source)),
            },
        )
        .collect();
    if lines.is_empty() {
        lines.push(problem(text::NO_MODULE));
    }
    if !inventory.settled {
        lines.push(problem(text::SLOW));
    }
    lines
}

/// The service and each reader. Whoever has a file as card needs neither.
fn readers(inventory: &Inventory, has_file: bool) -> Vec<Line> {
    let missing = |(what, remedy)| {
        if has_file {
            Line::note(Area::Readers, what, Some(remedy))
        } else {
            Line::problem(Area::Readers, (what, remedy))
        }
    };
    let service = Line::ok(Area::Readers, text::SERVICE);
    match &inventory.readers {
        Readers::Unknown => Vec::new(),
        Readers::ServiceDown => vec![missing(text::SERVICE_DOWN)],
        Readers::Present(readers) if readers.is_empty() => {
            vec![service, missing(text::NO_READER)]
        }
        Readers::Present(readers) => {
            let line = |reader: &Reader| {
                Line::ok(
                    Area::Readers,
                    text::reader(&reader.name, reader.card.as_deref()),
                )
            };
            std::iter::once(service)
                .chain(readers.iter().map(line))
                .collect()
        }
    }
}

/// Each certificate that can sign in, and each card without one. `now` in seconds since 1970.
fn cards(inventory: &Inventory, now: i64) -> Vec<Line> {
    let signers = inventory.signers(Use::SignIn);
    let mut lines: Vec<_> = signers.iter().map(|signer| card(signer, now)).collect();
    let Readers::Present(readers) = &inventory.readers else {
        return lines;
    };
    let known: BTreeSet<_> = signers
        .iter()
        .filter_map(|signer| signer.reader.as_deref())
        .collect();
    // A module that names no reader for its slots leaves it open which card is whose.
    let unplaced = signers
        .iter()
        .any(|signer| signer.reader.is_none() && !signer.key.token.serial.is_empty());
    let unknown = readers.iter().filter(|reader| reader.card.is_some());
    let unknown = unknown.filter(|reader| !unplaced && !known.contains(reader.name.as_str()));
    // Modules that have not answered may know them yet.
    if inventory.settled {
        lines.extend(
            unknown.map(|reader| Line::problem(Area::Cards, text::unknown_card(&reader.name))),
        );
    }
    if readers.iter().all(|reader| reader.card.is_none()) && lines.is_empty() {
        lines.push(Line::note(Area::Cards, text::NO_CARD, None));
    }
    lines
}

fn card(signer: &Signer, now: i64) -> Line {
    let Some(certificate) = &signer.certificate else {
        return Line::ok(Area::Cards, text::hidden(&signer.label));
    };
    let (holder, until) = (&certificate.holder, certificate.not_after);
    if until < now {
        Line::problem(Area::Cards, text::expired(holder, until))
    } else if signer.pin.locked {
        Line::problem(Area::Cards, text::locked(holder))
    } else if signer.pin.tries_left == Some(1) {
        let (what, remedy) = text::last_try(holder);
        Line::note(Area::Cards, what, Some(remedy))
    } else {
        Line::ok(
            Area::Cards,
            text::signer(holder, &certificate.issuer, until),
        )
    }
}

#[cfg(test)]
mod tests;
