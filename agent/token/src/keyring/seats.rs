//! The readers and their cards, as PC/SC tells.

use crate::{Reader, Readers, TokenId};

/// A reader, its card, and how often a card went in or out: a swapped card has another count, and
/// so has every card once the smart card service was started anew.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Seat {
    pub(super) name: String,
    /// The answer to reset of the card in it.
    pub(super) card: Option<Vec<u8>>,
    pub(super) count: u64,
}

/// All readers.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) enum Seats {
    #[default]
    Unknown,
    ServiceDown,
    Known(Vec<Seat>),
}

/// What the person was shown: the seats that an inventory was made with, and what it does not say.
#[derive(Debug, Default)]
pub(super) struct Shown {
    pub(super) seats: Seats,
    /// The slot descriptions of tokens whose reader is not known.
    pub(super) places: Vec<(TokenId, String)>,
}

impl Shown {
    /// The description of a token's slot, if its reader is not known.
    pub(super) fn place(&self, id: &TokenId) -> &str {
        let found = self.places.iter().find(|(token, _)| token == id);
        found.map_or("", |(_, place)| place)
    }
}

impl Seats {
    /// The reader of this name, if it has a card.
    pub(super) fn occupied(&self, name: &str) -> Option<&Seat> {
        self.all()
            .iter()
            .find(|seat| seat.name == name && seat.card.is_some())
    }

    /// Whether there is any card at all.
    pub(super) fn any_card(&self) -> bool {
        self.all().iter().any(|seat| seat.card.is_some())
    }

    /// The reader that a module's slot description means: slots have room for 64 bytes. `None`
    /// also for a description that fits two readers, which differ only in what was cut: the tries
    /// left in one card must not be told of the other's.
    pub(super) fn described_by(&self, description: &str) -> Option<&Seat> {
        match self.fitting(description).as_slice() {
            [only] => Some(only),
            _ => None,
        }
    }

    /// All readers that a module's slot description may mean.
    pub(super) fn fitting(&self, description: &str) -> Vec<&Seat> {
        let description = description.trim();
        let cut = description.len() > 55;
        // OpenSC 0.23 says that it has cut.
        let start = description.strip_suffix("...").unwrap_or(description);
        let named = |fits: &dyn Fn(&str) -> bool| -> Vec<&Seat> {
            let all = self.all().iter();
            all.filter(|seat| fits(seat.name.trim())).collect()
        };
        match named(&|name| name == description) {
            none if none.is_empty() => named(&|name| cut && name.starts_with(start)),
            found => found,
        }
    }

    /// Whether a card that is here has gone, or was swapped, in `later`.
    pub(super) fn loses_one_until(&self, later: &Self) -> bool {
        self.all()
            .iter()
            .filter(|seat| seat.card.is_some())
            .any(|seat| {
                later
                    .occupied(&seat.name)
                    .is_none_or(|other| other.count != seat.count)
            })
    }

    /// Whether there is nothing new in `other`. Events also come for who uses a card and whether
    /// it has power.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        let same = |(one, other): (&Seat, &Seat)| {
            let present = |seat: &Seat| seat.card.is_some();
            one.name == other.name && present(one) == present(other) && one.count == other.count
        };
        match (self, other) {
            (Self::Known(one), Self::Known(other)) => {
                one.len() == other.len() && one.iter().zip(other).all(same)
            }
            (one, other) => one == other,
        }
    }

    /// For the inventory.
    pub(super) fn readers(&self) -> Readers {
        let reader = |seat: &Seat| Reader {
            name: seat.name.clone(),
            card: seat.card.clone(),
        };
        match self {
            Self::Unknown => Readers::Unknown,
            Self::ServiceDown => Readers::ServiceDown,
            Self::Known(seats) => Readers::Present(seats.iter().map(reader).collect()),
        }
    }

    fn all(&self) -> &[Seat] {
        match self {
            Self::Known(seats) => seats,
            Self::Unknown | Self::ServiceDown => &[],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(seats: &[(&str, Option<&[u8]>, u64)]) -> Seats {
        let seat = |(name, card, count): &(&str, Option<&[u8]>, u64)| Seat {
            name: (*name).to_owned(),
            card: card.map(<[u8]>::to_vec),
            count: *count,
        };
        Seats::Known(seats.iter().map(seat).collect())
    }

    #[test]
    fn a_reader_is_found_by_a_description_that_was_cut() {
        let name = "Gemalto USB Shell Token V2 with a very long name (1234567890ABC) 00 00";
        let seats = known(&[("other", None, 0), (name, None, 0)]);
        assert_eq!(seats.described_by(&name[..64]).unwrap().name, name);
        let marked = format!("{}...", &name[..61]);
        assert_eq!(seats.described_by(&marked).unwrap().name, name);
        assert!(seats.described_by("Gemalto").is_none());
        assert!(seats.described_by("Gemalto...").is_none());
        assert!(seats.described_by("").is_none());
    }

    #[test]
    fn of_two_readers_that_a_cut_description_fits_neither_is_meant() {
        let model = "HID Global OMNIKEY 3x21 Smart Card Reader [OMNIKEY 3x21 Smart Card Reader]";
        let names = [format!("{model} 00 00"), format!("{model} 01 00")];
        let seats = known(&[(&names[0], None, 0), (&names[1], Some(&[0x3B]), 1)]);
        assert_eq!(seats.described_by(&model[..64]), None);
        assert_eq!(seats.described_by(&names[1]).unwrap().name, names[1]);
    }
}
