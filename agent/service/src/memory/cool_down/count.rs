//! How often something happened, and what it costs.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// How often in a row something happened.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub(super) struct Count {
    /// How often.
    times: u32,
    /// The last time, in seconds since 1970.
    pub(super) last: u64,
}

/// What it costs.
pub(super) struct Rule {
    /// So often in a row it costs nothing.
    free: u32,
    /// The first wait; it doubles each time, up to `longest`.
    first: Duration,
    longest: Duration,
    /// Then the count is forgotten.
    memory: Duration,
}

const MINUTE: Duration = Duration::from_secs(60);

/// Windows in which a PIN was wrong: two of them leave a card of three tries its last.
pub(super) const WRONG: Rule = Rule {
    free: 1,
    first: Duration::from_secs(15 * 60),
    longest: Duration::from_secs(15 * 60),
    memory: Duration::from_secs(24 * 60 * 60),
};

/// Windows that nobody answered. A person who looks for the card may close a few; a page that opens
/// them without end is soon slower than anybody's patience with it.
pub(super) const UNANSWERED: Rule = Rule {
    free: 4,
    first: MINUTE,
    longest: Duration::from_secs(15 * 60),
    memory: Duration::from_secs(60 * 60),
};

/// What did not decrypt. With many answers whoever asks finds out what a key would have decrypted,
/// so that a message of its own that does decrypt ends no count.
pub(super) const UNDECRYPTED: Rule = Rule {
    free: 4,
    first: MINUTE,
    longest: Duration::from_secs(15 * 60),
    memory: Duration::from_secs(24 * 60 * 60),
};

impl Count {
    /// Once more.
    pub(super) fn add(&mut self, rule: &Rule, now: u64) {
        let before = match self.is_remembered(rule, now) {
            true => self.times,
            false => 0,
        };
        (self.times, self.last) = (before.saturating_add(1), now);
    }

    pub(super) fn is_remembered(&self, rule: &Rule, now: u64) -> bool {
        self.times > 0 && now.saturating_sub(self.last) < rule.memory.as_secs()
    }

    /// How long it is until the next is allowed. A clock that was set back is the start of the
    /// whole wait: nobody waits for years.
    pub(super) fn rest(&mut self, rule: &Rule, now: u64) -> Duration {
        let Some(beyond) = self.times.checked_sub(rule.free + 1) else {
            return Duration::ZERO;
        };
        self.last = self.last.min(now);
        let doubled = 2_u32.saturating_pow(beyond);
        let wait = rule.first.saturating_mul(doubled).min(rule.longest);
        wait.saturating_sub(Duration::from_secs(now - self.last))
    }
}
