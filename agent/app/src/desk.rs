//! The desk's pages: what stands on them, and what their forms do. Who may see them is the
//! business of [`chop_service::Desk`].
//!
//! Spec: docs/protocol.md, "The desk".

mod files;
mod frame;
mod own;
mod pages;
mod views;

use std::{io, sync::Arc, time::SystemTime};

use chop_protocol::ErrorCode;
use chop_service::{DeskFields, DeskPages, Next, TestSignature};
use chop_token::Keyring;
use time::UtcOffset;
use tokio::{sync::watch, task::spawn_blocking};

pub(crate) use own::Own;

use crate::{
    browse, cards, doctor,
    line::{self, Page, Question},
    paths::Paths,
    preferences::Preferences,
    settings::{self, SetError, Settings},
    text::{Message, command, desk as text},
};
use frame::Frame;

/// No agent runs that could show it.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("no agent runs")]
pub struct NoAgent;

/// Nothing on this desktop opens an address.
#[derive(Debug, thiserror::Error)]
#[error("the browser could not be opened")]
pub struct NoBrowser {
    /// The address.
    pub address: String,
    /// Why.
    #[source]
    pub cause: io::Error,
}

/// A link to a page of the running agent: good once, and for a minute.
///
/// # Errors
/// [`NoAgent`].
pub fn link(paths: &Paths, page: Page) -> Result<String, NoAgent> {
    let link = ask(paths, Question::Link(page)).map_err(|_| NoAgent)?;
    // An agent that cannot open a port has said so in its log.
    (!link.is_empty()).then_some(link).ok_or(NoAgent)
}

/// Has the running agent, if there is one, read the settings anew.
pub fn reload(paths: &Paths) {
    // Without an agent there is nobody to tell.
    let _ = ask(paths, Question::Reload);
}

/// Has the running agent, if there is one, show no longer what was taken back. It is taken back
/// without that: the agent reads the file of grants whenever it has changed.
pub fn taken_back(paths: &Paths) {
    // Without an agent there is nobody to tell.
    let _ = ask(paths, Question::TakenBack);
}

/// Opens a link in the person's browser.
///
/// # Errors
/// [`NoBrowser`].
pub fn open(link: &str) -> Result<(), NoBrowser> {
    browse::open(link).map_err(|cause| NoBrowser {
        address: link.to_owned(),
        cause,
    })
}

fn ask(paths: &Paths, question: Question) -> io::Result<String> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(line::ask(&paths.line, question))
}

const STYLE: &[u8] = include_bytes!("../assets/desk.css");
const SCRIPT: &[u8] = include_bytes!("../assets/desk.js");
const SEAL: &[u8] = include_bytes!("../../../packaging/linux/tw.chop.Agent.svg");

/// Everything that the pages show and change.
#[derive(Clone)]
pub(crate) struct Pages {
    pub(crate) own: Arc<dyn Own>,
    pub(crate) keyring: Keyring,
    pub(crate) paths: Paths,
    pub(crate) preferences: Preferences,
    /// The person's time.
    pub(crate) offset: UtcOffset,
    /// Told when a permission was taken back.
    pub(crate) taken_back: watch::Sender<()>,
}

/// What a form's action leaves to be said.
#[derive(Debug)]
pub(crate) enum Notice {
    /// The test signature was made.
    Signed(Box<TestSignature>),
    /// It was not.
    NotSigned(ErrorCode),
    /// Something was changed.
    Done(Message),
    /// It was not.
    NotDone(Message),
}

impl DeskPages for Pages {
    type Notice = Notice;

    async fn show(&self, page: &str, notice: Option<Notice>) -> Option<String> {
        let page = page.parse().ok()?;
        let frame = Frame::new(page, &self.preferences, notice);
        Some(match page {
            Page::SelfTest => pages::self_test(frame, &self.findings().await),
            Page::Requests => {
                let requests = self.own.recent().borrow().clone();
                pages::requests(frame, &requests, self.offset)
            }
            Page::Sites => {
                let grants = self.own.grants().list(SystemTime::now());
                pages::sites(
                    frame,
                    &grants,
                    &Settings::load(&self.paths).unwrap_or_default(),
                )
            }
            Page::Settings => {
                self.keyring.look();
                let inventory = cards::settled(self.keyring.inventory()).await;
                let paths = self.paths.clone();
                let put = move || pages::settings(frame, &paths, &inventory);
                spawn_blocking(put).await.unwrap_or_default()
            }
            Page::About => pages::about(frame),
        })
    }

    async fn act(&self, action: &str, fields: &DeskFields) -> Option<Next<Notice>> {
        Some(match action {
            "test" => Next {
                page: Page::SelfTest.name(),
                notice: Some(match self.own.test_signature().await {
                    Ok(signed) => Notice::Signed(Box::new(signed)),
                    Err(error) => Notice::NotSigned(error.code()),
                }),
            },
            "take-back" => self.take_back(fields.one("caller")?),
            "take-back-all" => {
                self.own.grants().forget_all();
                self.taken_back.send_replace(());
                done(Page::Sites, text::ALL_TAKEN_BACK)
            }
            "language" => {
                let page: Page = fields.one("page")?.parse().ok()?;
                let language = fields.one("language")?.parse().ok()?;
                // It is spoken in any case; where a policy has locked it, until the agent ends.
                let kept = self.preferences.speak(language);
                let notice = kept
                    .err()
                    .map(|error| Notice::NotDone(command::set(&error)));
                Next {
                    page: page.name(),
                    notice,
                }
            }
            "looks" => self.looks(fields),
            "use-file" => self.use_file(fields.one("path")?),
            "stop-file" => self.stop_file(fields.one("path")?),
            _ => return None,
        })
    }

    fn file(&self, name: &str) -> Option<(&'static str, &'static [u8])> {
        match name {
            "desk.css" => Some(("text/css; charset=utf-8", STYLE)),
            "desk.js" => Some(("text/javascript; charset=utf-8", SCRIPT)),
            "seal.svg" => Some(("image/svg+xml", SEAL)),
            _ => None,
        }
    }
}

impl Pages {
    /// Everything is looked at, with the cards as the agent knows them.
    async fn findings(&self) -> doctor::Findings {
        self.keyring.look();
        let inventory = cards::settled(self.keyring.inventory()).await;
        let paths = self.paths.clone();
        let look = move || doctor::examine(&paths, Settings::load(&paths), Some(inventory));
        let looked = spawn_blocking(look).await;
        // It does not panic; an agent that is about to end has no time for it.
        looked.unwrap_or_default()
    }

    pub(crate) fn take_back(&self, caller: &str) -> Next<Notice> {
        let forgotten = self.own.grants().forget(caller);
        self.taken_back.send_replace(());
        match forgotten {
            true => done(Page::Sites, text::taken_back(caller)),
            // Somebody else was quicker; what is left is shown.
            false => Next {
                page: Page::Sites.name(),
                notice: None,
            },
        }
    }

    /// Language and theme; a field that is missing is one that a policy has locked.
    fn looks(&self, fields: &DeskFields) -> Next<Notice> {
        let set = |key| match fields.one(key) {
            Some("system") => settings::unset(&self.paths, key),
            Some(value) => settings::set(&self.paths, key, &format!("{value:?}")),
            None => Ok(()),
        };
        let saved = set("language").and_then(|()| set("theme"));
        let loaded = saved.and_then(|()| self.preferences.reload().map_err(SetError::from));
        match loaded {
            Ok(_) => done(Page::Settings, text::SAVED),
            Err(error) => Next {
                page: Page::Settings.name(),
                notice: Some(Notice::NotDone(command::set(&error))),
            },
        }
    }
}

fn done(page: Page, said: Message) -> Next<Notice> {
    Next {
        page: page.name(),
        notice: Some(Notice::Done(said)),
    }
}

#[cfg(test)]
mod tests;
