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
    /// Nobody knows which; there was at least one, and the last one to go may be it.
    Any,
    /// There was none: what is used is not a card, or not one that PC/SC sees.
    None,
}

impl Presence {
    /// Of the card that was in `reader` when the person was shown what there is, or of an unknown
    /// one; `None` if it is not there any more.
    pub(super) fn of(
        shown: &Seats,
        seats: &watch::Receiver<Seats>,
        reader: Option<&str>,
    ) -> Option<Self> {
        let card = match reader {
            Some(name) => {
                let count = shown.occupied(name)?.count;
                let now = seats.borrow().occupied(name)?.count;
                (now == count).then(|| Card::In(name.to_owned(), count))?
            }
            None if seats.borrow().any_card() => Card::Any,
            None => Card::None,
        };
        Some(Self {
            seats: seats.clone(),
            card,
        })
    }

    /// The reader that the card is in, and its count.
    pub(super) fn seat(&self) -> Option<(&str, u64)> {
        match &self.card {
            Card::In(name, count) => Some((name, *count)),
            Card::Any | Card::None => None,
        }
    }

    /// Returns once the card is gone, never if that cannot be known.
    pub(super) async fn gone(&self) {
        let is_gone = |seats: &Seats| match &self.card {
            Card::In(name, count) => seats.occupied(name).is_none_or(|seat| seat.count != *count),
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
        let presence = Presence::of(&seats(1, true), &receiver, Some("reader")).unwrap();

        publish.send_replace(seats(3, true));

        presence.gone().await;
    }

    #[test]
    fn a_card_that_was_swapped_before_anybody_was_told_is_gone() {
        let (_publish, receiver) = watch::channel(seats(3, true));
        assert!(Presence::of(&seats(1, true), &receiver, Some("reader")).is_none());
        assert!(Presence::of(&seats(3, true), &receiver, Some("reader")).is_some());
    }

    #[test]
    fn an_empty_reader_has_no_card_to_be_there() {
        let (_publish, receiver) = watch::channel(seats(2, false));
        let of = |name| Presence::of(&seats(2, false), &receiver, Some(name));
        assert!(of("reader").is_none() && of("another").is_none());
    }

    #[tokio::test]
    async fn without_a_named_reader_the_last_card_to_go_counts() {
        let (publish, receiver) = watch::channel(seats(1, true));
        let presence = Presence::of(&Seats::Unknown, &receiver, None).unwrap();

        publish.send_replace(seats(2, false));

        presence.gone().await;
    }

    #[tokio::test]
    async fn a_software_token_never_goes() {
        let (publish, receiver) = watch::channel(Seats::ServiceDown);
        let presence = Presence::of(&Seats::Unknown, &receiver, None).unwrap();

        publish.send_replace(seats(1, false));

        assert!(!presence.goes_within(Duration::ZERO).await);
    }
}
