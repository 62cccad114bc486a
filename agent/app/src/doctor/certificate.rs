//! The localhost certificate's file.

use std::{path::Path, time::SystemTime};

use chop_certs::{Error, LocalhostPair, State};

use super::{Area, Line};
use crate::text::doctor::agent as text;

pub(super) fn lines(
    pair: &Result<LocalhostPair, Error>,
    file: &Path,
    now: SystemTime,
) -> Vec<Line> {
    let problem = |words| Line::problem(Area::Certificate, words);
    vec![match pair {
        Ok(pair) => good(pair, file, now),
        Err(Error::Missing { .. }) => problem(text::CERTIFICATE_MISSING),
        Err(Error::NotYetValid { not_before }) => problem(text::certificate_early(*not_before)),
        Err(error) => problem(text::certificate_unusable(&error.to_string(), file)),
    }]
}

fn good(pair: &LocalhostPair, file: &Path, now: SystemTime) -> Line {
    let until = pair.not_after();
    if pair.state(now) == State::Good {
        return Line::ok(Area::Certificate, text::certificate_good(until));
    }
    let (what, remedy) = text::certificate_renewal(until, file);
    Line::note(Area::Certificate, what, Some(remedy))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use chop_certs::{Lifetime, store};

    use super::*;
    use crate::doctor;

    /// A certificate made at the start, looked at some days later.
    fn after(days: u64) -> Line {
        let (folder, start) = (tempfile::tempdir().unwrap(), SystemTime::UNIX_EPOCH);
        let start = start + Duration::from_secs(20_000 * 86_400);
        let pair = LocalhostPair::generate(start, Lifetime::MachineWide).unwrap();
        store::save(folder.path(), &pair).unwrap();
        let now = start + Duration::from_secs(days * 86_400);
        lines(
            &store::load(folder.path(), now),
            &store::place(folder.path()),
            now,
        )
        .remove(0)
    }

    #[test]
    fn it_is_good_then_due_then_a_problem() {
        assert_eq!(after(0).state, doctor::State::Ok);
        assert!(
            after(0).what.en.contains("2025-11-04"),
            "{}",
            after(0).what.en
        );
        assert_eq!(after(340).state, doctor::State::Note);
        assert_eq!(after(398).state, doctor::State::Problem);
        assert!(
            after(398).what.en.contains("expired"),
            "{}",
            after(398).what.en
        );
    }

    #[test]
    fn none_at_all_says_how_to_get_one() {
        let (folder, now) = (tempfile::tempdir().unwrap(), SystemTime::now());
        let found = lines(
            &store::load(folder.path(), now),
            &store::place(folder.path()),
            now,
        );
        assert_eq!(
            found,
            [Line::problem(Area::Certificate, text::CERTIFICATE_MISSING)]
        );
    }
}
