//! What people have allowed in the room for HiCOS pages, and what they have blocked.
//!
//! Unlike the other memories this one has names: people look at it and take grants back. Another
//! process may change the file (`chop grants`), so it is read anew when it has changed.
//!
//! Spec: docs/hicos.md, "Who may".

use std::{
    fs,
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, SystemTime},
};

use serde::{Deserialize, Serialize};

use super::file;
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
    path: Option<PathBuf>,
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    grants: Vec<Grant>,
    /// When the file was written that they are from.
    written: Option<SystemTime>,
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
            path: Some(folder.join("grants.json")),
            known: Mutex::default(),
        }
    }

    /// None, until the process ends.
    #[must_use]
    pub fn in_memory() -> Self {
        Self {
            path: None,
            known: Mutex::default(),
        }
    }

    /// All that hold at `now`, by caller.
    #[must_use]
    pub fn list(&self, now: SystemTime) -> Vec<Grant> {
        let mut grants = self.known().grants.clone();
        grants.retain(|grant| grant.holds(file::seconds(now)));
        grants.sort_by(|a, b| a.caller.cmp(&b.caller));
        grants
    }

    /// Forgets everything about a caller; says whether there was anything.
    pub fn forget(&self, caller: &str) -> bool {
        let mut known = self.known();
        let before = known.grants.len();
        known.grants.retain(|grant| grant.caller != caller);
        let forgotten = known.grants.len() < before;
        if forgotten {
            self.save(&mut known);
        }
        forgotten
    }

    /// Forgets everything about everybody.
    pub fn forget_all(&self) {
        let mut known = self.known();
        known.grants.clear();
        self.save(&mut known);
    }

    /// What a caller may do, and that it is about to.
    pub(crate) fn standing(&self, caller: &str, scope: Scope, now: SystemTime) -> Standing {
        let now = file::seconds(now);
        let mut known = self.known();
        let of_it = |grant: &&mut Grant| grant.caller == caller && grant.holds(now);
        let mut grants = known.grants.iter_mut().filter(of_it);
        let Some(grant) = grants.find(|grant| grant.scope.is_none_or(|it| it.covers(scope))) else {
            return Standing::Unknown;
        };
        let standing = match grant.scope {
            Some(_) => Standing::Allowed,
            None => Standing::Blocked,
        };
        if now.saturating_sub(grant.used) >= USED.as_secs() {
            grant.used = now;
            self.save(&mut known);
        }
        standing
    }

    /// The person has said: from now on, this (`None`: nothing at all).
    pub(crate) fn remember(&self, caller: &str, scope: Option<Scope>, now: SystemTime) {
        let now = file::seconds(now);
        let mut known = self.known();
        let replaced = |grant: &Grant| match (grant.scope, scope) {
            (Some(old), Some(new)) => new.covers(old),
            _ => true,
        };
        known
            .grants
            .retain(|grant| grant.holds(now) && !(grant.caller == caller && replaced(grant)));
        known.grants.push(Grant {
            caller: caller.to_owned(),
            scope,
            since: now,
            used: now,
        });
        if known.grants.len() > MOST {
            let oldest = (0..).zip(&known.grants).min_by_key(|(_, it)| it.used);
            if let Some((oldest, _)) = oldest {
                known.grants.remove(oldest);
            }
        }
        self.save(&mut known);
    }

    /// What is known, as the file has it now.
    fn known(&self) -> MutexGuard<'_, Known> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(path) = &self.path {
            let written = written(path);
            if written != known.written {
                *known = Known {
                    grants: file::read(path),
                    written,
                };
            }
        }
        known
    }

    fn save(&self, known: &mut Known) {
        file::save(self.path.as_ref(), &known.grants);
        known.written = self.path.as_deref().and_then(written);
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

fn written(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).and_then(|it| it.modified()).ok()
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
        agent.remember(SITE, Some(Scope::Sign), day(0));
        assert_eq!(command.list(day(0)).len(), 1);
        std::thread::sleep(Duration::from_millis(20));
        assert!(command.forget(SITE));
        assert_eq!(agent.standing(SITE, Scope::Read, day(0)), Standing::Unknown);
        assert!(!command.forget(SITE));
    }

    #[test]
    fn an_unreadable_file_grants_nothing() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("grants.json"), "[{").unwrap();
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
