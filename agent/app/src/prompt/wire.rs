//! What the agent and the window's process say to each other, in JSON, in frames of
//! [`chop_token::pipe`]. A PIN follows its [`FromWindow::Entered`] as a secret frame.

use std::ops::Range;

use chop_service::{ChoiceId, Decision, Ending, Purpose, View};
use serde::{Deserialize, Serialize};

use crate::text::Language;

/// The first message to the window.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Request {
    /// What the window speaks at first.
    pub(crate) language: Language,
    /// Whether the desktop is dark, where the agent knows; else the window asks the system.
    pub(crate) dark: Option<bool>,
    /// What the window is for.
    pub(crate) about: About,
}

/// What a window is for.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum About {
    /// A site asks for something.
    Site(SiteRequest),
    /// The person wants another PIN; this way of getting one is shown first.
    Pin(PinTask),
}

/// How a person gets another PIN.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum PinTask {
    /// With the one that holds.
    Change,
    /// With the PUK, because the PIN is locked or forgotten.
    Unblock,
}

/// Why the PIN is still the same; the window takes another try.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum PinFault {
    /// The PIN was wrong.
    PinWrong {
        /// Tries before the card locks, where the card tells.
        tries_left: Option<u8>,
    },
    /// The PUK was wrong.
    PukWrong {
        /// Tries before it is of no use any more, where the card tells.
        tries_left: Option<u8>,
    },
    /// The PUK is locked: only the issuer can help.
    PukLocked,
    /// The card does not take the new PIN.
    Refused,
    /// Another program holds the card.
    NotFree,
    /// Neither the card nor its module can do it this way.
    Unsupported,
}

/// What a site asks for.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct SiteRequest {
    /// The site, as the agent checked it.
    pub(crate) origin: String,
    /// Where in it stands what tells whose the site is: see [`chop_service::owner`]; of a program
    /// its name.
    pub(crate) owner: Range<usize>,
    /// What of the two it is.
    #[serde(default)]
    pub(crate) caller: CallerKind,
    /// What is asked for.
    pub(crate) purpose: Purpose,
    /// How long the person has.
    pub(crate) seconds: u64,
}

/// Kinds of callers.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum CallerKind {
    /// A site over https, or of this machine.
    #[default]
    Site,
    /// A site over http.
    PlainSite,
    /// A program of this person.
    Program,
    /// The agent itself.
    SelfTest,
}

/// Later messages to the window.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ToWindow {
    /// Show this.
    Show(View),
    /// Say what came of the last try to get another PIN.
    Failed(PinFault),
    /// Show this for a moment, then go.
    End(Ending),
}

/// Messages from the window.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum FromWindow {
    /// It is on the screen.
    Opened,
    /// There is no display to open it on.
    NoDisplay,
    /// A certificate was chosen and its PIN entered; the PIN follows.
    Entered(ChoiceId),
    /// Another PIN is wanted for this card; the PIN or PUK follows, then the new PIN.
    Changed(ChoiceId, PinTask),
    /// A certificate was chosen that asks for no PIN here, and the person agreed.
    Agreed(ChoiceId),
    /// The person decided.
    Decided(Decision),
    /// The person would rather read this language, in this window and the next.
    Spoke(Language),
    /// The person closed it.
    Closed,
    /// The time ran out.
    TimedOut,
}
