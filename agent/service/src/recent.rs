//! What was asked of the agent lately, for the person to look at. It is kept in memory alone, and
//! little of it: a list of who asked on a disk would be a browsing history.

use std::time::{Duration, SystemTime};

use chop_protocol::ErrorCode;
use tokio::sync::watch;

use crate::{Caller, Error};

/// How many are kept.
const MOST: usize = 50;
/// The same once more within this time is told by its number: pages look again and again.
const TOGETHER: Duration = Duration::from_secs(60);

/// One thing that was asked.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Asked {
    /// When it ended.
    pub at: SystemTime,
    /// By whom.
    pub caller: Caller,
    /// For what.
    pub act: Act,
    /// What came of it.
    pub outcome: Outcome,
    /// How often, with the same end, shortly one after the other.
    pub times: u32,
}

/// What can be asked.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Act {
    /// Signing in.
    SignIn,
    /// Reading certificates.
    Read,
    /// Signing documents.
    Sign,
    /// Decrypting.
    Decrypt,
    /// Changing a PIN.
    ChangePin,
    /// A test signature.
    Test,
}

/// What came of it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Outcome {
    /// It was done.
    Done,
    /// It was not.
    Failed(ErrorCode),
    /// Whoever asked has gone before there was an answer. The card may have been used.
    Left,
}

/// What was asked lately: the newest last.
#[derive(Debug)]
pub struct Recent(watch::Sender<Vec<Asked>>);

impl Default for Recent {
    fn default() -> Self {
        Self(watch::Sender::new(Vec::new()))
    }
}

impl Recent {
    /// The list now, and each change.
    #[must_use]
    pub fn watch(&self) -> watch::Receiver<Vec<Asked>> {
        self.0.subscribe()
    }

    pub(crate) fn add(&self, caller: &Caller, act: Act, outcome: Outcome, now: SystemTime) {
        self.0.send_modify(|list| {
            let same = |last: &&mut Asked| {
                let since = now.duration_since(last.at).unwrap_or_default();
                (&last.caller, last.act, last.outcome) == (caller, act, outcome) && since < TOGETHER
            };
            if let Some(last) = list.last_mut().filter(same) {
                last.at = now;
                last.times = last.times.saturating_add(1);
                return;
            }
            if list.len() >= MOST {
                list.remove(0);
            }
            list.push(Asked {
                at: now,
                caller: caller.clone(),
                act,
                outcome,
                times: 1,
            });
        });
    }
}

impl<T> From<&Result<T, Error>> for Outcome {
    fn from(result: &Result<T, Error>) -> Self {
        match result {
            Ok(_) => Self::Done,
            Err(error) => Self::Failed(error.code()),
        }
    }
}

#[cfg(test)]
mod tests {
    use chop_protocol::{Origin, Plain};

    use super::*;

    fn site(name: &str) -> Caller {
        Caller::Site(Origin::parse(name, Plain::Never).unwrap())
    }

    fn at(second: u64) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(second)
    }

    #[test]
    fn what_comes_again_at_once_is_counted_and_not_listed_again() {
        let (recent, bank) = (Recent::default(), site("https://bank.example"));
        for second in [0, 10, 20, 100] {
            recent.add(&bank, Act::Read, Outcome::Done, at(second));
        }
        let refused = Outcome::Failed(ErrorCode::UserRefused);
        recent.add(&bank, Act::Read, refused, at(101));
        let list = recent.watch().borrow().clone();
        let told: Vec<_> = list
            .iter()
            .map(|it| (it.at, it.times, it.outcome))
            .collect();
        let expected = [
            (at(20), 3, Outcome::Done),
            (at(100), 1, Outcome::Done),
            (at(101), 1, refused),
        ];
        assert_eq!(told, expected);
    }

    #[test]
    fn fifty_are_kept() {
        let recent = Recent::default();
        for number in 0..60 {
            let caller = site(&format!("https://s{number}.example"));
            recent.add(&caller, Act::SignIn, Outcome::Done, at(number));
        }
        let list = recent.watch().borrow().clone();
        assert_eq!(list.len(), MOST);
        assert_eq!(list[0].caller, site("https://s10.example"));
    }
}
