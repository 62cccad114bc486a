//! What one window means for its site's cool-down.

use chop_protocol::Origin;

use crate::{Clock, CoolDown};

/// Tells the cool-down how a window ended, also when nobody waits for its end any more: a page
/// cannot avoid the count by going away in time.
pub(super) struct Attempt<'a> {
    cool_down: &'a CoolDown,
    site: &'a Origin,
    clock: &'a Clock,
    /// A PIN of this window was wrong.
    wrong: bool,
    /// A PIN is being tried.
    trying: bool,
}

impl<'a> Attempt<'a> {
    pub(super) fn new(cool_down: &'a CoolDown, site: &'a Origin, clock: &'a Clock) -> Self {
        Self {
            cool_down,
            site,
            clock,
            wrong: false,
            trying: false,
        }
    }

    /// A PIN goes to the card.
    pub(super) fn begins(&mut self) {
        self.trying = true;
    }

    /// The PIN was wrong.
    pub(super) fn was_wrong(&mut self) {
        (self.wrong, self.trying) = (true, false);
    }

    /// The PIN was not tried, or the card failed.
    pub(super) fn cost_nothing(&mut self) {
        self.trying = false;
    }

    /// The PIN was right.
    pub(super) fn succeeded(&mut self) {
        (self.wrong, self.trying) = (false, false);
        self.cool_down.right(self.site);
    }
}

impl Drop for Attempt<'_> {
    fn drop(&mut self) {
        if self.wrong || self.trying {
            self.cool_down.wrong(self.site, self.clock.now());
        }
    }
}
