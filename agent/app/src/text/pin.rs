//! Sentences of the window for another PIN.

use chop_service::{Ending, View};

use super::{Message, message};
use crate::prompt::wire::{PinFault, PinTask};

/// The window's title.
#[must_use]
pub(crate) fn window_title(task: PinTask) -> Message {
    match task {
        PinTask::Change => message("pin-window-change"),
        PinTask::Unblock => message("pin-window-unblock"),
    }
}

/// The card takes no PIN until its PUK sets a new one.
pub const LOCKED: Message = message("pin-locked");
/// In large.
#[must_use]
pub(crate) fn title(task: PinTask) -> Message {
    match task {
        PinTask::Change => message("pin-change"),
        PinTask::Unblock => message("pin-unblock"),
    }
}

/// Beneath it: no site has asked.
pub const BY_YOURSELF: Message = message("pin-by-yourself");
/// Above the list of cards.
pub const CHOOSE: Message = message("pin-choose");
/// The PIN that holds.
pub const OLD: Message = message("pin-old");
/// The PUK.
pub const PUK: Message = message("pin-puk");
/// The new PIN.
pub const NEW: Message = message("pin-new");
/// The new PIN once more.
pub const AGAIN: Message = message("pin-again");
/// The two differ.
pub const DIFFER: Message = message("pin-differ");
/// The new PIN is the old one.
pub const SAME: Message = message("pin-same");
/// Leads to the PUK.
pub const FORGOTTEN: Message = message("pin-forgotten");
/// Leads back.
pub const KNOWN: Message = message("pin-known");
/// The card is behind a keypad.
pub const KEYPAD: Message = message("pin-keypad");
/// The holders of such cards have no PUK.
pub const NO_PUK: Message = message("pin-no-puk");

/// Accepts.
#[must_use]
pub(crate) fn accept(task: PinTask) -> Message {
    match task {
        PinTask::Change => message("pin-accept-change"),
        PinTask::Unblock => message("pin-accept-unblock"),
    }
}

/// One try of the PUK is left.
pub(crate) const PUK_LAST_TRY: Message = message("puk-last-try");

/// Why the PIN is still the same.
#[must_use]
pub(crate) fn fault(fault: PinFault) -> Message {
    match fault {
        PinFault::PinWrong { tries_left } => super::prompt::pin_wrong(tries_left),
        PinFault::PukWrong { tries_left: None } => message("puk-wrong"),
        PinFault::PukWrong {
            tries_left: Some(left),
        } => message("puk-wrong-left").with("left", left),
        PinFault::PukLocked => message("puk-locked"),
        PinFault::Refused => message("pin-refused"),
        PinFault::NotFree => message("pin-not-free"),
        PinFault::Unsupported => message("pin-unsupported"),
    }
}

/// How the search for a card goes, and its work.
#[must_use]
pub(crate) fn status(view: &View) -> Message {
    match view {
        View::ServiceDown => message("service-down"),
        View::NoReader => message("no-reader"),
        View::NoCard => message("no-card"),
        View::NoCertificate { .. } => message("pin-no-module"),
        View::Checking | View::Working { .. } | View::OnReader => message("pin-working"),
        View::Looking | View::Deciding | View::Ready { .. } => message("looking"),
    }
}

/// How it ended.
#[must_use]
pub(crate) fn ending(ending: Ending, task: PinTask) -> Message {
    match (ending, task) {
        (Ending::Done, PinTask::Change) => message("pin-changed"),
        (Ending::Done, PinTask::Unblock) => message("pin-unblocked"),
        (Ending::CardRemoved, _) => message("pin-removed"),
        _ => message("pin-fault"),
    }
}
