//! One-time tickets of the popup page.

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use chop_protocol::{BridgeTicket, Origin};
use ring::rand::{SecureRandom as _, SystemRandom};

use crate::Error;

/// How many may be outstanding.
const MOST: usize = 16;

/// The outstanding tickets.
pub(crate) struct Tickets {
    life: Duration,
    outstanding: Mutex<Vec<Ticket>>,
    random: SystemRandom,
}

struct Ticket {
    text: String,
    origin: Origin,
    issued: Instant,
}

impl Tickets {
    pub(crate) fn new(life: Duration) -> Self {
        Self {
            life,
            outstanding: Mutex::default(),
            random: SystemRandom::new(),
        }
    }

    /// A ticket for one request in the name of `origin`.
    ///
    /// # Errors
    /// [`Error::TooManyTickets`], [`Error::NoRandom`].
    pub(crate) fn issue(&self, origin: Origin, now: Instant) -> Result<BridgeTicket, Error> {
        let mut bytes = [0; 32];
        self.random.fill(&mut bytes).map_err(|_| Error::NoRandom)?;
        let text = STANDARD.encode(bytes);

        let mut outstanding = self
            .outstanding
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        outstanding.retain(|ticket| self.good(ticket, now));
        if outstanding.len() >= MOST {
            return Err(Error::TooManyTickets);
        }
        outstanding.push(Ticket {
            text: text.clone(),
            origin,
            issued: now,
        });
        Ok(BridgeTicket { ticket: text })
    }

    /// Takes a ticket, and says whom it is for. It is spent, whether it was still good or not.
    ///
    /// # Errors
    /// [`Error::TicketRefused`].
    pub(crate) fn spend(&self, text: &str, now: Instant) -> Result<Origin, Error> {
        let mut outstanding = self
            .outstanding
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let at = outstanding.iter().position(|ticket| ticket.text == text);
        let ticket = at.map(|at| outstanding.swap_remove(at));
        ticket
            .filter(|ticket| self.good(ticket, now))
            .map(|ticket| ticket.origin)
            .ok_or(Error::TicketRefused)
    }

    fn good(&self, ticket: &Ticket, now: Instant) -> bool {
        now.duration_since(ticket.issued) < self.life
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIFE: Duration = Duration::from_secs(10);

    fn bank() -> Origin {
        "https://bank.example".parse().unwrap()
    }

    #[test]
    fn a_ticket_is_good_once_and_for_its_origin() {
        let (tickets, now) = (Tickets::new(LIFE), Instant::now());
        let ticket = tickets.issue(bank(), now).unwrap().ticket;
        assert_eq!(ticket.len(), 44);
        assert_eq!(tickets.spend(&ticket, now).unwrap(), bank());
        assert!(matches!(
            tickets.spend(&ticket, now),
            Err(Error::TicketRefused)
        ));
    }

    #[test]
    fn a_ticket_is_good_for_ten_seconds() {
        let (tickets, now) = (Tickets::new(LIFE), Instant::now());
        let ticket = tickets.issue(bank(), now).unwrap().ticket;
        assert!(matches!(
            tickets.spend(&ticket, now + LIFE),
            Err(Error::TicketRefused)
        ));
    }

    #[test]
    fn sixteen_may_be_outstanding_and_old_ones_make_room() {
        let (tickets, now) = (Tickets::new(LIFE), Instant::now());
        for _ in 0..MOST {
            tickets.issue(bank(), now).unwrap();
        }
        assert!(matches!(
            tickets.issue(bank(), now),
            Err(Error::TooManyTickets)
        ));
        assert!(tickets.issue(bank(), now + LIFE).is_ok());
    }
}
