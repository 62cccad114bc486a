//! One pair after another, for a machine or for a person.
//!
//! Spec: docs/architecture.md, "The localhost certificate" (D3).

use std::{
    fs,
    path::PathBuf,
    time::{Duration, SystemTime},
};

use crate::{Error, Lifetime, LocalhostPair, State, store};

/// How long before its end a pair is replaced by the next one even if a browser runs that has not
/// been started since that is trusted: seven days.
const LATEST: Duration = Duration::from_secs(7 * 86_400);

/// Where the pairs are.
#[derive(Clone, Debug)]
pub struct Rotation {
    /// The folder of the pair that is served.
    pub current: PathBuf,
    /// The folder of the pair that will be served next, while there is one.
    pub next: PathBuf,
    /// How long new pairs live.
    pub lifetime: Lifetime,
}

/// What there is.
#[derive(Debug)]
pub struct Pairs {
    /// To be served.
    pub current: LocalhostPair,
    /// To be trusted already.
    pub next: Option<LocalhostPair>,
    /// Whether `current` is another than before.
    pub changed: bool,
}

impl Rotation {
    /// Takes the step that is due at `now`: makes the first pair, or the next one from
    /// [`crate::RENEWAL`] before the end, or lets the next take over, when `seen` says that every
    /// browser was started since it was made, or a week before the end.
    ///
    /// # Errors
    /// [`Error::Generate`]; [`Error::File`]; those of [`store::load`] that a new pair does not mend:
    /// a file open to others, and a clock that is behind. A pair made then would be from the
    /// future, once the clock is right.
    pub fn step(
        &self,
        now: SystemTime,
        seen: impl FnOnce(SystemTime) -> bool,
    ) -> Result<Pairs, Error> {
        let (current, changed) = self.current(now, seen)?;
        let next = if current.state(now) == State::RenewalDue {
            Some(self.successor(now)?)
        } else {
            remove_folder(&self.next)?;
            None
        };
        Ok(Pairs {
            current,
            next,
            changed,
        })
    }

    fn current(
        &self,
        now: SystemTime,
        seen: impl FnOnce(SystemTime) -> bool,
    ) -> Result<(LocalhostPair, bool), Error> {
        let pair = match store::load(&self.current, now) {
            Ok(pair) => pair,
            Err(Error::Missing { .. }) => {
                let pair = store::load_or_create(&self.current, now, self.lifetime)?;
                return Ok((pair, true));
            }
            // Nothing that browsers would take: another at once, the next if it is trusted already.
            Err(
                Error::Expired { .. }
                | Error::Damaged { .. }
                | Error::KeyMismatch
                | Error::Unconfined
                | Error::Chain(_),
            ) => {
                let pair = match store::load(&self.next, now) {
                    Ok(next) => next,
                    Err(_) => LocalhostPair::generate(now, self.lifetime)?,
                };
                store::save(&self.current, &pair)?;
                return Ok((pair, true));
            }
            Err(error) => return Err(error),
        };
        if pair.state(now) != State::RenewalDue {
            return Ok((pair, false));
        }
        let Ok(next) = store::load(&self.next, now) else {
            return Ok((pair, false));
        };
        let made = fs::metadata(store::place(&self.next)).and_then(|it| it.modified());
        let late = pair.not_after().duration_since(now).unwrap_or_default() <= LATEST;
        if late || made.is_ok_and(seen) {
            store::save(&self.current, &next)?;
            return Ok((next, true));
        }
        Ok((pair, false))
    }

    fn successor(&self, now: SystemTime) -> Result<LocalhostPair, Error> {
        match store::load(&self.next, now) {
            Ok(next) if next.state(now) == State::Good => Ok(next),
            _ => {
                let next = LocalhostPair::generate(now, self.lifetime)?;
                store::save(&self.next, &next)?;
                Ok(next)
            }
        }
    }
}

pub(crate) fn remove_folder(path: &std::path::Path) -> Result<(), Error> {
    match fs::remove_dir_all(path) {
        Err(cause) if cause.kind() != std::io::ErrorKind::NotFound => {
            Err(Error::file("removed", path)(cause))
        }
        _ => Ok(()),
    }
}
