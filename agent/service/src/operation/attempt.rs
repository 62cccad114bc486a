//! What one window means for its site's cool-down.

use crate::{Asks, Caller, Clock, Error, memory::CoolDown};

/// Tells the cool-down how a window ended, also when nobody waits for its end any more: a page
/// cannot avoid the count by going away in time.
pub(crate) struct Attempt<'a> {
    cool_down: &'a CoolDown,
    caller: &'a Caller,
    clock: &'a Clock,
    state: State,
    /// A PIN of this window was wrong, and has been counted.
    wrong: bool,
}

enum State {
    /// A window is open, or on its way: nobody can tell who has taken it back in time.
    Open,
    /// A PIN is being tried.
    Trying,
    /// The person has answered.
    Answered,
}

impl<'a> Attempt<'a> {
    pub(crate) fn new(cool_down: &'a CoolDown, caller: &'a Caller, clock: &'a Clock) -> Self {
        Self {
            cool_down,
            caller,
            clock,
            state: State::Open,
            wrong: false,
        }
    }

    /// There is no window, and that is not the page's doing.
    pub(crate) fn could_not_open(&mut self) {
        self.state = State::Answered;
    }

    /// The person has answered; unless they only had to agree, a PIN goes to the card.
    pub(crate) fn begins(&mut self, asks: Asks) {
        self.state = match asks {
            Asks::Pin | Asks::Keypad => State::Trying,
            Asks::Agreement => State::Answered,
        };
    }

    /// The PIN was wrong. Counted at once: what comes next may be a crash.
    pub(crate) fn was_wrong(&mut self) {
        self.state = State::Answered;
        if !std::mem::replace(&mut self.wrong, true) {
            self.cool_down.wrong(self.caller, self.clock.now());
        }
    }

    /// The PIN was not tried, or the card failed.
    pub(crate) fn cost_nothing(&mut self) {
        self.state = State::Answered;
    }

    /// The card said this, or nothing said anything for it.
    pub(crate) fn came(&mut self, error: &chop_token::Error) {
        use chop_token::Error;
        match error {
            Error::PinWrong { .. } | Error::PinLocked => self.was_wrong(),
            // Nobody knows what the module means: it may well be a wrong PIN.
            Error::Module { .. } if error.may_have_cost_a_try() => self.was_wrong(),
            _ => self.cost_nothing(),
        }
    }

    /// The PIN was right, but something else was not. Envelopes that do not decrypt are how a site
    /// would find out about a key, so they count.
    pub(crate) fn failed(&mut self, error: &Error) {
        self.state = State::Answered;
        if matches!(error, Error::NotDecrypted) {
            self.cool_down.undecrypted(self.caller, self.clock.now());
        }
    }

    /// The PIN was right.
    pub(crate) fn succeeded(&mut self) {
        self.state = State::Answered;
        self.cool_down.right(self.caller);
    }
}

impl Drop for Attempt<'_> {
    fn drop(&mut self) {
        match self.state {
            State::Trying => self.was_wrong(),
            State::Open => self.cool_down.unanswered(self.caller, self.clock.now()),
            State::Answered => {}
        }
    }
}
