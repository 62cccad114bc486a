//! Sites for which the PIN was entered wrongly too often have to wait.
//!
//! A hostile site can open windows until a person, tired of them, has locked the card. So windows
//! that ended with a wrong PIN are counted for each site, across restarts.
//!
//! Spec: docs/protocol.md, "Sign in", step 4; docs/threat-model.md, C-11.

mod file;

use std::{
    path::PathBuf,
    sync::{Mutex, PoisonError},
    time::{Duration, SystemTime},
};

use chop_protocol::Origin;

use crate::Error;
use file::{Sites, Wrong};

/// So many windows in a row that ended with a wrong PIN are borne.
const BORNE: u32 = 2;
/// What the site waits then.
const WAIT: Duration = Duration::from_secs(15 * 60);
/// After this time a count is forgotten.
const MEMORY: Duration = Duration::from_secs(24 * 60 * 60);
/// How many sites are remembered; beyond, the one that was wrong longest ago is forgotten.
const MOST_SITES: usize = 200;

/// Counts windows that ended with a wrong PIN, for each site.
#[derive(Debug)]
pub struct CoolDown {
    path: Option<PathBuf>,
    sites: Mutex<Sites>,
}

impl CoolDown {
    /// Reads the counts that an earlier run has written to `path`, and writes them there from now
    /// on: one small file, replaced as a whole, readable by its owner alone. It holds hashes of
    /// origins, so that it is no browsing history.
    ///
    /// A file that is missing or cannot be read counts as empty, and is replaced.
    #[must_use]
    pub fn load(path: PathBuf) -> Self {
        let sites = Mutex::new(file::read(&path));
        Self {
            path: Some(path),
            sites,
        }
    }

    /// Forgets when the process ends.
    #[must_use]
    pub fn in_memory() -> Self {
        Self {
            path: None,
            sites: Mutex::new(Sites::new()),
        }
    }

    /// Whether the site may ask at `now`.
    ///
    /// # Errors
    /// [`Error::CoolingDown`].
    pub(crate) fn check(&self, site: &Origin, now: SystemTime) -> Result<(), Error> {
        let mut sites = self.sites.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(wrong) = sites.find(site) else {
            return Ok(());
        };
        // A clock that was set back must not make the site wait for years.
        wrong.last = wrong.last.min(file::seconds(now));
        let passed = Duration::from_secs(file::seconds(now) - wrong.last);
        match WAIT.checked_sub(passed) {
            Some(rest) if wrong.count >= BORNE && !rest.is_zero() => Err(Error::CoolingDown {
                seconds: u32::try_from(rest.as_secs()).unwrap_or(u32::MAX),
            }),
            _ => Ok(()),
        }
    }

    /// A window of the site ended with a wrong PIN.
    pub(crate) fn wrong(&self, site: &Origin, now: SystemTime) {
        let mut sites = self.sites.lock().unwrap_or_else(PoisonError::into_inner);
        let now = file::seconds(now);
        sites
            .list
            .retain(|wrong| now.saturating_sub(wrong.last) < MEMORY.as_secs());
        match sites.find(site) {
            Some(wrong) => {
                wrong.count = wrong.count.saturating_add(1);
                wrong.last = now;
            }
            None => {
                let wrong = Wrong {
                    site: sites.name(site),
                    count: 1,
                    last: now,
                };
                sites.list.push(wrong);
            }
        }
        if sites.list.len() > MOST_SITES {
            let oldest = (0..).zip(&sites.list).min_by_key(|(_, wrong)| wrong.last);
            if let Some((oldest, _)) = oldest {
                sites.list.swap_remove(oldest);
            }
        }
        self.save(&sites);
    }

    /// A sign-in of the site succeeded.
    pub(crate) fn right(&self, site: &Origin) {
        let mut sites = self.sites.lock().unwrap_or_else(PoisonError::into_inner);
        // Nearly always there is nothing to forget: then nothing is hashed or written.
        if sites.list.is_empty() || sites.find(site).is_none() {
            return;
        }
        let name = sites.name(site);
        sites.list.retain(|wrong| wrong.site != name);
        self.save(&sites);
    }

    /// A count that cannot be written is kept for this run; the log says so.
    fn save(&self, sites: &Sites) {
        if let Some(path) = &self.path
            && let Err(error) = file::write(path, sites)
        {
            tracing::warn!(%error, path = %path.display(), "the cool-down could not be written");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bank() -> Origin {
        "https://bank.example".parse().unwrap()
    }

    fn at(seconds: u64) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000 + seconds)
    }

    fn wait(cool_down: &CoolDown, now: SystemTime) -> Option<u32> {
        match cool_down.check(&bank(), now) {
            Err(Error::CoolingDown { seconds }) => Some(seconds),
            _ => None,
        }
    }

    #[test]
    fn two_wrong_windows_in_a_row_cost_fifteen_minutes_and_each_further_one_again() {
        let cool_down = CoolDown::in_memory();
        cool_down.wrong(&bank(), at(0));
        assert_eq!(wait(&cool_down, at(1)), None);
        cool_down.wrong(&bank(), at(2));
        assert_eq!(wait(&cool_down, at(2)), Some(900));
        assert_eq!(wait(&cool_down, at(901)), Some(1));
        assert_eq!(wait(&cool_down, at(902)), None);
        cool_down.wrong(&bank(), at(903));
        assert_eq!(wait(&cool_down, at(903)), Some(900));
    }

    #[test]
    fn other_sites_do_not_wait_and_success_or_a_day_clear_the_count() {
        let cool_down = CoolDown::in_memory();
        let other: Origin = "https://other.example".parse().unwrap();
        cool_down.wrong(&bank(), at(0));
        cool_down.right(&bank());
        cool_down.wrong(&bank(), at(1));
        assert_eq!(wait(&cool_down, at(1)), None);
        cool_down.wrong(&bank(), at(24 * 3600 + 1));
        assert_eq!(wait(&cool_down, at(24 * 3600 + 1)), None);
        cool_down.wrong(&bank(), at(24 * 3600 + 2));
        assert_eq!(wait(&cool_down, at(24 * 3600 + 2)), Some(900));
        assert!(cool_down.check(&other, at(24 * 3600 + 2)).is_ok());
    }

    #[test]
    fn a_clock_that_is_set_back_makes_nobody_wait_for_years() {
        let cool_down = CoolDown::in_memory();
        cool_down.wrong(&bank(), at(1_000_000));
        cool_down.wrong(&bank(), at(1_000_000));
        assert_eq!(wait(&cool_down, at(0)), Some(900));
        assert_eq!(wait(&cool_down, at(900)), None);
    }

    #[test]
    fn a_restart_forgets_nothing_and_the_file_names_nobody() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state/cool-down.json");
        let cool_down = CoolDown::load(path.clone());
        cool_down.wrong(&bank(), at(0));
        cool_down.wrong(&bank(), at(0));

        assert_eq!(wait(&CoolDown::load(path.clone()), at(1)), Some(899));
        assert!(!std::fs::read_to_string(&path).unwrap().contains("bank"));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = std::fs::metadata(&path).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }

    #[test]
    fn a_broken_file_counts_as_empty_and_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("cool-down.json");
        for broken in ["", "{", "[]", r#"{"salt":"","sites":[{"site":1}]}"#] {
            std::fs::write(&path, broken).unwrap();
            let cool_down = CoolDown::load(path.clone());
            assert_eq!(wait(&cool_down, at(0)), None);
            cool_down.wrong(&bank(), at(0));
            cool_down.wrong(&bank(), at(0));
            assert_eq!(
                wait(&CoolDown::load(path.clone()), at(0)),
                Some(900),
                "{broken:?}"
            );
        }
    }

    #[test]
    fn not_more_than_two_hundred_sites_are_remembered() {
        let cool_down = CoolDown::in_memory();
        for number in 0..=MOST_SITES as u64 {
            let site = format!("https://a{number}.example").parse().unwrap();
            cool_down.wrong(&site, at(number));
        }
        let mut sites = cool_down.sites.lock().unwrap();
        assert_eq!(sites.list.len(), MOST_SITES);
        assert!(sites.find(&"https://a0.example".parse().unwrap()).is_none());
    }
}
