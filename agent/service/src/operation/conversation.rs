//! One window, from its opening to what the person enters.

use std::{future::Future, pin, sync::Arc, time::Duration};

use chop_token::{Inventory, Pin};
use tokio::{
    sync::watch,
    time::{Instant, sleep_until, timeout},
};

use super::{Entered, Operation, fingerprint, offers::Offers};
use crate::{
    Asks, Caller, ChoiceId, Clock, Consent, ConsentRequest, Ending, Error, Event, Keys, Notice,
    Service, View, Window, memory::Choices,
};

/// How long a window may take to appear.
const OPENING: Duration = Duration::from_secs(15);
/// The window ends by itself; one that does not is given up this long after.
const GRACE: Duration = Duration::from_secs(15);

/// One window, and what has been said in it.
pub(super) struct Conversation<'a, W, O> {
    window: W,
    inventory: watch::Receiver<Arc<Inventory>>,
    operation: &'a O,
    caller: &'a Caller,
    choices: &'a Choices,
    offers: Offers,
    /// What the window shows; `None` when it must be told anew.
    shown: Option<View>,
    /// What came of the last try.
    tried: Option<Tried>,
    /// The person's time has run out.
    late: bool,
    given_up: Instant,
}

/// What came of a try that did not end the operation.
#[derive(Clone, Copy)]
pub(super) enum Tried {
    Wrong { left: Option<u8> },
    Locked,
    Length,
}

impl<'a, W: Window, O: Operation> Conversation<'a, W, O> {
    /// Opens the window, before any card is looked at.
    pub(super) async fn open<C: Consent<Window = W>, K: Keys>(
        service: &'a Service<C, K>,
        caller: &'a Caller,
        operation: &'a O,
    ) -> Result<Self, Error> {
        let time = service.settings.window_time;
        let request = ConsentRequest {
            caller: caller.clone(),
            purpose: operation.purpose(),
            time,
        };
        let opening = service.consent.open(&request);
        let window = timeout(OPENING, opening)
            .await
            .map_err(|_| Error::WindowLate)??;
        Ok(Self {
            window,
            inventory: service.keys.inventory(),
            operation,
            caller,
            choices: &service.memory.choices,
            offers: Offers::default(),
            shown: None,
            tried: None,
            late: false,
            given_up: Instant::now() + time + GRACE,
        })
    }

    /// Shows what is plugged in, as it changes, until the person enters a PIN or agrees.
    ///
    /// # Errors
    /// What the window said when the person closed it, or let the time run out.
    pub(super) async fn next_answer(&mut self, clock: &Clock) -> Result<Entered, Error> {
        loop {
            if self.late {
                return Err(self.timed_out());
            }
            let inventory = self.inventory.borrow_and_update().clone();
            let view = self.view(&inventory, clock);
            self.show(view).await;

            tokio::select! {
                biased;
                event = self.window.next() => {
                    let (choice, pin) = match event {
                        Event::Entered { choice, pin } => (choice, pin),
                        Event::Agreed { choice } => (choice, no_pin()),
                        Event::Closed | Event::Decided(_) => return Err(self.closed()),
                        Event::TimedOut => {
                            self.late = true;
                            continue;
                        }
                    };
                    // What was offered may have been swapped since, and news of it still wait.
                    let inventory = self.inventory.borrow().clone();
                    self.view(&inventory, clock);
                    if let Some(entered) = self.offers.take(choice, pin, &inventory) {
                        return Ok(entered);
                    }
                    // The card has just gone: the PIN is forgotten, the window is told.
                    self.shown = None;
                }
                () = changed(&mut self.inventory) => {}
                () = sleep_until(self.given_up) => self.late = true,
            }
        }
    }

    fn view(&mut self, inventory: &Inventory, clock: &Clock) -> View {
        let notice = self.notice();
        let (choices, caller) = (self.choices, self.caller);
        let last = |certificate: &_| choices.is_the_last(caller, fingerprint(certificate));
        self.offers
            .view(self.operation, inventory, clock.now(), notice, last)
    }

    /// Waits for the card. A person who closes the window meanwhile stops it; time that runs out
    /// meanwhile does not, because the person has answered.
    ///
    /// # Errors
    /// [`Error::UserRefused`] when the window was closed.
    pub(super) async fn while_working<T>(
        &mut self,
        work: impl Future<Output = T>,
        asks: Asks,
        mut done: watch::Receiver<usize>,
    ) -> Result<T, Error> {
        // Dropped before the window: what was started last is stopped first.
        let mut work = pin::pin!(work);
        let total = self.operation.steps();
        loop {
            let view = match (*done.borrow_and_update(), asks) {
                (0, Asks::Keypad) => View::OnReader,
                (done, _) if total > 1 => View::Working { done, total },
                _ => View::Checking,
            };
            self.show(view).await;
            tokio::select! {
                biased;
                outcome = &mut work => return Ok(outcome),
                event = self.window.next(), if !self.late => match event {
                    Event::Closed => return Err(Error::UserRefused),
                    Event::TimedOut => self.late = true,
                    Event::Entered { .. } | Event::Agreed { .. } | Event::Decided(_) => {}
                },
                Ok(()) = done.changed() => {}
            }
        }
    }

    /// Whether there was more than one thing to choose.
    pub(super) fn had_a_choice(&self) -> bool {
        self.offers.had_a_choice()
    }

    /// Says what came of a try; the window takes another.
    pub(super) fn say(&mut self, choice: ChoiceId, tried: Tried) {
        match tried {
            Tried::Wrong { left } => self.offers.set_left(choice, left),
            Tried::Locked => self.offers.lock(choice),
            Tried::Length => {}
        }
        self.tried = Some(tried);
    }

    /// Lets the window show how it ended.
    pub(super) fn end(self, ending: Ending) {
        self.window.end(ending);
    }

    async fn show(&mut self, view: View) {
        if self.shown.as_ref() != Some(&view) {
            self.window.show(&view).await;
            self.shown = Some(view);
        }
    }

    fn notice(&self) -> Option<Notice> {
        match self.tried? {
            Tried::Wrong { left } => Some(Notice::PinWrong { tries_left: left }),
            Tried::Locked => Some(Notice::PinWrong {
                tries_left: Some(0),
            }),
            Tried::Length => Some(Notice::PinLength),
        }
    }

    /// The person closed the window: the page learns what stood in it.
    fn closed(&self) -> Error {
        self.after_try().unwrap_or(match &self.shown {
            Some(View::ServiceDown | View::NoReader) => Error::NoReader,
            Some(View::NoCard) => Error::NoCard,
            Some(View::NoCertificate { .. }) => Error::NoCertificate,
            Some(View::Ready { choices, .. }) if choices.iter().all(|choice| choice.locked) => {
                Error::PinLocked
            }
            _ => Error::UserRefused,
        })
    }

    fn timed_out(&self) -> Error {
        self.after_try().unwrap_or(Error::UserTimeout)
    }

    fn after_try(&self) -> Option<Error> {
        match self.tried? {
            Tried::Wrong { left } => Some(Error::PinWrong { left }),
            Tried::Locked => Some(Error::PinLocked),
            Tried::Length => None,
        }
    }
}

fn no_pin() -> Pin {
    Pin::from(Vec::new())
}

/// Waits for a change; for ever when nobody looks after the cards any more.
async fn changed(inventory: &mut watch::Receiver<Arc<Inventory>>) {
    if inventory.changed().await.is_err() {
        std::future::pending::<()>().await;
    }
}
