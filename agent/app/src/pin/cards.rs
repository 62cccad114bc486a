//! The cards whose PIN can be changed, as the window shows them.

use chop_service::{Asks, Choice, ChoiceId, View};
use chop_token::{Certificate, Error, Inventory, Readers, Token, TokenId, Use};

/// Cards that one window has shown. A card keeps its number while the window is open.
#[derive(Default)]
pub(super) struct Cards {
    known: Vec<Known>,
}

struct Known {
    token: TokenId,
    /// What the card said after a try in this window, which is newer than the inventory.
    left: Option<u8>,
}

impl Cards {
    /// What the window shows of what is plugged in.
    pub(super) fn view(&mut self, inventory: &Inventory) -> View {
        let cards = inventory.tokens.iter().filter(|token| has_a_pin(token));
        let choices: Vec<_> = cards.map(|token| self.choice(token)).collect();
        if !choices.is_empty() {
            return View::Ready {
                choices,
                notice: None,
            };
        }
        match &inventory.readers {
            _ if !inventory.settled => View::Looking,
            Readers::Unknown => View::Looking,
            Readers::ServiceDown => View::ServiceDown,
            Readers::Present(readers) if readers.is_empty() => View::NoReader,
            Readers::Present(readers) if readers.iter().all(|reader| reader.card.is_none()) => {
                View::NoCard
            }
            Readers::Present(_) => View::NoCertificate {
                fault: inventory
                    .faults()
                    .next()
                    .map(|(_, fault)| fault.to_string()),
            },
        }
    }

    /// The card that was chosen, if it is still there.
    pub(super) fn token(&self, choice: ChoiceId, inventory: &Inventory) -> Option<TokenId> {
        let known = self.known.get(choice.0 as usize)?;
        inventory.token(&known.token).map(|token| token.id.clone())
    }

    /// Remembers what a card said of its tries.
    pub(super) fn note(&mut self, token: &TokenId, error: &Error) {
        let left = match error {
            Error::PinWrong { left } => *left,
            Error::PinLocked => Some(0),
            _ => return,
        };
        if let Some(known) = self.known.iter_mut().find(|known| known.token == *token) {
            known.left = left;
        }
    }

    fn choice(&mut self, token: &Token) -> Choice {
        let at = self.known.iter().position(|known| known.token == token.id);
        let at = at.unwrap_or_else(|| {
            self.known.push(Known {
                token: token.id.clone(),
                left: None,
            });
            self.known.len() - 1
        });
        let said = self.known.get(at).and_then(|known| known.left);
        let certificate = face(token);
        let asks = match token.pin.keypad {
            true => Asks::Keypad,
            false => Asks::Pin,
        };
        Choice {
            id: ChoiceId(u32::try_from(at).expect("nobody has 2³² cards")),
            holder: certificate
                .map(|it| it.holder.clone())
                .or_else(|| Some(token.label.clone())),
            issuer: certificate.map(|it| it.issuer.clone()).unwrap_or_default(),
            not_after: certificate.map(|it| it.not_after),
            certificate: None,
            label: token.label.clone(),
            reader: token.reader.clone(),
            // Whichever is newer, the fewer is the safer: the last try must not go unsaid.
            tries_left: [said, token.pin.tries_left].into_iter().flatten().min(),
            locked: token.pin.locked || said == Some(0),
            asks,
            shortest: *token.pin.length.start(),
            longest: *token.pin.length.end(),
        }
    }
}

/// A file has a password, which its maker's program changes.
fn has_a_pin(token: &Token) -> bool {
    token.reader.is_some() || !token.id.serial.is_empty()
}

/// The certificate by which people know a card: the one to sign in with, or any of a holder's.
fn face(token: &Token) -> Option<&Certificate> {
    let certificates = &token.certificates;
    let fits = |wanted| certificates.iter().find(move |it| it.fits(wanted));
    fits(Use::SignIn)
        .or_else(|| fits(Use::Sign))
        .or_else(|| fits(Use::Decrypt))
}

#[cfg(test)]
mod tests {
    use chop_token::{PinState, Reader};

    use super::*;

    fn token(serial: &str, left: u8) -> Token {
        Token {
            id: TokenId {
                source: "/usr/lib/module.so".into(),
                slot: 0,
                serial: serial.to_owned(),
            },
            label: "Card".to_owned(),
            manufacturer: String::new(),
            model: String::new(),
            reader: Some("Reader".to_owned()),
            pin: PinState {
                tries_left: Some(left),
                locked: left == 0,
                length: 4..=8,
                keypad: false,
            },
            certificates: Vec::new(),
            hidden: false,
        }
    }

    fn inventory(tokens: Vec<Token>) -> Inventory {
        Inventory {
            settled: true,
            readers: Readers::Present(vec![Reader {
                name: "Reader".to_owned(),
                card: Some(Vec::new()),
            }]),
            tokens,
            sources: Vec::new(),
        }
    }

    fn choices(view: View) -> Vec<Choice> {
        match view {
            View::Ready { choices, .. } => choices,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_a_card_said_of_its_tries_counts_before_the_inventory_knows() {
        let (mut cards, inventory) = (Cards::default(), inventory(vec![token("1", 3)]));
        assert_eq!(choices(cards.view(&inventory))[0].tries_left, Some(3));

        let id = inventory.tokens[0].id.clone();
        cards.note(&id, &Error::PinWrong { left: Some(1) });
        assert_eq!(choices(cards.view(&inventory))[0].tries_left, Some(1));
        cards.note(&id, &Error::PinLocked);
        assert!(choices(cards.view(&inventory))[0].locked);
    }

    #[test]
    fn a_card_that_left_cannot_be_chosen() {
        let mut cards = Cards::default();
        let both = inventory(vec![token("1", 3), token("2", 3)]);
        let shown = choices(cards.view(&both));

        let one = inventory(vec![token("1", 3)]);

        assert!(cards.token(shown[0].id, &one).is_some());
        assert!(cards.token(shown[1].id, &one).is_none());
    }

    #[test]
    fn a_file_has_no_pin_that_could_be_changed_here() {
        let mut file = token("", 3);
        file.reader = None;
        let view = Cards::default().view(&Inventory {
            readers: Readers::Present(Vec::new()),
            ..inventory(vec![file])
        });
        assert_eq!(view, View::NoReader);
    }
}
