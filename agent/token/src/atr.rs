//! Answers to reset: what a card says of itself before it is asked anything.
//!
//! Spec: ISO/IEC 7816-3 §8.2; for contactless cards PC/SC part 3 §3.1.3.2.3.

/// The longest there is, in bytes.
const LONGEST: usize = 33;

/// An answer to reset, taken apart.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Atr<'a> {
    /// Set for the form that PC/SC makes up for contactless cards, which have none of their own.
    pub(crate) contactless: bool,
    /// What the maker of the card put in.
    pub(crate) historical: &'a [u8],
}

impl<'a> Atr<'a> {
    /// Takes it apart; `None` for what is no answer to reset, or has bytes too few or too many.
    ///
    /// A wrong check byte is no reason to refuse: cards with one are in use, and nothing depends
    /// on it here.
    pub(crate) fn parse(bytes: &'a [u8]) -> Option<Self> {
        if bytes.len() > LONGEST {
            return None;
        }
        let (&convention, rest) = bytes.split_first()?;
        let (&format, mut rest) = rest.split_first()?;
        if !matches!(convention, DIRECT | INVERSE) {
            return None;
        }
        let (mut present, mut checked) = (format >> 4, false);
        let interface = rest;
        // At most fifteen rounds: each takes a byte of at most 31.
        while present != 0 {
            let before_next = (present & 0b0111).count_ones() as usize;
            rest = rest.get(before_next..)?;
            if present & 0b1000 == 0 {
                break;
            }
            let (&next, after) = rest.split_first()?;
            rest = after;
            present = next >> 4;
            checked |= next & 0x0f != 0;
        }
        let count = usize::from(format & 0x0f);
        let (historical, check) = rest.split_at_checked(count)?;
        (check.len() == usize::from(checked)).then_some(Self {
            contactless: format >> 4 == 0b1000 && interface.starts_with(&[0x80, 0x01]),
            historical,
        })
    }

    /// Whether it is a contactless card that only stores: a ticket, a purse, a badge. None of them
    /// has a certificate.
    pub(crate) fn is_storage(&self) -> bool {
        self.contactless && self.historical.starts_with(&STORAGE)
    }

    /// What of it people can read, such as `CHTGPKI`: what the issuer wrote, or, where the bytes
    /// are in no order of the standard, the longest run of letters and digits.
    pub(crate) fn text(&self) -> Option<&'a str> {
        let objects = match self.historical {
            [0x80, objects @ ..] => Some(objects),
            // The last three are a status.
            [0x00, objects @ .., _, _, _] => Some(objects),
            _ => None,
        };
        match objects {
            Some(objects) => Objects(objects)
                .filter(|(tag, _)| matches!(*tag, ISSUERS_DATA | PRE_ISSUING_DATA))
                .find_map(|(_, value)| readable(value)),
            None => {
                let is_text = |byte: &u8| matches!(byte, b' '..=b'~');
                let runs = self.historical.split(|byte| !is_text(byte));
                runs.max_by_key(|run| run.len()).and_then(readable)
            }
        }
    }
}

/// Compact-TLV objects: tag and value. Ends at the first that is cut short.
///
/// Spec: ISO/IEC 7816-4 §12.1.1 (historical bytes).
struct Objects<'a>(&'a [u8]);

impl<'a> Iterator for Objects<'a> {
    type Item = (u8, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let (&header, rest) = self.0.split_first()?;
        let (value, rest) = rest.split_at_checked(usize::from(header & 0x0f))?;
        self.0 = rest;
        Some((header >> 4, value))
    }
}

const ISSUERS_DATA: u8 = 5;
const PRE_ISSUING_DATA: u8 = 6;

/// Text of at least four characters, most of them letters and digits.
fn readable(bytes: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(bytes).ok()?.trim();
    let is_text = text.chars().all(|c| matches!(c, ' '..='~'));
    let telling = text.chars().filter(char::is_ascii_alphanumeric).count();
    (is_text && telling >= 4 && telling * 2 > text.len()).then_some(text)
}

/// The first byte: how the bits lie on the line.
const DIRECT: u8 = 0x3b;
const INVERSE: u8 = 0x3f;

/// How the historical bytes of a storage card begin: an application identifier of PC/SC's own.
const STORAGE: [u8; 8] = [0x80, 0x4f, 0x0c, 0xa0, 0x00, 0x00, 0x03, 0x06];

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn bytes(text: &str) -> Vec<u8> {
        let byte = |text| u8::from_str_radix(text, 16).unwrap();
        text.split_whitespace().map(byte).collect()
    }

    #[test]
    fn what_people_can_read_is_found_in_and_between_objects() {
        for (answer, contactless, text) in [
            (
                "3B B8 13 00 81 31 FA 52 43 48 54 4D 4F 49 43 41 A5",
                false,
                Some("CHTMOICA"),
            ),
            (
                "3B D8 96 00 81 B1 FE 45 1F 07 43 48 54 47 50 4B 49 4A DD",
                false,
                Some("CHTGPKIJ"),
            ),
            (
                "3B FD 13 00 00 81 31 FE 15 80 73 C0 21 C0 57 59 75 62 69 4B 65 79 40",
                false,
                Some("YubiKey"),
            ),
            (
                "3B 8B 80 01 00 31 C1 64 08 40 21 30 00 90 00 57",
                true,
                None,
            ),
            ("3B 02 14 50", false, None),
        ] {
            let answer = bytes(answer);
            let atr = Atr::parse(&answer).unwrap();
            assert_eq!((atr.contactless, atr.text()), (contactless, text));
        }
    }

    #[test]
    fn a_card_that_only_stores_is_told_from_one_that_computes() {
        let stores = bytes("3B 8F 80 01 80 4F 0C A0 00 00 03 06 03 00 01 00 00 00 00 6A");
        let computes = bytes("3B 8B 80 01 00 31 C1 64 08 40 21 30 00 90 00 57");
        assert!(Atr::parse(&stores).unwrap().is_storage());
        assert!(!Atr::parse(&computes).unwrap().is_storage());
    }

    #[test]
    fn what_is_cut_or_has_more_is_no_answer() {
        let whole = bytes("3B D8 96 00 81 B1 FE 45 1F 07 43 48 54 47 50 4B 49 4A DD");
        for length in 0..whole.len() {
            assert_eq!(Atr::parse(&whole[..length]), None, "{length}");
        }
        let longer = [&whole[..], &[0]].concat();
        assert_eq!(Atr::parse(&longer), None);
        assert_eq!(Atr::parse(&bytes("3C 02 14 50")), None);
    }

    /// An answer as the standard makes them: rounds of interface bytes, each with up to three and
    /// the byte that announces the next, then historical bytes, then the check byte if there is a
    /// protocol that has one.
    fn answer() -> impl Strategy<Value = (Vec<u8>, Vec<u8>)> {
        let round = (0u8..8, 0u8..16, any::<[u8; 3]>());
        let rounds = prop::collection::vec(round, 0..4);
        let historical = prop::collection::vec(any::<u8>(), 0..16);
        (rounds, historical).prop_map(|(rounds, historical)| {
            let present = |at: usize| {
                let last = at + 1 >= rounds.len();
                rounds
                    .get(at)
                    .map_or(0, |round| round.0 | u8::from(!last) << 3)
                    << 4
            };
            let count = u8::try_from(historical.len()).unwrap();
            let mut answer = vec![0x3b, present(0) | count];
            let mut checked = false;
            for (at, (bits, _, interface)) in rounds.iter().enumerate() {
                answer.extend(&interface[..bits.count_ones() as usize]);
                if let Some((_, protocol, _)) = rounds.get(at + 1) {
                    answer.push(present(at + 1) | protocol);
                    checked |= *protocol != 0;
                }
            }
            answer.extend(&historical);
            answer.extend(checked.then(|| answer[1..].iter().fold(0, |a, b| a ^ b)));
            (answer, historical)
        })
    }

    proptest! {
        #[test]
        fn whatever_the_standard_makes_is_taken_apart_again((answer, historical) in answer()) {
            let atr = Atr::parse(&answer);
            match answer.len() <= LONGEST {
                true => prop_assert_eq!(atr.unwrap().historical, historical),
                false => prop_assert_eq!(atr, None),
            }
        }

        #[test]
        fn nothing_that_a_card_may_say_panics(answer in prop::collection::vec(any::<u8>(), 0..40)) {
            if let Some(atr) = Atr::parse(&answer) {
                prop_assert!(atr.text().is_none_or(|text| text.len() >= 4));
                prop_assert!(!atr.is_storage() || atr.contactless);
                prop_assert!(answer.len() <= LONGEST && answer.len() >= 2 + atr.historical.len());
            }
        }
    }
}
