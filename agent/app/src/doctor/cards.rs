//! The smart card service, readers, modules and cards, seen by the same code that signs.

use std::{collections::BTreeSet, io, sync::Arc, time::SystemTime};

use chop_token::{Inventory, Keyring, Reader, Readers, Signer, Source, Use};

use super::{Area, Line};
use crate::{
    cards, keyring,
    settings::Settings,
    text::{cards::what_to_install, doctor::cards as text, faults},
};

pub(super) fn lines(
    inventory: Result<&Inventory, &io::Error>,
    settings: &Settings,
    now: SystemTime,
) -> Vec<Line> {
    let inventory = match inventory {
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
    let mut lines = sources(inventory);
    lines.extend(readers(inventory, !settings.pkcs12.value.is_empty()));
    lines.extend(certificates(
        inventory,
        i64::try_from(now).unwrap_or(i64::MAX),
    ));
    lines
}

/// What is plugged in. Modules are loaded in child processes, which end with this call.
pub(crate) fn take(settings: &Settings) -> io::Result<Arc<Inventory>> {
    let settings = keyring::settings(settings, std::env::current_exe()?);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    Ok(runtime.block_on(async {
        let keyring = Keyring::start(settings);
        keyring.look();
        // Not settled in time is a finding too: what there is by then is shown.
        cards::settled(keyring.inventory()).await
    }))
}

/// One line for each module and file.
fn sources(inventory: &Inventory) -> Vec<Line> {
    let problem = |words| Line::problem(Area::Modules, words);
    let line = |source: &Source| match &source.fault {
        Some(fault) => problem(faults::fault(&source.path, fault)),
        None => Line::ok(
            Area::Modules,
            text::module_good(&source.path, source.library.as_ref()),
        ),
    };
    let mut lines: Vec<_> = inventory.sources.iter().map(line).collect();
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
                    text::reader(reader, inventory.model_in(reader)),
                )
            };
            std::iter::once(service)
                .chain(readers.iter().map(line))
                .collect()
        }
    }
}

/// Each certificate that can sign in, and each card without one. `now` in seconds since 1970.
fn certificates(inventory: &Inventory, now: i64) -> Vec<Line> {
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
        let line = |reader: &Reader| {
            let model = inventory.model_in(reader);
            let (what, without) = text::useless_card(&reader.name, model);
            let remedy = what_to_install(inventory, reader).unwrap_or(without);
            Line::problem(Area::Cards, (what, remedy))
        };
        lines.extend(unknown.map(line));
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
