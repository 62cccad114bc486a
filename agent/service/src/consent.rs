//! The person at the keyboard, behind two small traits: the agent's window implements them, tests
//! script them.

use std::{borrow::Cow, fmt, future::Future, path::PathBuf, time::Duration};

use chop_protocol::Origin;
use chop_token::Pin;
use serde::{Deserialize, Serialize};

use crate::domain;

/// Opens windows.
pub trait Consent: Send + Sync + 'static {
    /// One window for one operation.
    type Window: Window;

    /// Opens a window that says who asks and for what, before any card is looked at.
    fn open(
        &self,
        request: &ConsentRequest,
    ) -> impl Future<Output = Result<Self::Window, ConsentError>> + Send;
}

/// One window for one operation. Dropping it closes it at once.
pub trait Window: Send + 'static {
    /// Changes what the window shows.
    fn show(&mut self, view: &View) -> impl Future<Output = ()> + Send;

    /// Waits for the person. Cancel-safe: a dropped call loses no event.
    fn next(&mut self) -> impl Future<Output = Event> + Send;

    /// Shows how it ended for a moment, then goes; returns at once.
    fn end(self, ending: Ending);
}

/// What a window is opened for. It holds nothing that the page itself could have worded.
#[derive(Clone, Debug)]
pub struct ConsentRequest {
    /// Who asks.
    pub caller: Caller,
    /// What is asked for.
    pub purpose: Purpose,
    /// How long the person has; the window counts down and ends by itself with
    /// [`Event::TimedOut`].
    pub time: Duration,
}

/// Who asks.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Caller {
    /// A site, as the browser reported it.
    Site(Origin),
    /// A program of this person, by its file. Only the room for HiCOS pages has such callers.
    Program(PathBuf),
    /// The agent itself, because the person wants to see whether their card signs.
    SelfTest,
}

impl Caller {
    /// What it is remembered by: the whole origin, or the program's file.
    pub(crate) fn name(&self) -> Cow<'_, str> {
        match self {
            Self::Site(site) => site.as_str().into(),
            Self::Program(file) => file.to_string_lossy(),
            Self::SelfTest => SELF_TEST.into(),
        }
    }

    /// Whose it is: the registrable domain, or the program's file.
    pub(crate) fn owner(&self) -> Cow<'_, str> {
        match self {
            Self::Site(site) => domain::name(site).into(),
            Self::Program(file) => file.to_string_lossy(),
            Self::SelfTest => SELF_TEST.into(),
        }
    }
}

/// What the agent itself is remembered by: neither an origin nor a file.
const SELF_TEST: &str = "self-test";

impl fmt::Display for Caller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name())
    }
}

impl From<&Origin> for Caller {
    fn from(site: &Origin) -> Self {
        Self::Site(site.clone())
    }
}

/// What is asked for.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// Signing in to the site.
    SignIn,
    /// Seeing whether the card signs; the signature goes nowhere.
    Test,
    /// Letting the site read a card's certificates.
    ReadCertificates,
    /// Signing these documents, at least one.
    Sign {
        /// In the site's order.
        documents: Vec<DocumentView>,
    },
    /// Decrypting a message.
    Decrypt {
        /// How large it is, in bytes.
        size: usize,
    },
    /// Letting the caller use cards through the room for HiCOS pages.
    Access {
        /// What it may do.
        scope: Scope,
        /// Whether the person may say so for the future as well.
        may_last: bool,
    },
}

/// What a caller may do in the room for HiCOS pages.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// See readers, cards and certificates.
    Read,
    /// And have things signed.
    Sign,
    /// And have things decrypted; not signed.
    Decrypt,
    /// Change a card's PIN, once.
    ChangePin,
}

/// A document, as far as it is shown.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct DocumentView {
    /// The site's name for it. The one thing here that the page has worded: it must be shown as such.
    pub name: String,
    /// Its size in bytes; `None` where the site gave a digest alone.
    pub size: Option<usize>,
    /// The digest: the hash's name, and its hexadecimal digits.
    pub digest: (String, String),
    /// All of it, where it is a short text.
    pub text: Option<String>,
}

/// Why no window opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConsentError {
    /// There is no display.
    #[error("there is no display to show a window on")]
    NoDisplay,
    /// The window's process could not be started or ended before it showed anything.
    #[error("the window could not be opened")]
    Failed(#[source] std::io::Error),
}

/// What the window shows beneath the origin.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum View {
    /// The person decides, see [`Purpose::Access`]; no card is looked at.
    Deciding,
    /// Looking for the card; nothing is known yet.
    Looking,
    /// The smart card service of the system does not run.
    ServiceDown,
    /// No reader: the window waits for one.
    NoReader,
    /// Readers, but no card: the window waits for one.
    NoCard,
    /// A card whose certificates are not for this, or that no module knows.
    NoCertificate {
        /// The module's own fault, in English, if it had one.
        fault: Option<String>,
    },
    /// Choose (where there is a choice) and enter the PIN.
    Ready {
        /// At least one.
        choices: Vec<Choice>,
        /// What came of the last try.
        notice: Option<Notice>,
    },
    /// The card is at work.
    Checking,
    /// The person enters the PIN on the reader's own keypad.
    OnReader,
    /// The card is at work, and has done so much of it.
    Working {
        /// So many are done.
        done: usize,
        /// Of so many.
        total: usize,
    },
}

/// One certificate to sign with.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Choice {
    /// Names it in [`Event::Entered`]; the same certificate keeps it while the window is open.
    pub id: ChoiceId,
    /// The holder; `None` for a file that hides its certificate until the password is given.
    pub holder: Option<String>,
    /// The issuer's name; empty where the certificate is hidden.
    pub issuer: String,
    /// The end of validity, seconds since 1970.
    pub not_after: Option<i64>,
    /// The whole certificate, DER, for who wants its details; `None` where it is hidden.
    pub certificate: Option<Vec<u8>>,
    /// The token's label or the file's name.
    pub label: String,
    /// The reader's name, where there is one.
    pub reader: Option<String>,
    /// Tries before the card locks, where the card tells.
    pub tries_left: Option<u8>,
    /// Whether the card is locked: shown with what to do, takes no PIN.
    pub locked: bool,
    /// What the person has to do beside choosing.
    pub asks: Asks,
    /// The shortest PIN that the card takes, in bytes.
    pub shortest: usize,
    /// The longest PIN that the card takes, in bytes.
    pub longest: usize,
}

/// What a choice asks of the person.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Asks {
    /// A PIN, typed into the window.
    Pin,
    /// A PIN, typed on the reader's own keypad once the person has agreed in the window.
    Keypad,
    /// To agree.
    Agreement,
}

/// See [`Choice::id`].
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
pub struct ChoiceId(pub u32);

/// What came of the last try.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Notice {
    /// The PIN was wrong.
    PinWrong {
        /// Tries before the card locks, where the card tells.
        tries_left: Option<u8>,
    },
    /// The card does not take a PIN of that length; no try was lost.
    PinLength,
}

/// What the person did.
pub enum Event {
    /// Chose a certificate and entered its PIN.
    Entered {
        /// Which.
        choice: ChoiceId,
        /// For one try.
        pin: Pin,
    },
    /// Chose a certificate that asks for no PIN in the window, and agreed.
    Agreed {
        /// Which.
        choice: ChoiceId,
    },
    /// Decided.
    Decided(Decision),
    /// Closed the window, pressed Escape or Cancel.
    Closed,
    /// Let the time run out.
    TimedOut,
}

/// What the person says of [`Purpose::Access`].
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// Yes, this time.
    Once,
    /// Yes, from now on.
    Always,
    /// No, from now on.
    Block,
}

/// How the operation ended, which the window shows for a moment.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// All went well.
    Done,
    /// The page gave up: the window goes at once.
    PageGone,
    /// The card left the reader while it was working.
    CardRemoved,
    /// The card or its module failed.
    CardFault,
    /// Neither the card nor its module can do it.
    Unsupported,
    /// The message did not decrypt.
    NotDecrypted,
}
