//! One window, from its opening to what the person enters.

use std::{future::Future, pin::pin, sync::Arc, time::Duration};

use chop_protocol::Origin;
use chop_token::{Inventory, KeyId, Pin, Signed};
use tokio::{
    sync::watch,
    time::{Instant, sleep_until, timeout},
};

use super::offers::Offers;
use crate::{
    ChoiceId, Clock, Consent, ConsentRequest, Ending, Error, Event, Keys, Notice, Purpose, Service,
    View, Window,
};

/// How long a window may take to appear.
const OPENING: Duration = Duration::from_secs(15);
/// The window ends by itself; one that does not is given up this long after.
const GRACE: Duration = Duration::from_secs(15);

/// One window, and what has been said in it.
pub(super) struct Conversation<W> {
    window: W,
    inventory: watch::Receiver<Arc<Inventory>>,
    offers: Offers,
    /// What the window shows; `None` when it must be told anew.
    shown: Option<View>,
    /// What came of the last try.
    tried: Option<Tried>,
    /// The person's time has run out.
    late: bool,
    given_up: Instant,
}

/// What the person chose and entered, for one try.
pub(super) struct Entered {
    pub(super) choice: ChoiceId,
    pub(super) key: KeyId,
    /// The certificate that the window showed.
    pub(super) certificate: Option<Vec<u8>>,
    pub(super) pin: Pin,
}

/// What came of a try that did not end the operation.
#[derive(Clone, Copy)]
pub(super) enum Tried {
    Wrong { left: Option<u8> },
    Locked,
    Length,
}

impl<W: Window> Conversation<W> {
    /// Opens the window, before any card is looked at.
    pub(super) async fn open<C: Consent<Window = W>, K: Keys>(
        service: &Service<C, K>,
        site: &Origin,
    ) -> Result<Self, Error> {
        let time = service.settings.window_time;
        let request = ConsentRequest {
            origin: site.clone(),
            purpose: Purpose::SignIn,
            time,
        };
        let opening = service.consent.open(&request);
        let window = timeout(OPENING, opening)
            .await
            .map_err(|_| Error::WindowLate)??;
        Ok(Self {
            window,
            inventory: service.keys.inventory(),
            offers: Offers::default(),
            shown: None,
            tried: None,
            late: false,
            given_up: Instant::now() + time + GRACE,
        })
    }

    /// Shows what is plugged in, as it changes, until the person enters a PIN.
    ///
    /// # Errors
    /// What the window said when the person closed it, or let the time run out.
    pub(super) async fn next_pin(&mut self, clock: &Clock) -> Result<Entered, Error> {
        loop {
            if self.late {
                return Err(self.timed_out());
            }
            let inventory = self.inventory.borrow_and_update().clone();
            let view = self.offers.view(&inventory, clock.now(), self.notice());
            self.show(view).await;

            tokio::select! {
                biased;
                event = self.window.next() => match event {
                    Event::Entered { choice, pin } => {
                        // What was offered may have been swapped since, and news of it still wait.
                        let inventory = self.inventory.borrow().clone();
                        self.offers.view(&inventory, clock.now(), self.notice());
                        if let Some((key, certificate)) = self.offers.take(choice) {
                            return Ok(Entered { choice, key, certificate, pin });
                        }
                        // The card has just gone: the PIN is forgotten, the window is told.
                        self.shown = None;
                    }
                    Event::Closed => return Err(self.closed()),
                    Event::TimedOut => self.late = true,
                },
                () = changed(&mut self.inventory) => {}
                () = sleep_until(self.given_up) => self.late = true,
            }
        }
    }

    /// Waits for the card. A person who closes the window meanwhile stops it; time that runs out
    /// meanwhile does not, because the person has answered.
    ///
    /// # Errors
    /// [`Error::UserRefused`] when the window was closed.
    pub(super) async fn while_checking(
        &mut self,
        signing: impl Future<Output = Result<Signed, chop_token::Error>>,
    ) -> Result<Result<Signed, chop_token::Error>, Error> {
        // Dropped before the window: what was started last is stopped first.
        let mut signing = pin!(signing);
        self.show(View::Checking).await;
        loop {
            tokio::select! {
                biased;
                signed = &mut signing => return Ok(signed),
                event = self.window.next(), if !self.late => match event {
                    Event::Closed => return Err(Error::UserRefused),
                    Event::TimedOut => self.late = true,
                    Event::Entered { .. } => {}
                },
            }
        }
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

/// Waits for a change; for ever when nobody looks after the cards any more.
async fn changed(inventory: &mut watch::Receiver<Arc<Inventory>>) {
    if inventory.changed().await.is_err() {
        std::future::pending::<()>().await;
    }
}
