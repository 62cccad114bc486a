//! What the form is at, and how it gets from one thing to the next.

use chop_service::{Asks, Choice, ChoiceId, View};

use super::{PinForm, Secrets, Stage};
use crate::{
    issuer::CardKind,
    prompt::{
        contents::Outcome,
        wire::{PinFault, PinTask},
    },
};

/// The shortest PUK that is sent to a card: fewer characters are a slip of the finger.
const SHORTEST_PUK: usize = 4;
/// The longest, in bytes.
pub(super) const LONGEST_PUK: usize = 32;

/// What is not right with what has been typed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Complaint {
    /// The two new PINs differ.
    Differ,
    /// The new PIN is the old one.
    Same,
}

impl PinForm {
    /// Shows something else.
    pub(super) fn show(&mut self, view: View) {
        if matches!(self.stage, Stage::Ended { .. }) {
            return;
        }
        let View::Ready { choices, .. } = view else {
            let same = matches!(&self.stage, Stage::Status(shown) if *shown == view);
            if !same {
                self.start_over(Stage::Status(view));
            }
            return;
        };
        let before = self.choice().cloned();
        let still = choices.iter().any(|choice| Some(choice.id) == self.chosen);
        if !still {
            self.chosen = choices.first().map(|choice| choice.id);
        }
        let stage = Stage::Ready(choices);
        if matches!(self.stage, Stage::Ready(_)) && still {
            self.stage = stage;
            // The same card; but one that says something new of its PIN is looked at anew.
            if before.as_ref() != self.choice() {
                self.forget();
            }
        } else {
            self.start_over(stage);
        }
        if self.choice().is_some_and(|choice| choice.locked) {
            self.task = PinTask::Unblock;
        }
    }

    /// Says what came of a try; what was typed is gone.
    pub(super) fn failed(&mut self, fault: PinFault) {
        self.fault = Some(fault);
        if let PinFault::PukWrong {
            tries_left: Some(left),
        } = fault
        {
            self.last_puk = self.chosen.filter(|_| left == 1);
        }
        self.attention.start_over();
        self.forget();
    }

    pub(super) fn start_over(&mut self, stage: Stage) {
        self.stage = stage;
        self.attention.start_over();
        self.forget();
    }

    /// What is typed is for one card, one way and one try, and so is the consent to take the last.
    pub(super) fn forget(&mut self) {
        self.secrets = Secrets::default();
        self.understood = false;
        self.attention.refocus();
    }

    pub(super) fn choose(&mut self, id: ChoiceId) {
        if self.chosen == Some(id) {
            return;
        }
        self.chosen = Some(id);
        self.fault = None;
        self.forget();
        if self.choice().is_some_and(|choice| choice.locked) {
            self.task = PinTask::Unblock;
        }
    }

    pub(super) fn switch(&mut self, task: PinTask) {
        self.task = task;
        self.fault = None;
        self.attention.start_over();
        self.forget();
    }

    /// The card that is chosen now.
    pub(super) fn choice(&self) -> Option<&Choice> {
        let Stage::Ready(choices) = &self.stage else {
            return None;
        };
        choices.iter().find(|choice| Some(choice.id) == self.chosen)
    }

    /// Whether this card's PIN can be set here, this way. Cards of the state's authorities have no
    /// PUK that their holder knows, and cards behind a keypad are out of reach of a window.
    pub(super) fn can(&self, choice: &Choice) -> bool {
        match (choice.asks, self.task) {
            (Asks::Keypad, _) => false,
            (_, PinTask::Change) => !choice.locked,
            (_, PinTask::Unblock) => CardKind::of_issuer(&choice.issuer).is_none(),
        }
    }

    pub(super) fn is_last_try(&self, choice: &Choice) -> bool {
        match self.task {
            PinTask::Change => choice.tries_left == Some(1),
            PinTask::Unblock => self.last_puk == Some(choice.id),
        }
    }

    /// Whether something can be typed.
    pub(super) fn takes_secrets(&self, choice: &Choice) -> bool {
        self.can(choice) && (!self.is_last_try(choice) || self.understood)
    }

    /// What is not right, as far as it can be told already.
    pub(super) fn complaint(&self) -> Option<Complaint> {
        let Secrets { old, new, again } = &self.secrets;
        if self.task == PinTask::Change && new.len() > 0 && new.is_same_as(old) {
            return Some(Complaint::Same);
        }
        let far = again.len() >= new.len();
        (again.len() > 0 && far && !again.is_same_as(new)).then_some(Complaint::Differ)
    }

    /// Whether all is typed, and right as far as it can be told without the card.
    pub(super) fn is_complete(&self) -> bool {
        let Some(choice) = self.choice() else {
            return false;
        };
        let Secrets { old, new, again } = &self.secrets;
        let shortest = match self.task {
            PinTask::Change => choice.shortest,
            PinTask::Unblock => SHORTEST_PUK,
        };
        self.takes_secrets(choice)
            && self.complaint().is_none()
            && old.len() >= shortest.max(1)
            && new.len() >= choice.shortest.max(1)
            && again.is_same_as(new)
    }

    /// Gives away what has been typed.
    pub(super) fn enter(&mut self) -> Option<Outcome> {
        let id = self.choice()?.id;
        let (old, new) = (self.secrets.old.take(), self.secrets.new.take());
        self.fault = None;
        self.start_over(Stage::Status(View::Checking));
        Some(Outcome::Changed(id, self.task, old, new))
    }
}
