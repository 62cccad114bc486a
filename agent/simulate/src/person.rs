//! A person in a script.

use std::time::Duration;

use chop_service::{
    Asks, Choice, Consent, ConsentError, ConsentRequest, Decision, Ending, Event, Purpose, View,
    Window,
};
use chop_token::Pin;
use tokio::time::{Instant, sleep_until};

use crate::{Answer, PIN, Script};

/// As long as the right one, and another.
const WRONG: &str = "097531";

/// How long a scripted person looks at a window that misses something before they close it.
const PATIENCE: Duration = Duration::from_secs(2);

/// Somebody who answers by a script. Only [`crate::scripted`] makes one, and only for simulated
/// cards.
pub struct ScriptedPerson {
    script: Script,
}

impl ScriptedPerson {
    pub(crate) fn new(script: Script) -> Self {
        Self { script }
    }
}

impl Consent for ScriptedPerson {
    type Window = ScriptedWindow;

    async fn open(&self, request: &ConsentRequest) -> Result<ScriptedWindow, ConsentError> {
        let now = Instant::now();
        let lasting = matches!(request.purpose, Purpose::Access { may_last: true, .. });
        Ok(ScriptedWindow {
            answer: self.script.next(),
            lasting,
            end: now + request.time,
            view: None,
            since: now,
            has_entered: false,
        })
    }
}

/// A window that nobody sees.
pub struct ScriptedWindow {
    answer: Answer,
    /// Whether the person may say yes for the future.
    lasting: bool,
    /// When the time is over.
    end: Instant,
    view: Option<View>,
    /// When the view came.
    since: Instant,
    has_entered: bool,
}

impl Window for ScriptedWindow {
    async fn show(&mut self, view: &View) {
        self.view = Some(view.clone());
        self.since = Instant::now();
    }

    async fn next(&mut self) -> Event {
        match self.answer {
            Answer::Refuse => return Event::Closed,
            Answer::TimeOut => return Event::TimedOut,
            Answer::Wait => {}
            Answer::Allow => {
                if let Some(event) = self.answered(PIN).await {
                    return event;
                }
            }
            Answer::WrongPin => {
                if let Some(event) = self.answered(WRONG).await {
                    return event;
                }
            }
        }
        sleep_until(self.end).await;
        Event::TimedOut
    }

    fn end(self, _: Ending) {}
}

impl ScriptedWindow {
    /// What the person does about what is shown; `None` if they wait. Cancel-safe: nothing changes
    /// before an await.
    async fn answered(&mut self, pin: &str) -> Option<Event> {
        match &self.view {
            Some(View::Deciding) => Some(Event::Decided(match self.lasting {
                true => Decision::Always,
                false => Decision::Once,
            })),
            // A PIN was wrong, or locked the card: one is enough.
            Some(View::Ready { .. }) if self.has_entered => Some(Event::Closed),
            Some(View::Ready { choices, .. }) => {
                let Some(choice) = choices.iter().find(|choice| !choice.locked) else {
                    return Some(Event::Closed);
                };
                let event = entered(choice, pin);
                self.has_entered = true;
                Some(event)
            }
            Some(
                View::ServiceDown | View::NoReader | View::NoCard | View::NoCertificate { .. },
            ) => {
                sleep_until((self.since + PATIENCE).min(self.end)).await;
                Some(Event::Closed)
            }
            _ => None,
        }
    }
}

fn entered(choice: &Choice, pin: &str) -> Event {
    match choice.asks {
        Asks::Agreement => Event::Agreed { choice: choice.id },
        Asks::Pin | Asks::Keypad => Event::Entered {
            choice: choice.id,
            pin: Pin::from(pin.as_bytes().to_vec()),
        },
    }
}
