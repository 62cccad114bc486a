//! Sentences of the desk: the pages for the person alone.

use chop_service::{Act, Caller, Outcome};

use super::{Language, Message, message};
use crate::line::Page;
use crate::settings::{Source, Theme};

/// Leads past the frame.
pub const SKIP: Message = message("desk-skip");
/// Beside the program's name.
pub const WHAT: Message = message("desk-what");
/// What the list of pages is called.
pub const PAGES: Message = message("desk-pages");
/// Beneath every page.
pub const ONLY_YOU: Message = message("desk-only-you");
/// Looks at everything once more.
pub const AGAIN: Message = message("desk-again");
/// The test signature, and ([`Message::more`]) what it is.
pub const TEST: Message = message("desk-test");
/// Begins it.
pub const TEST_BUTTON: Message = message("desk-test-button");
/// The report for others, and ([`Message::more`]) what is not in it.
pub const REPORT: Message = message("desk-report");
/// Copies it.
pub const COPY: Message = message("desk-copy");
/// It is copied.
pub const COPIED: Message = message("desk-copied");
/// Nothing was asked yet.
pub const NO_REQUESTS: Message = message("desk-no-requests");
/// Heads of the table of requests.
pub const WHEN: Message = message("desk-when");
/// See [`WHEN`].
pub const WHO: Message = message("desk-who");
/// See [`WHEN`].
pub const ACT: Message = message("desk-act");
/// See [`WHEN`].
pub const OUTCOME: Message = message("desk-outcome");
/// Nobody may anything without asking.
pub const NO_SITES: Message = message("desk-no-sites");
/// It is not the person's to change.
pub const BY_POLICY: Message = message("desk-by-policy");
/// Takes everything back.
pub const TAKE_BACK_ALL: Message = message("desk-take-back-all");
/// Everything was taken back.
pub const ALL_TAKEN_BACK: Message = message("desk-all-taken-back");
/// Above language and theme.
pub const LOOKS: Message = message("desk-looks");
/// What is spoken.
pub const LANGUAGE: Message = message("desk-language");
/// Light or dark.
pub const THEME: Message = message("desk-theme");
/// As the system has it.
pub const SYSTEM: Message = message("desk-system");
/// Keeps it.
pub const SAVE: Message = message("desk-save");
/// It is kept.
pub const SAVED: Message = message("desk-saved");
/// Above the certificates in files, and ([`Message::more`]) what they are.
pub const FILES: Message = message("desk-files");
/// None is a card.
pub const NO_FILES: Message = message("desk-no-files");
/// It can be read.
pub const FILE_WELL: Message = message("desk-file-well");
/// Above those that could be one.
pub const FOUND_FILES: Message = message("desk-found-files");
/// Makes one a card.
pub const USE: Message = message("desk-use");
/// Makes it none any more.
pub const STOP_USING: Message = message("desk-stop-using");
/// Where another is.
pub const PATH: Message = message("desk-path");
/// Above the table of all settings, and ([`Message::more`]) how they are changed.
pub const ALL_SETTINGS: Message = message("desk-all-settings");
/// Heads of the table of settings.
pub const KEY: Message = message("desk-key");
/// See [`KEY`].
pub const VALUE: Message = message("desk-value");
/// See [`KEY`].
pub const SOURCE: Message = message("desk-source");
/// No agent runs that could show it.
pub const NO_AGENT: Message = message("desk-no-agent");

/// Nothing on this desktop opens addresses.
#[must_use]
pub fn no_browser(address: &str) -> Message {
    message("desk-no-browser").with("address", address.to_owned())
}

/// What a page is called, and ([`Message::more`], but for the self-test) what it shows.
#[must_use]
pub fn page(page: Page) -> Message {
    match page {
        Page::SelfTest => message("desk-self-test"),
        Page::Requests => message("desk-requests"),
        Page::Sites => message("desk-sites"),
        Page::Settings => message("desk-settings"),
        Page::About => message("desk-about"),
    }
}

/// [`USE`], with what.
#[must_use]
pub fn use_file(path: &str) -> Message {
    message("desk-use-file").with("file", path.to_owned())
}

/// [`STOP_USING`], with what.
#[must_use]
pub fn stop_file(path: &str) -> Message {
    message("desk-stop-file").with("file", path.to_owned())
}

/// A file is a card now.
#[must_use]
pub fn file_used(path: &str) -> Message {
    message("desk-file-used").with("file", path.to_owned())
}

/// It is none any more.
#[must_use]
pub fn file_stopped(path: &str) -> Message {
    message("desk-file-stopped").with("file", path.to_owned())
}

/// There is no such file.
#[must_use]
pub fn no_such_file(path: &str) -> Message {
    message("desk-no-such-file").with("file", path.to_owned())
}

/// A card has signed.
#[must_use]
pub fn signed(holder: &str, issuer: &str, algorithm: &str) -> Message {
    message("desk-signed")
        .with("holder", holder.to_owned())
        .with("issuer", issuer.to_owned())
        .with("algorithm", algorithm.to_owned())
}

/// What was asked for.
#[must_use]
pub fn act(act: Act) -> Message {
    match act {
        Act::SignIn => message("act-sign-in"),
        Act::Read => message("act-read"),
        Act::Sign => message("act-sign"),
        Act::Decrypt => message("act-decrypt"),
        Act::ChangePin => message("act-change-pin"),
        Act::Test => message("act-test"),
    }
}

/// What came of it.
#[must_use]
pub fn outcome(outcome: Outcome) -> Message {
    match outcome {
        Outcome::Done => message("outcome-done"),
        Outcome::Failed(code) => super::code::of(code),
        Outcome::Left => message("outcome-left"),
    }
}

/// Who asked. A site and a program go by their own names.
#[must_use]
pub fn caller(caller: &Caller, language: Language) -> String {
    match caller {
        Caller::SelfTest => language.say(&page(Page::SelfTest)),
        named => named.to_string(),
    }
}

/// Takes back what one may, or lifts its block.
#[must_use]
pub fn take_back(blocked: bool) -> Message {
    match blocked {
        false => message("desk-take-back"),
        true => message("desk-lift-block"),
    }
}

/// The same, with whose it is.
#[must_use]
pub fn take_back_of(blocked: bool, caller: &str) -> Message {
    let words = match blocked {
        false => message("desk-take-back-of"),
        true => message("desk-lift-block-of"),
    };
    words.with("caller", caller.to_owned())
}

/// It was taken back.
#[must_use]
pub fn taken_back(caller: &str) -> Message {
    message("desk-taken-back").with("caller", caller.to_owned())
}

/// Who has set a value.
#[must_use]
pub fn source(source: Source) -> Message {
    match source {
        Source::BuiltIn => message("source-built-in"),
        Source::Policy => message("source-policy"),
        Source::Locked => message("source-locked"),
        Source::Person => message("source-person"),
    }
}

/// A theme.
#[must_use]
pub fn theme(theme: Theme) -> Message {
    match theme {
        Theme::System => SYSTEM,
        Theme::Light => message("theme-light"),
        Theme::Dark => message("theme-dark"),
    }
}

/// A policy has locked a setting.
#[must_use]
pub fn locked(key: &str) -> Message {
    message("error-setting-locked").with("setting", key.to_owned())
}

/// There is no such setting.
#[must_use]
pub fn unknown_setting(key: &str) -> Message {
    message("error-setting-unknown").with("setting", key.to_owned())
}

/// The settings file cannot be written.
#[must_use]
pub fn not_written(path: &str, reason: &str) -> Message {
    message("error-settings-write")
        .with("path", path.to_owned())
        .with("reason", reason.to_owned())
}
