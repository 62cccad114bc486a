//! Commands and status words.
//!
//! Spec: ISO/IEC 7816-4.

/// GET RESPONSE.
pub(super) const GET_RESPONSE: u8 = 0xc0;
/// SELECT.
pub(super) const SELECT: u8 = 0xa4;
/// GET DATA.
pub(super) const GET_DATA: u8 = 0xcb;
/// VERIFY.
pub(super) const VERIFY: u8 = 0x20;
/// CHANGE REFERENCE DATA.
pub(super) const CHANGE_REFERENCE_DATA: u8 = 0x24;
/// RESET RETRY COUNTER.
pub(super) const RESET_RETRY_COUNTER: u8 = 0x2c;
/// GENERAL AUTHENTICATE.
pub(super) const GENERAL_AUTHENTICATE: u8 = 0x87;

/// A status word.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Status(pub u16);

impl Status {
    pub(super) fn bytes(self) -> [u8; 2] {
        self.0.to_be_bytes()
    }
}

/// The status words the card answers.
pub(super) mod status {
    use super::Status;

    pub(in super::super) const OK: Status = Status(0x9000);
    pub(in super::super) const WRONG_LENGTH: Status = Status(0x6700);
    pub(in super::super) const PIN_NEEDED: Status = Status(0x6982);
    pub(in super::super) const BLOCKED: Status = Status(0x6983);
    pub(in super::super) const CONDITIONS: Status = Status(0x6985);
    pub(in super::super) const WRONG_DATA: Status = Status(0x6a80);
    pub(in super::super) const NOT_FOUND: Status = Status(0x6a82);
    pub(in super::super) const WRONG_PARAMETERS: Status = Status(0x6a86);
    pub(in super::super) const NO_SUCH_REFERENCE: Status = Status(0x6a88);
    pub(in super::super) const UNKNOWN_COMMAND: Status = Status(0x6d00);

    /// A wrong PIN, or a question about it: so many tries are left.
    pub(in super::super) fn tries(left: u8) -> Status {
        match left {
            0 => BLOCKED,
            left => Status(0x63c0 | u16::from(left.min(15))),
        }
    }

    /// What ends a page when `left` bytes are still to be fetched.
    pub(in super::super) fn after_page(left: usize) -> Status {
        match (left, u8::try_from(left)) {
            (0, _) => OK,
            (_, Ok(left)) => Status(0x6100 | u16::from(left)),
            // 00 says 256 or more.
            (_, Err(_)) => Status(0x6100),
        }
    }
}

/// A command, taken apart.
pub(super) struct Command<'a> {
    class: u8,
    pub(super) ins: u8,
    pub(super) p1: u8,
    pub(super) p2: u8,
    pub(super) data: &'a [u8],
    expected: Option<usize>,
}

impl<'a> Command<'a> {
    /// `None` when the lengths do not fit.
    pub(super) fn parse(raw: &'a [u8]) -> Option<Self> {
        let (&[class, ins, p1, p2], rest) = raw.split_first_chunk()?;
        let (data, expected) = lengths(rest)?;
        Some(Self {
            class,
            ins,
            p1,
            p2,
            data,
            expected,
        })
    }

    /// Whether further commands bring the rest of its data.
    pub(super) fn is_chained(&self) -> bool {
        self.class & 0x10 != 0
    }

    /// How many bytes of answer it takes at once.
    pub(super) fn expected(&self) -> usize {
        self.expected.unwrap_or(256)
    }
}

/// The data and the expected length, from what follows the header; short or extended.
fn lengths(rest: &[u8]) -> Option<(&[u8], Option<usize>)> {
    let short = |le: u8| if le == 0 { 256 } else { usize::from(le) };
    let long = |le: [u8; 2]| match u16::from_be_bytes(le) {
        0 => 65536,
        le => usize::from(le),
    };
    match *rest {
        [] => Some((&[], None)),
        [le] => Some((&[], Some(short(le)))),
        [0, a, b] => Some((&[], Some(long([a, b])))),
        [0, a, b, ref tail @ ..] => {
            let (data, le) = tail.split_at_checked(usize::from(u16::from_be_bytes([a, b])))?;
            match *le {
                [] => Some((data, None)),
                [a, b] => Some((data, Some(long([a, b])))),
                _ => None,
            }
        }
        [lc, ref tail @ ..] => {
            let (data, le) = tail.split_at_checked(usize::from(lc))?;
            match *le {
                [] => Some((data, None)),
                [le] => Some((data, Some(short(le)))),
                _ => None,
            }
        }
    }
}
