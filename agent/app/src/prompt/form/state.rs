//! What the form is at, and how it gets from one thing to the next.

use chop_service::{Asks, Choice, ChoiceId, Ending, Notice, View};

use super::{Form, Outcome, Stage};
use crate::text::prompt::{self as text, titles};

impl Form {
    /// The window's title: what it is at, and for whom.
    pub(super) fn title_now(&self) -> String {
        let locked = self.choice().is_some_and(|choice| choice.locked);
        let file = self.choice().is_some_and(|choice| choice.holder.is_none());
        let purpose = &self.request.purpose;
        let at = match &self.stage {
            Stage::Status(View::Deciding) => titles::enter(&self.request.purpose),
            Stage::Status(View::Looking) => titles::LOOKING,
            Stage::Status(View::OnReader) => titles::ON_READER,
            Stage::Status(view) if is_work(view) => titles::working(purpose),
            Stage::Status(_) => titles::WAITING,
            Stage::Ready { .. } if locked => titles::LOCKED,
            Stage::Ready { notice: None, .. } => titles::enter(purpose),
            Stage::Ready {
                notice: Some(Notice::PinWrong { tries_left: None }),
                ..
            } if file => titles::PASSWORD_WRONG,
            Stage::Ready {
                notice: Some(notice),
                ..
            } => titles::again(*notice),
            Stage::Ended { .. } => titles::ENDED,
        };
        text::title(self.language, &at, &self.request.origin)
    }

    /// Shows something else.
    pub(super) fn show(&mut self, view: View) {
        if matches!(self.stage, Stage::Ended { .. }) {
            return;
        }
        let View::Ready { choices, notice } = view else {
            let same = matches!(&self.stage, Stage::Status(shown) if *shown == view);
            if !same {
                self.start_over(Stage::Status(view));
            }
            return;
        };
        let before = self
            .choice()
            .map(|choice| (choice.id, choice.locked, last_try(choice)));
        // Of several, the one that was chosen stays chosen, if it is still there.
        let still = choices.iter().find(|choice| Some(choice.id) == self.chosen);
        let chosen = still.or_else(|| choices.iter().find(|choice| !choice.locked));
        self.chosen = chosen.or(choices.first()).map(|choice| choice.id);
        let after = chosen.or(choices.first());
        let after = after.map(|choice| (choice.id, choice.locked, last_try(choice)));
        let news = self.notice() != notice;
        if news {
            self.tried = self.chosen;
        }
        let stage = Stage::Ready { choices, notice };
        if before == after && (notice.is_none() || !news) {
            // Another card came or went: what has been typed for this one stays.
            self.stage = stage;
        } else {
            self.start_over(stage);
        }
    }

    /// Shows how it ended.
    pub(super) fn end(&mut self, ending: Ending) {
        self.start_over(Stage::Ended {
            ending,
            until: None,
        });
    }

    pub(super) fn times_out(&self) -> Option<Outcome> {
        let now = self.attention.now();
        match self.stage {
            Stage::Ended {
                ending: Ending::PageGone,
                ..
            } => Some(Outcome::Over),
            Stage::Ended { until, .. } => {
                until.is_some_and(|end| now >= end).then_some(Outcome::Over)
            }
            // The card has its own deadline, and its answer must be shown.
            Stage::Status(ref view) if is_work(view) => None,
            _ => self
                .deadline
                .is_some_and(|end| now >= end)
                .then_some(Outcome::TimedOut),
        }
    }

    pub(super) fn closed(&self) -> Outcome {
        match self.stage {
            Stage::Ended { .. } => Outcome::Over,
            _ => Outcome::Closed,
        }
    }

    /// The certificate that is chosen now.
    pub(super) fn choice(&self) -> Option<&Choice> {
        let Stage::Ready { choices, .. } = &self.stage else {
            return None;
        };
        choices.iter().find(|choice| Some(choice.id) == self.chosen)
    }

    /// What came of the last try, with whichever certificate.
    pub(super) fn notice(&self) -> Option<Notice> {
        match self.stage {
            Stage::Ready { notice, .. } => notice,
            _ => None,
        }
    }

    /// What came of the last try with the certificate that is chosen now.
    pub(super) fn notice_of_choice(&self) -> Option<Notice> {
        self.notice().filter(|_| self.tried == self.chosen)
    }

    /// Whether the PIN field can be typed into.
    pub(super) fn takes_pin(&self) -> bool {
        self.choice()
            .is_some_and(|choice| !choice.locked && (!last_try(choice) || self.understood))
    }

    /// Whether what is asked for has been entered, if anything is.
    pub(super) fn is_complete(&self) -> bool {
        self.takes_pin()
            && self.choice().is_some_and(|choice| match choice.asks {
                Asks::Pin => self.pin.len() >= choice.shortest.max(1),
                Asks::Keypad | Asks::Agreement => true,
            })
    }

    pub(super) fn choose(&mut self, id: ChoiceId) {
        if self.chosen != Some(id) {
            self.chosen = Some(id);
            self.detailed = false;
            self.forget_entry();
        }
    }

    pub(super) fn enter(&mut self) -> Option<Outcome> {
        let (id, asks) = self.choice().map(|choice| (choice.id, choice.asks))?;
        let pin = self.pin.take();
        self.start_over(Stage::Status(match asks {
            Asks::Keypad => View::OnReader,
            Asks::Pin | Asks::Agreement => View::Checking,
        }));
        Some(match asks {
            Asks::Pin => Outcome::Entered(id, pin),
            Asks::Keypad | Asks::Agreement => Outcome::Agreed(id),
        })
    }

    pub(super) fn start_over(&mut self, stage: Stage) {
        self.stage = stage;
        self.attention.start_over();
        self.forget_entry();
    }

    /// A PIN is for one card and one try, and so is the consent to take the last one.
    pub(super) fn forget_entry(&mut self) {
        self.pin.clear();
        self.understood = false;
        self.attention.refocus();
    }
}

/// Whether the next wrong PIN locks the card.
pub(super) fn last_try(choice: &Choice) -> bool {
    choice.tries_left == Some(1) && choice.asks != Asks::Agreement
}

/// Whether the card is at work: it has its own deadline, and its answer must be shown.
pub(super) fn is_work(view: &View) -> bool {
    matches!(view, View::Checking | View::OnReader | View::Working { .. })
}
