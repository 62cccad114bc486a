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
}

/// Later messages to the window.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ToWindow {
    /// Show this.
    Show(View),
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
