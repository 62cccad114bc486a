//! What is shown, for a terminal and for programs.

use std::fmt::Write as _;

use super::shown::{
    Name, Service, Shown, ShownCard, ShownCertificate, ShownModule, ShownReader, ShownToken,
};
use crate::{
    doctor::harmless,
    text::{Words, cards as text},
};

/// A JSON object and a line end.
pub(super) fn json(shown: &Shown) -> String {
    // Plain structures of text and numbers can always be written.
    let json = serde_json::to_string(shown).unwrap_or_default();
    format!("{json}\n")
}

/// Chinese and English side by side; names come as cards and readers say them.
pub(super) fn text(shown: &Shown) -> String {
    let mut out = Lines::default();
    out.words(0, &text::READERS);
    match shown.service {
        Service::Unknown => out.words(1, &text::LOOKING),
        Service::Down => {
            out.words(1, &text::SERVICE_DOWN);
            out.line(2, "→ chop doctor");
        }
        Service::Running if shown.readers.is_empty() => out.words(1, &text::NO_READER),
        Service::Running => shown.readers.iter().for_each(|it| reader(&mut out, it)),
    }
    if !shown.others.is_empty() {
        out.heading(&text::OTHERS);
        shown.others.iter().for_each(|it| token(&mut out, 1, it));
    }
    out.heading(&text::MODULES);
    match shown.modules.as_slice() {
        [] => out.words(1, &text::NO_MODULE),
        modules => modules.iter().for_each(|it| module(&mut out, it)),
    }
    out.0
}

fn reader(out: &mut Lines, reader: &ShownReader) {
    out.line(1, &reader.name);
    match &reader.card {
        None => out.words(2, &text::NO_CARD),
        Some(it) => card(out, it),
    }
}

fn card(out: &mut Lines, card: &ShownCard) {
    let name = match &card.name {
        Some(name) => both(name),
        None => text::unknown(&card.atr).line(),
    };
    let contactless = match card.contactless {
        true => format!("（{}）", text::CONTACTLESS.line()),
        false => String::new(),
    };
    out.line(2, &format!("{name}{contactless}"));
    card.tokens.iter().for_each(|it| token(out, 3, it));
    if let Some(remedy) = &card.remedy {
        out.remedy(3, remedy);
    }
}

fn token(out: &mut Lines, depth: usize, token: &ShownToken) {
    let pin = text::pin(token.pin.tries_left, token.pin.locked, token.pin.keypad);
    let pin = pin.map_or_else(String::new, |words| format!("　{}", words.line()));
    out.line(depth, &format!("{}{pin}", token.label));
    if token.hidden {
        out.words(depth + 1, &text::HIDDEN);
    }
    for it in &token.certificates {
        certificate(out, depth + 1, it);
    }
}

fn certificate(out: &mut Lines, depth: usize, certificate: &ShownCertificate) {
    let uses = certificate.uses.iter().map(|it| text::wanted(it).line());
    let uses: Vec<_> = uses.collect();
    let uses = match uses.as_slice() {
        [] => text::NO_USE.line(),
        uses => uses.join("、"),
    };
    let key = certificate.key.as_deref().unwrap_or("?");
    out.line(depth, &format!("{}：{uses}", certificate.holder));
    out.line(
        depth + 1,
        &format!(
            "{}, {key}, {} – {}",
            certificate.issuer, certificate.not_before, certificate.not_after
        ),
    );
}

fn module(out: &mut Lines, module: &ShownModule) {
    match &module.fault {
        None => {
            let says = module.description.as_deref().unwrap_or_default();
            out.line(1, format!("✓ {}　{says}", module.path).trim_end());
        }
        Some(fault) => {
            out.line(1, &format!("✗ {}", fault.what.zh));
            out.line(2, &fault.what.en);
            out.remedy(2, &fault.remedy);
        }
    }
}

fn both(name: &Name) -> String {
    format!("{} {}", name.zh, name.en)
}

#[derive(Default)]
struct Lines(String);

impl Lines {
    fn line(&mut self, depth: usize, text: &str) {
        // Writing to a String cannot fail.
        let _ = writeln!(self.0, "{}{}", "  ".repeat(depth), harmless(text));
    }

    fn words(&mut self, depth: usize, words: &Words) {
        self.line(depth, &words.line());
    }

    fn heading(&mut self, words: &Words) {
        self.0.push('\n');
        self.words(0, words);
    }

    fn remedy(&mut self, depth: usize, remedy: &Name) {
        self.line(depth, &format!("→ {}", remedy.zh));
        self.line(depth, &format!("  {}", remedy.en));
    }
}

#[cfg(test)]
mod tests;
