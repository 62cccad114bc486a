//! `chop pin`: another PIN for a card, entered in a window, with the PIN that holds or with the PUK.
//!
//! It needs no running agent: it has card workers of its own, which end with it.

mod cards;

use std::{io, path::PathBuf, sync::Arc, time::Duration};

use chop_service::{ChoiceId, ConsentError, Ending, Event, Tries};
use chop_token::{Inventory, Keyring, Pin};
use tokio::sync::watch;

use crate::{
    consent::{Answer, PromptWindow, WindowConsent},
    instance::{self, Instance},
    keyring,
    paths::Paths,
    prompt::{
        self,
        wire::{About, PinFault, PinTask, ToWindow},
    },
    settings::Settings,
};
use cards::Cards;

/// A window that shows how it ended goes by itself before this.
const ENDS_WITHIN: Duration = Duration::from_secs(12);

/// Which way the window shows first.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Way {
    /// With the PIN that holds.
    Change,
    /// With the PUK.
    Unblock,
}

/// What came of it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Outcome {
    /// A new PIN holds.
    Changed,
    /// The person closed the window, or the card failed.
    Unchanged,
}

/// Why there is no window.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// One is open, or its lock cannot be made.
    #[error("the window for the PIN cannot be claimed")]
    Open(#[source] instance::Error),
    /// It cannot be shown.
    #[error(transparent)]
    Window(#[from] ConsentError),
    /// The system refuses what every program may have.
    #[error("the system refused to start the inner works")]
    System(#[source] io::Error),
}

/// Opens the window and does what the person enters, until it is done or closed. `program` is the
/// `chop` binary.
///
/// # Errors
/// [`Error`], each variant as it says.
pub fn run(
    settings: &Settings,
    paths: &Paths,
    program: PathBuf,
    way: Way,
) -> Result<Outcome, Error> {
    let _open = Instance::claim(&paths.pin_lock).map_err(Error::Open)?;
    // Two PINs pass through this process.
    prompt::fence();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(Error::System)?;
    runtime.block_on(async {
        let (language, _) = watch::channel(settings.language.value.language());
        let windows = WindowConsent::new(program.clone(), language).theme(settings.theme.value);
        let task = match way {
            Way::Change => PinTask::Change,
            Way::Unblock => PinTask::Unblock,
        };
        let window = windows.open_about(About::Pin(task)).await?;
        let keyring = Keyring::start(keyring::settings(settings, program));
        // What goes wrong here leaves fewer tries to pages as well.
        let tries = Tries::load(&paths.memory);
        Ok(converse(window, &keyring, &tries).await)
    })
}

async fn converse(mut window: PromptWindow, keyring: &Keyring, tries: &Tries) -> Outcome {
    let mut inventory = keyring.inventory();
    let mut cards = Cards::default();
    let mut shown = None;
    keyring.look();
    loop {
        let now = inventory.borrow_and_update().clone();
        let view = cards.view(&now);
        if shown.as_ref() != Some(&view) {
            window.say(ToWindow::Show(view.clone()));
            shown = Some(view);
        }
        let answer = tokio::select! {
            biased;
            answer = window.heard() => answer,
            Ok(()) = inventory.changed() => continue,
        };
        let entered = match answer {
            Some(Answer::Changed {
                choice,
                task,
                old,
                new,
            }) => Entered {
                choice,
                task,
                old,
                new,
            },
            Some(Answer::Did(Event::Closed)) | None => return Outcome::Unchanged,
            Some(_) => continue,
        };
        // A window that is closed now changes nothing any more: the card has been asked.
        match entered.carry_out(&mut cards, &now, keyring, tries).await {
            Tried::Ended(ending) => {
                window.ended(ending, ENDS_WITHIN).await;
                return match ending {
                    Ending::Done => Outcome::Changed,
                    _ => Outcome::Unchanged,
                };
            }
            Tried::Again(fault) => {
                // What the card says of its tries is newer than what is known.
                keyring.look();
                window.say(ToWindow::Show(cards.view(&inventory.borrow())));
                window.say(ToWindow::Failed(fault));
                shown = None;
            }
        }
    }
}

/// What the person wants.
struct Entered {
    choice: ChoiceId,
    task: PinTask,
    old: Pin,
    new: Pin,
}

enum Tried {
    Ended(Ending),
    Again(PinFault),
}

impl Entered {
    /// Asks the card, once.
    async fn carry_out(
        self,
        cards: &mut Cards,
        inventory: &Arc<Inventory>,
        keyring: &Keyring,
        tries: &Tries,
    ) -> Tried {
        let token = cards.token(self.choice, inventory);
        let Some(card) = token.as_ref().and_then(|token| inventory.token(token)) else {
            return Tried::Ended(Ending::CardRemoved);
        };
        let token = card.id.clone();
        let (old, new) = (&self.old, &self.new);
        let mut turn = tries.of(card).turn().await;
        let done = match self.task {
            PinTask::Change => {
                turn.begins();
                keyring.change_pin(&token, old, new).await
            }
            // The PUK has tries of its own; with it the PIN's begin anew.
            PinTask::Unblock => keyring.unblock(&token, old, new).await,
        };
        turn.came(&done);
        match done {
            Ok(()) => Tried::Ended(Ending::Done),
            Err(error) => {
                cards.note(&token, &error);
                what_came(&error, self.task)
            }
        }
    }
}

fn what_came(error: &chop_token::Error, task: PinTask) -> Tried {
    use chop_token::Error;
    let fault = match error {
        Error::PinWrong { left } => PinFault::PinWrong { tries_left: *left },
        Error::PinLocked => PinFault::PinWrong {
            tries_left: Some(0),
        },
        Error::PukWrong { left } => PinFault::PukWrong { tries_left: *left },
        Error::PukLocked => PinFault::PukLocked,
        Error::PinRefused => PinFault::Refused,
        // The length of the old one: no try was lost.
        Error::PinLength if task == PinTask::Change => PinFault::PinWrong { tries_left: None },
        Error::PinLength => PinFault::PukWrong { tries_left: None },
        Error::NotFree => PinFault::NotFree,
        Error::Unsupported => PinFault::Unsupported,
        Error::CardRemoved | Error::KeyGone => return Tried::Ended(Ending::CardRemoved),
        error => {
            tracing::warn!(%error, "the PIN is not changed");
            return Tried::Ended(Ending::CardFault);
        }
    };
    Tried::Again(fault)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_can_be_tried_again_leaves_the_window_open() {
        use chop_token::Error;
        let again = |error: &Error| match what_came(error, PinTask::Change) {
            Tried::Again(fault) => Some(fault),
            Tried::Ended(_) => None,
        };
        let wrong = PinFault::PinWrong {
            tries_left: Some(2),
        };
        assert_eq!(again(&Error::PinWrong { left: Some(2) }), Some(wrong));
        assert_eq!(again(&Error::PinRefused), Some(PinFault::Refused));
        assert_eq!(again(&Error::CardRemoved), None);
        assert_eq!(again(&Error::Deadline { seconds: 60 }), None);
    }
}
