//! PIV cards, and those that answer to PIV's name.
//!
//! Spec: NIST SP 800-73-4 part 2, §3.1.1 (SELECT), §3.2.1 (VERIFY) and §3.2.3 (RESET RETRY
//! COUNTER).

use pcsc::Card;

use zeroize::Zeroizing;

use super::{Change, Kind, NoAnswer, Tries, transmit};
use crate::Pin;

pub(super) const KIND: Kind = Kind {
    tries,
    log_out,
    unblock,
};

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

fn unblock(card: &Card, puk: &Pin, new: &Pin) -> Result<Change, NoAnswer> {
    select(card).ok_or(NoAnswer::UnknownKind)?;
    let (Some(puk), Some(new)) = (padded(puk), padded(new)) else {
        return Ok(Change::Refused);
    };
    let command = Zeroizing::new([RESET_RETRY_COUNTER, &puk, &new].concat());
    // From here on the card may have had the PUK, whatever it says.
    comes_of_it(transmit(card, &command).ok_or(NoAnswer::Failed)?)
}

/// As the card keeps it: eight bytes, filled with FF.
fn padded(secret: &Pin) -> Option<Zeroizing<Vec<u8>>> {
    let mut padded = Zeroizing::new(vec![0xff; 8]);
    let secret = secret.expose();
    padded.get_mut(..secret.len())?.copy_from_slice(secret);
    Some(padded)
}

fn comes_of_it(status: (u8, u8)) -> Result<Change, NoAnswer> {
    match status {
        (0x90, 0x00) => Ok(Change::Done),
        (0x63, 0xc0) | (0x69, 0x83) => Ok(Change::Locked),
        (0x63, counter @ 0xc1..=0xcf) => Ok(Change::Wrong {
            left: Some(counter - 0xc0),
        }),
        // Verification failed, without a counter (ISO/IEC 7816-4).
        (0x63, 0x00) => Ok(Change::Wrong { left: None }),
        (0x6a, 0x80) | (0x67, 0x00) => Ok(Change::Refused),
        (high, low) => Err(NoAnswer::Status(u16::from_be_bytes([high, low]))),
    }
}

fn select(card: &Card) -> Option<()> {
    matches!(transmit(card, SELECT)?, (0x90 | 0x61, _)).then_some(())
}

const SELECT: &[u8] = &[
    0x00, 0xa4, 0x04, 0x00, 0x09, 0xa0, 0x00, 0x00, 0x03, 0x08, 0x00, 0x00, 0x10, 0x00, 0x00,
];
const VERIFY_WITHOUT_DATA: &[u8] = &[0x00, 0x20, 0x00, 0x80];
const FORGET: &[u8] = &[0x00, 0x20, 0xff, 0x80];
const RESET_RETRY_COUNTER: &[u8] = &[0x00, 0x2c, 0x00, 0x80, 0x10];

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
    fn what_comes_of_a_puk_is_read_exactly() {
        let wrong = |left| Ok(Change::Wrong { left });
        assert_eq!(comes_of_it((0x90, 0x00)), Ok(Change::Done));
        assert_eq!(comes_of_it((0x63, 0xc2)), wrong(Some(2)));
        assert_eq!(comes_of_it((0x63, 0x00)), wrong(None));
        assert_eq!(comes_of_it((0x63, 0xc0)), Ok(Change::Locked));
        assert_eq!(comes_of_it((0x69, 0x83)), Ok(Change::Locked));
        assert_eq!(comes_of_it((0x6a, 0x80)), Ok(Change::Refused));
        assert_eq!(comes_of_it((0x6f, 0x00)), Err(NoAnswer::Status(0x6f00)));
    }

    #[test]
    fn a_pin_is_filled_to_eight_bytes_and_a_longer_one_is_none() {
        let padded = |text: &[u8]| padded(&Pin::from(text.to_vec()));
        assert_eq!(padded(b"123456").unwrap()[..], *b"123456\xff\xff");
        assert_eq!(padded(b"12345678").unwrap()[..], *b"12345678");
        assert!(padded(b"123456789").is_none());
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
