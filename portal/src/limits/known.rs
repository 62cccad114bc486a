//! What this node knows of counts, so that whoever is over a limit costs neither the database nor
//! the others anything.

use std::collections::HashMap;

/// How long it counts without another look into the database, in milliseconds: other nodes count as
/// well, and take counts back.
const FRESH: i64 = 1000;
/// Of keys; more are not remembered. A key has some dozens of bytes.
const MOST: usize = 16_384;

/// Counts by key.
#[derive(Debug, Default)]
pub(super) struct Known(HashMap<String, Count>);

/// How the database is asked.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Asked {
    /// For one more, counted here already.
    Counted,
    /// Whether there are still too many: one goes and looks, the others wait for what it finds.
    Looks,
}

/// A count, and when the database was asked last. Times are milliseconds since 1970.
#[derive(Clone, Copy, Debug)]
struct Count {
    since: i64,
    count: i64,
    heard_at: i64,
}

impl Known {
    /// Counts one more here, before the database is asked; or says since when there are too many.
    ///
    /// Requests that are on their way to the database are counted already, so that a thousand at once
    /// are no more than one after the other.
    pub(super) fn begin(
        &mut self,
        key: &str,
        most: i64,
        window: i64,
        now: i64,
    ) -> Result<Asked, i64> {
        let fresh = Count {
            since: now,
            count: 1,
            heard_at: now,
        };
        let Some(known) = self.0.get_mut(key) else {
            self.keep(key, fresh, now);
            return Ok(Asked::Counted);
        };
        if known.since <= now - window {
            *known = fresh;
        } else if known.count < most {
            known.count += 1;
            known.heard_at = now;
        } else if known.heard_at > now - FRESH {
            return Err(known.since);
        } else {
            known.heard_at = now;
            return Ok(Asked::Looks);
        }
        Ok(Asked::Counted)
    }

    /// What the database said.
    pub(super) fn hear(&mut self, key: &str, asked: Asked, since: i64, count: i64) {
        if let Some(known) = self.0.get_mut(key) {
            known.count = match asked {
                // Others may be on their way.
                Asked::Counted => known.count.max(count),
                Asked::Looks => count,
            };
            known.since = since;
        }
    }

    /// One of them did not count after all.
    pub(super) fn take_back(&mut self, key: &str) {
        if let Some(known) = self.0.get_mut(key) {
            known.count = (known.count - 1).max(0);
        }
    }

    fn keep(&mut self, key: &str, count: Count, now: i64) {
        if self.0.len() >= MOST {
            self.0.retain(|_, known| known.heard_at > now - FRESH);
        }
        if self.0.len() < MOST {
            self.0.insert(key.to_owned(), count);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_bounded() {
        let mut known = Known::default();
        for number in 0..2 * MOST {
            known.begin(&number.to_string(), 1, 1000, 0).unwrap();
        }
        assert_eq!(known.0.len(), MOST);
        // Old ones make room.
        known.begin("new", 1, 1000, FRESH).unwrap();
        assert_eq!(known.0.len(), 1);
    }
}
