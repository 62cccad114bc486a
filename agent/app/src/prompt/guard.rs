//! Keeps what was meant for another window out of this one (C-9).

/// The keyboard must have been still for this long, in seconds, before a key counts.
const STILL: f64 = 0.4;
/// Clicks count only after this long, in seconds.
const ARMED: f64 = 0.5;

/// Knows since when the person can have meant this window as it is now.
///
/// Somebody in the middle of a sentence when the window takes the focus goes on typing: each such
/// key starts the still time again, so that no half of a sentence, and no Enter, becomes a PIN.
#[derive(Debug)]
pub(super) struct Guard {
    focused: bool,
    still_at: f64,
    armed_at: f64,
}

impl Guard {
    /// Nothing counts yet.
    pub(super) fn new() -> Self {
        Self {
            focused: false,
            still_at: f64::INFINITY,
            armed_at: f64::INFINITY,
        }
    }

    /// The window now asks for something new: wait again, from `now` on.
    pub(super) fn restart(&mut self, now: f64) {
        self.still_at = now + STILL;
        self.armed_at = now + ARMED;
    }

    /// Call for every frame, with whether a key went down since the last.
    pub(super) fn watch(&mut self, now: f64, focused: bool, typed: bool) {
        if focused && !self.focused {
            self.restart(now);
        } else if typed && !self.keys_count(now) {
            self.still_at = now + STILL;
        }
        self.focused = focused;
    }

    /// Whether keys are for this window.
    pub(super) fn keys_count(&self, now: f64) -> bool {
        self.focused && now >= self.still_at
    }

    /// Whether a click on what cannot be taken back is for this window.
    pub(super) fn clicks_count(&self, now: f64) -> bool {
        self.focused && now >= self.armed_at
    }

    /// How long until either changes, in seconds.
    pub(super) fn wait(&self, now: f64) -> Option<f64> {
        let next = |at: f64| (at.is_finite() && at > now).then_some(at - now);
        match (next(self.still_at), next(self.armed_at)) {
            (Some(still), Some(armed)) => Some(still.min(armed)),
            (still, armed) => still.or(armed),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_count_once_the_keyboard_has_been_still() {
        let mut guard = Guard::new();
        guard.watch(1.0, true, false);
        assert!(!guard.keys_count(1.39));
        assert!(guard.keys_count(1.41));

        guard.restart(2.0);
        for tenth in 1..20 {
            guard.watch(2.0 + f64::from(tenth) / 10.0, true, true);
        }
        assert!(!guard.keys_count(4.2));
        assert!(guard.keys_count(4.31));
    }

    #[test]
    fn a_key_that_counts_does_not_stop_the_next() {
        let mut guard = Guard::new();
        guard.watch(0.0, true, false);

        guard.watch(0.5, true, true);

        assert!(guard.keys_count(0.51));
    }

    #[test]
    fn a_click_that_brings_the_window_to_the_front_does_not_count() {
        let mut guard = Guard::new();
        guard.watch(0.0, true, false);
        guard.watch(5.0, false, false);
        assert!(!guard.clicks_count(6.0));

        guard.watch(9.0, true, false);

        assert!(!guard.clicks_count(9.4));
        assert!(guard.clicks_count(9.6));
    }

    #[test]
    fn before_the_focus_nothing_counts_and_nothing_is_waited_for() {
        let guard = Guard::new();
        assert!(!guard.keys_count(1e9) && !guard.clicks_count(1e9));
        assert_eq!(guard.wait(0.0), None);
    }
}
