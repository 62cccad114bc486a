//! Whether the card of an operation is still there.

use std::time::Duration;

use tokio::sync::watch;

use super::seats::Seats;

/// The card that an operation is about, as PC/SC sees it.
pub(super) struct Presence {
    seats: watch::Receiver<Seats>,
    card: Card,
}

#[derive(Clone, Debug, Eq, PartialEq)]
enum Card {
    /// The one in this reader, which it has counted so often.
    In(String, u64),
    /// One of these: the module cuts the names of readers so that they are the same. Whichever goes
    /// first may be it.
    OneOf(Vec<(String, u64)>),
    /// Nobody knows which; there was at least one, and the last one to go may be it.
    Any,
    /// There was none: what is used is not a card, or not one that PC/SC sees.
    None,
}

/// Where a token is.
pub(super) enum At<'a> {
    /// In this reader.
    Reader(&'a str),
    /// In a slot of this description, which means no reader, or several.
    Described(&'a str),
}

impl Presence {
    /// Of the card that was there when the person was shown what there is; `None` if it is not
    /// there any more, or may not be.
    pub(super) fn of(shown: &Seats, seats: &watch::Receiver<Seats>, at: At<'_>) -> Option<Self> {
        let now = seats.borrow();
        let still = |name: &str| {
            let count = shown.occupied(name)?.count;
            (now.occupied(name)?.count == count).then(|| (name.to_owned(), count))
        };
        let card = match at {
            At::Reader(name) => still(name).map(|(name, count)| Card::In(name, count))?,
            At::Described(place) => {
                let fitting = shown.fitting(place).into_iter();
                let occupied: Vec<_> = fitting.filter(|seat| seat.card.is_some()).collect();
                match occupied.as_slice() {
                    [] if now.any_card() => Card::Any,
                    [] => Card::None,
                    some => {
                        let all: Option<_> = some.iter().map(|seat| still(&seat.name)).collect();
                        Card::OneOf(all?)
                    }
                }
            }
        };
        drop(now);
        Some(Self {
            seats: seats.clone(),
            card,
        })
    }

    /// The reader that the card is in, and its count.
    pub(super) fn seat(&self) -> Option<(&str, u64)> {
        match &self.card {
            Card::In(name, count) => Some((name, *count)),
            Card::OneOf(_) | Card::Any | Card::None => None,
        }
    }

    /// Returns once the card is gone, never if that cannot be known.
    pub(super) async fn gone(&self) {
        let left = |seats: &Seats, name: &str, count: u64| {
            seats.occupied(name).is_none_or(|seat| seat.count != count)
        };
        let is_gone = |seats: &Seats| match &self.card {
            Card::In(name, count) => left(seats, name, *count),
            Card::OneOf(all) => all.iter().any(|(name, count)| left(seats, name, *count)),
            Card::Any => !seats.any_card(),
            Card::None => false,
        };
        if self.seats.clone().wait_for(is_gone).await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    /// Returns `grace` after the card has gone.
    pub(super) async fn gone_for(&self, grace: Duration) {
        self.gone().await;
        tokio::time::sleep(grace).await;
    }

    /// Whether the card goes within `patience`: PC/SC notices up to 0.4 s after a module does.
    pub(super) async fn goes_within(&self, patience: Duration) -> bool {
        tokio::time::timeout(patience, self.gone()).await.is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::{super::seats::Seat, *};

    fn seats(count: u64, card: bool) -> Seats {
        let name = "reader".to_owned();
        Seats::Known(vec![Seat {
            name,
            card: card.then(Vec::new),
            count,
        }])
    }

    #[tokio::test]
    async fn a_card_that_was_swapped_is_gone() {
        let (publish, receiver) = watch::channel(seats(1, true));
        let presence = Presence::of(&seats(1, true), &receiver, At::Reader("reader")).unwrap();

        publish.send_replace(seats(3, true));

        presence.gone().await;
    }

    #[test]
    fn a_card_that_was_swapped_before_anybody_was_told_is_gone() {
        let (_publish, receiver) = watch::channel(seats(3, true));
        assert!(Presence::of(&seats(1, true), &receiver, At::Reader("reader")).is_none());
        assert!(Presence::of(&seats(3, true), &receiver, At::Reader("reader")).is_some());
    }

    #[test]
    fn an_empty_reader_has_no_card_to_be_there() {
        let (_publish, receiver) = watch::channel(seats(2, false));
        let of = |name| Presence::of(&seats(2, false), &receiver, At::Reader(name));
        assert!(of("reader").is_none() && of("another").is_none());
    }

    #[tokio::test]
    async fn without_a_named_reader_the_last_card_to_go_counts() {
        let (publish, receiver) = watch::channel(seats(1, true));
        let presence = Presence::of(&Seats::Unknown, &receiver, At::Described("")).unwrap();

        publish.send_replace(seats(2, false));

        presence.gone().await;
    }

    #[tokio::test]
    async fn of_readers_that_a_module_calls_the_same_the_first_card_to_go_counts() {
        let model = "HID Global OMNIKEY 3x21 Smart Card Reader [OMNIKEY 3x21 Smart Card Reader]";
        let with = |second: bool| {
            let seat = |number: u8, card: bool| Seat {
                name: format!("{model} 0{number} 00"),
                card: card.then(Vec::new),
                count: 1,
            };
            Seats::Known(vec![seat(0, true), seat(1, second)])
        };
        let (publish, receiver) = watch::channel(with(true));
        let of = |shown: &Seats| Presence::of(shown, &receiver, At::Described(&model[..64]));
        let presence = of(&with(true)).unwrap();
        assert!(!presence.goes_within(Duration::ZERO).await);

        publish.send_replace(with(false));

        presence.gone().await;
        // Begun now, it is not even known whether it is the same card.
        assert!(of(&with(true)).is_none());
    }

    #[tokio::test]
    async fn a_software_token_never_goes() {
        let (publish, receiver) = watch::channel(Seats::ServiceDown);
        let presence = Presence::of(&Seats::Unknown, &receiver, At::Described("")).unwrap();

        publish.send_replace(seats(1, false));

        assert!(!presence.goes_within(Duration::ZERO).await);
    }
}
