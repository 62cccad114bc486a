//! What this system lacks to keep modules and windows in.

use chop_token::fence::Gap;

use super::{Area, Line};
use crate::text::doctor::fence as text;

pub(super) fn lines(gaps: &[Gap]) -> Vec<Line> {
    if gaps.is_empty() {
        return vec![Line::ok(Area::Isolation, text::CLOSED)];
    }
    let line = |gap: &Gap| {
        let (what, remedy) = text::gap(*gap);
        Line::note(Area::Isolation, what, remedy)
    };
    gaps.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::State;

    #[test]
    fn each_gap_is_worth_a_note_and_none_is_as_it_should_be() {
        assert_eq!(lines(&[])[0].state, State::Ok);
        let gaps = lines(&[Gap::Writing, Gap::Calls]);
        assert_eq!(gaps.len(), 2);
        assert!(gaps.iter().all(|line| line.state == State::Note));
    }
}
