//! A person in a script: enters a PIN as soon as there is a certificate.
//!
//! It is wired into the agent's library. The `chop` binary has no way to it.

use std::future::pending;

use chop_service::{ChoiceId, Consent, ConsentError, ConsentRequest, Ending, Event, View, Window};
use chop_token::Pin;

/// Says yes at once to whoever asks, with the first certificate and this PIN.
#[derive(Clone, Debug)]
pub struct Scripted {
    pin: &'static [u8],
}

impl Scripted {
    /// A person who knows this PIN and no other.
    #[must_use]
    pub fn enters(pin: &'static [u8]) -> Self {
        Self { pin }
    }
}

impl Consent for Scripted {
    type Window = ScriptedWindow;

    async fn open(&self, _: &ConsentRequest) -> Result<ScriptedWindow, ConsentError> {
        Ok(ScriptedWindow {
            pin: self.pin,
            choice: None,
            entered: false,
        })
    }
}

/// The script's window: shows nothing, and closes after a wrong PIN.
#[derive(Debug)]
pub struct ScriptedWindow {
    pin: &'static [u8],
    choice: Option<ChoiceId>,
    entered: bool,
}

impl Window for ScriptedWindow {
    async fn show(&mut self, view: &View) {
        if let View::Ready { choices, .. } = view {
            self.choice = choices
                .iter()
                .find(|choice| !choice.locked)
                .map(|choice| choice.id);
        }
    }

    async fn next(&mut self) -> Event {
        match self.choice.take() {
            Some(_) if self.entered => Event::Closed,
            Some(choice) => {
                self.entered = true;
                Event::Entered {
                    choice,
                    pin: Pin::from(self.pin.to_vec()),
                }
            }
            None => pending().await,
        }
    }

    fn end(self, _: Ending) {}
}
