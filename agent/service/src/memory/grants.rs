//! What people have allowed in the room for HiCOS pages, and what they have blocked.
//!
//! Unlike the other memories this one has names: people look at it and take grants back. Another
//! process may change the file (`chop grants`), so it is read anew when it has changed.
//!
//! Spec: docs/hicos.md, "Who may".

use std::{
    path::Path,
    time::{Duration, SystemTime},
};

use serde::{Deserialize, Serialize};

use super::{file, shared::Shared};
use crate::Scope;

/// A grant that is not used for so long ends.
const LIFE: Duration = Duration::from_secs(180 * 24 * 60 * 60);
/// That it was used is written down at most so often.
const USED: Duration = Duration::from_secs(24 * 60 * 60);
/// How many are kept; beyond, the one that was used longest ago is forgotten.
const MOST: usize = 500;

/// The grants of one person.
#[derive(Debug)]
pub struct Grants {
    list: Shared<Vec<Grant>>,
    /// How often something was to be forgotten, by whichever process: what the agent holds beside
    /// the list ends with it.
    forgotten: Shared<u64>,
}

/// One site's or program's.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Grant {
    /// The origin, or the program's file.
    pub caller: String,
    /// What it may do; `None` for one that is blocked.
    pub scope: Option<Scope>,
    /// Since when, seconds since 1970.
    pub since: u64,
    /// When it was last used, seconds since 1970; to the day.
    pub used: u64,
}

/// What is known of a caller.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Standing {
    /// It may.
    Allowed,
    /// It may not, whatever it asks.
    Blocked,
    /// The person has to be asked.
    Unknown,
}

impl Grants {
    /// Those in `folder`, which is the one of [`crate::Memory`].
    #[must_use]
    pub fn load(folder: &Path) -> Self {
        Self {
            list: Shared::load(folder.join("grants.json")),
            forgotten: Shared::load(folder.join("forgotten.json")),
        }
    }

    /// None, until the process ends.
    #[must_use]
    pub fn in_memory() -> Self {
        Self {
            list: Shared::in_memory(),
            forgotten: Shared::in_memory(),
        }
    }

    /// All that hold at `now`, by caller.
    #[must_use]
    pub fn list(&self, now: SystemTime) -> Vec<Grant> {
        let mut grants = self.list.look(Clone::clone);
        grants.retain(|grant| grant.holds(file::seconds(now)));
        grants.sort_by(|a, b| a.caller.cmp(&b.caller));
        grants
    }

    /// Forgets everything about a caller; says whether there was anything.
    pub fn forget(&self, caller: &str) -> bool {
        self.ends_the_rest();
        self.list.change(|grants| {
            let before = grants.len();
            grants.retain(|grant| grant.caller != caller);
            let forgotten = grants.len() < before;
            (forgotten, forgotten)
        })
    }

    /// Forgets everything about everybody.
    pub fn forget_all(&self) {
        self.ends_the_rest();
        self.list.change(|grants| (grants.clear(), true));
    }

    fn ends_the_rest(&self) {
        self.forgotten
            .change(|count| (*count = count.wrapping_add(1), true));
    }

    /// Another number after each time that something was to be forgotten.
    pub(crate) fn forgotten(&self) -> u64 {
        self.forgotten.look(|count| *count)
    }

    /// What a caller may do, and that it is about to.
    pub(crate) fn standing(&self, caller: &str, scope: Scope, now: SystemTime) -> Standing {
        let now = file::seconds(now);
        let of_it = |grant: &Grant| {
            let covers = grant.scope.is_none_or(|it| it.covers(scope));
            grant.caller == caller && grant.holds(now) && covers
        };
        let is_old = |grant: &Grant| now.saturating_sub(grant.used) >= USED.as_secs();
        let found = |grants: &Vec<Grant>| grants.iter().find(|it| of_it(it)).cloned();
        let grant = match self.list.look(found) {
            // Only what is still there then is used.
            Some(grant) if is_old(&grant) => self.list.change(|grants| {
                let grant = grants.iter_mut().find(|it| of_it(it)).map(|grant| {
                    grant.used = now;
                    grant.clone()
                });
                let used = grant.is_some();
                (grant, used)
            }),
            grant => grant,
        };
        match grant {
            None => Standing::Unknown,
            Some(Grant { scope: None, .. }) => Standing::Blocked,
            Some(_) => Standing::Allowed,
        }
    }

    /// The person has said: from now on, this (`None`: nothing at all).
    pub(crate) fn remember(&self, caller: &str, scope: Option<Scope>, now: SystemTime) {
        let now = file::seconds(now);
        let replaced = |grant: &Grant| match (grant.scope, scope) {
            (Some(old), Some(new)) => new.covers(old),
            _ => true,
        };
        self.list.change(|grants| {
            grants.retain(|grant| grant.holds(now) && !(grant.caller == caller && replaced(grant)));
            grants.push(Grant {
                caller: caller.to_owned(),
                scope,
                since: now,
                used: now,
            });
            if grants.len() > MOST {
                let oldest = (0..).zip(&*grants).min_by_key(|(_, it)| it.used);
                if let Some((oldest, _)) = oldest {
                    grants.remove(oldest);
                }
            }
            ((), true)
        });
    }
}

impl Grant {
    fn holds(&self, now: u64) -> bool {
        // A clock that was set back makes nothing last longer than it would have.
        self.scope.is_none() || now.abs_diff(self.used) < LIFE.as_secs()
    }
}

impl Scope {
    /// Whether who may do this may do that as well.
    pub(crate) fn covers(self, other: Self) -> bool {
        self == other || other == Self::Read
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SITE: &str = "https://bank.example";

    fn day(number: u64) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000 + number * 86_400)
    }

    #[test]
    fn a_grant_covers_reading_and_nothing_beside() {
        let grants = Grants::in_memory();
        assert_eq!(
            grants.standing(SITE, Scope::Read, day(0)),
            Standing::Unknown
        );
        grants.remember(SITE, Some(Scope::Sign), day(0));
        for (scope, standing) in [
            (Scope::Read, Standing::Allowed),
            (Scope::Sign, Standing::Allowed),
            (Scope::Decrypt, Standing::Unknown),
            (Scope::ChangePin, Standing::Unknown),
        ] {
            assert_eq!(grants.standing(SITE, scope, day(1)), standing, "{scope:?}");
        }
        let other = "https://evil.example";
        assert_eq!(
            grants.standing(other, Scope::Read, day(1)),
            Standing::Unknown
        );
    }

    #[test]
    fn several_grants_of_a_site_stand_beside_each_other_and_a_block_ends_them() {
        let grants = Grants::in_memory();
        grants.remember(SITE, Some(Scope::Read), day(0));
        grants.remember(SITE, Some(Scope::Sign), day(0));
        assert_eq!(grants.list(day(0)).len(), 1, "signing covers reading");
        grants.remember(SITE, Some(Scope::Decrypt), day(0));
        assert_eq!(grants.list(day(0)).len(), 2);
        grants.remember(SITE, None, day(1));
        assert_eq!(grants.list(day(1)).len(), 1);
        assert_eq!(
            grants.standing(SITE, Scope::Read, day(9999)),
            Standing::Blocked
        );
        grants.remember(SITE, Some(Scope::Read), day(1));
        assert_eq!(
            grants.standing(SITE, Scope::Read, day(1)),
            Standing::Allowed
        );
    }

    #[test]
    fn a_grant_ends_when_it_has_not_been_used_for_half_a_year() {
        let grants = Grants::in_memory();
        grants.remember(SITE, Some(Scope::Sign), day(0));
        let at = |number| grants.standing(SITE, Scope::Sign, day(number));
        assert_eq!(at(179), Standing::Allowed);
        assert_eq!(at(358), Standing::Allowed);
        assert_eq!(at(538), Standing::Unknown);
        assert!(grants.list(day(538)).is_empty());
        assert_eq!(at(100), Standing::Unknown, "a clock that was set back");
    }

    #[test]
    fn what_another_process_changes_counts_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let (agent, command) = (Grants::load(folder.path()), Grants::load(folder.path()));
        // Within one tick of the clock, too.
        for _ in 0..200 {
            agent.remember(SITE, Some(Scope::Sign), day(0));
            assert_eq!(command.list(day(0)).len(), 1);
            assert!(command.forget(SITE));
            assert_eq!(agent.standing(SITE, Scope::Read, day(0)), Standing::Unknown);
            assert!(!command.forget(SITE));
        }
    }

    #[test]
    fn nothing_is_lost_when_two_processes_change_it_at_once() {
        let folder = tempfile::tempdir().unwrap();
        std::thread::scope(|scope| {
            for process in 0..2 {
                let grants = Grants::load(folder.path());
                scope.spawn(move || {
                    for number in 0..50 {
                        let caller = format!("https://{process}-{number}.example");
                        grants.remember(&caller, None, day(0));
                    }
                });
            }
        });
        assert_eq!(Grants::load(folder.path()).list(day(0)).len(), 100);
    }

    #[test]
    fn an_unreadable_file_grants_nothing() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("grants.json"), "[{").unwrap();
        let grants = Grants::load(folder.path());
        assert_eq!(
            grants.standing(SITE, Scope::Read, day(0)),
            Standing::Unknown
        );
    }

    #[test]
    fn too_many_push_out_the_one_that_was_used_longest_ago() {
        let grants = Grants::in_memory();
        for number in 0..=MOST {
            let now = day(number as u64 / 10);
            grants.remember(&format!("https://s{number}.example"), None, now);
        }
        assert_eq!(grants.list(day(60)).len(), MOST);
        let first = grants.standing("https://s0.example", Scope::Read, day(60));
        assert_eq!(first, Standing::Unknown);
    }
}
