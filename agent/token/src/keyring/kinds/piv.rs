//! PIV cards, and those that answer to PIV's name.
//!
//! Spec: NIST SP 800-73-4 part 2, §3.1.1 (SELECT) and §3.2.1 (VERIFY).

use pcsc::Card;

use super::{Kind, Tries, transmit};

pub(super) const KIND: Kind = Kind { tries, log_out };

fn tries(card: &Card) -> Option<Tries> {
    select(card)?;
    meaning(transmit(card, VERIFY_WITHOUT_DATA)?)
}

fn log_out(card: &Card) -> Option<Tries> {
    let before = tries(card)?;
    if before != Tries::LoggedIn {
        return Some(before);
    }
    // Cards older than SP 800-73-4 refuse this, and stay open.
    transmit(card, FORGET)?;
    meaning(transmit(card, VERIFY_WITHOUT_DATA)?)
}

fn select(card: &Card) -> Option<()> {
    matches!(transmit(card, SELECT)?, (0x90 | 0x61, _)).then_some(())
}

const SELECT: &[u8] = &[
    0x00, 0xa4, 0x04, 0x00, 0x09, 0xa0, 0x00, 0x00, 0x03, 0x08, 0x00, 0x00, 0x10, 0x00, 0x00,
];
const VERIFY_WITHOUT_DATA: &[u8] = &[0x00, 0x20, 0x00, 0x80];
const FORGET: &[u8] = &[0x00, 0x20, 0xff, 0x80];

fn meaning(status: (u8, u8)) -> Option<Tries> {
    match status {
        (0x63, 0xc0) | (0x69, 0x83) => Some(Tries::Locked),
        (0x63, counter @ 0xc1..=0xcf) => Some(Tries::Left(counter - 0xc0)),
        (0x90, 0x00) => Some(Tries::LoggedIn),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn status_words_are_read_exactly() {
        assert_eq!(meaning((0x63, 0xc3)), Some(Tries::Left(3)));
        assert_eq!(meaning((0x63, 0xc0)), Some(Tries::Locked));
        assert_eq!(meaning((0x69, 0x83)), Some(Tries::Locked));
        assert_eq!(meaning((0x90, 0x00)), Some(Tries::LoggedIn));
    }

    #[test]
    fn nothing_is_guessed_from_other_status_words() {
        for status in [
            (0x90, 0x01),
            (0x63, 0x00),
            (0x6a, 0x88),
            (0x69, 0x82),
            (0x67, 0x00),
        ] {
            assert_eq!(meaning(status), None);
        }
    }
}
