//! Links that are good once, and the visits they lead to.
//!
//! A visit has two secrets, which the browser is given apart: a room, which is the path of its pages
//! and ends up in the browser's history, and a cookie, which does not, and which is sent to that
//! path alone. Neither is of use without the other. The agent keeps digests.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::{
    digest::{SHA256, digest},
    rand::{SecureRandom as _, SystemRandom},
};
use tokio::time::Instant;

use super::DeskTimes;
use crate::Error;

/// How many links may wait, and how many visits may be open: the oldest makes room.
const MOST: usize = 8;

/// What a browser has to show.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Key {
    pub(super) room: String,
    pub(super) secret: String,
}

/// The links and visits of one person.
pub(super) struct Visits<N> {
    times: DeskTimes,
    links: Vec<Link>,
    visits: Vec<Visit<N>>,
    random: SystemRandom,
}

struct Link {
    name: Digest,
    page: &'static str,
    until: Instant,
}

struct Visit<N> {
    name: Digest,
    until: Instant,
    notice: Option<N>,
}

type Digest = [u8; 32];

impl<N> Visits<N> {
    pub(super) fn new(times: DeskTimes) -> Self {
        Self {
            times,
            links: Vec::new(),
            visits: Vec::new(),
            random: SystemRandom::new(),
        }
    }

    pub(super) fn times(&self) -> DeskTimes {
        self.times
    }

    /// A new link to this page.
    ///
    /// # Errors
    /// [`Error::NoRandom`].
    pub(super) fn invite(&mut self, page: &'static str, now: Instant) -> Result<String, Error> {
        let link = self.secret()?;
        self.tidy(now);
        if self.links.len() >= MOST {
            self.links.remove(0);
        }
        self.links.push(Link {
            name: named(&[&link]),
            page,
            until: now + self.times.link,
        });
        Ok(link)
    }

    /// Takes a link, which is spent, and begins a visit: its key, and the page.
    ///
    /// # Errors
    /// [`Error::TicketRefused`] for a link that is spent, too old or none; [`Error::NoRandom`].
    pub(super) fn enter(&mut self, link: &str, now: Instant) -> Result<(Key, &'static str), Error> {
        self.tidy(now);
        let name = named(&[link]);
        let at = self.links.iter().position(|known| known.name == name);
        let page = self.links.remove(at.ok_or(Error::TicketRefused)?).page;
        let key = Key {
            room: self.secret()?,
            secret: self.secret()?,
        };
        if self.visits.len() >= MOST {
            self.visits.remove(0);
        }
        self.visits.push(Visit {
            name: key.name(),
            until: now + self.times.visit,
            notice: None,
        });
        Ok((key, page))
    }

    /// Whether the key opens a visit, which lasts from now on.
    ///
    /// # Errors
    /// [`Error::TicketRefused`].
    pub(super) fn check(&mut self, key: &Key, now: Instant) -> Result<(), Error> {
        self.find(key, now).map(|_| ())
    }

    /// The same, and what is to be said, once.
    ///
    /// # Errors
    /// [`Error::TicketRefused`].
    pub(super) fn come_back(&mut self, key: &Key, now: Instant) -> Result<Option<N>, Error> {
        self.find(key, now).map(|visit| visit.notice.take())
    }

    /// Says this on the visit's next page.
    pub(super) fn say(&mut self, key: &Key, notice: Option<N>, now: Instant) {
        if let Ok(visit) = self.find(key, now) {
            visit.notice = notice;
        }
    }

    /// Until when somebody may come.
    pub(super) fn open_until(&mut self, now: Instant) -> Option<Instant> {
        self.tidy(now);
        let links = self.links.iter().map(|link| link.until);
        links
            .chain(self.visits.iter().map(|visit| visit.until))
            .max()
    }

    fn find(&mut self, key: &Key, now: Instant) -> Result<&mut Visit<N>, Error> {
        self.tidy(now);
        let (name, until) = (key.name(), now + self.times.visit);
        let visit = self.visits.iter_mut().find(|visit| visit.name == name);
        let visit = visit.ok_or(Error::TicketRefused)?;
        visit.until = until;
        Ok(visit)
    }

    fn tidy(&mut self, now: Instant) {
        self.links.retain(|link| now < link.until);
        self.visits.retain(|visit| now < visit.until);
    }

    /// 256 random bits, as a path and a cookie can have them.
    fn secret(&self) -> Result<String, Error> {
        let mut bytes = [0; 32];
        self.random.fill(&mut bytes).map_err(|_| Error::NoRandom)?;
        Ok(URL_SAFE_NO_PAD.encode(bytes))
    }
}

impl Key {
    fn name(&self) -> Digest {
        named(&[&self.room, "/", &self.secret])
    }
}

/// Compared instead of the secrets themselves: how long that takes tells nothing of them.
fn named(parts: &[&str]) -> Digest {
    let digest = digest(&SHA256, parts.concat().as_bytes());
    digest.as_ref().try_into().expect("SHA-256 has 32 bytes")
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const TIMES: DeskTimes = DeskTimes {
        link: Duration::from_secs(60),
        visit: Duration::from_secs(600),
    };

    fn visits() -> (Visits<&'static str>, Instant) {
        (Visits::new(TIMES), Instant::now())
    }

    #[test]
    fn a_link_is_good_once_and_for_a_minute() {
        let (mut visits, now) = visits();
        let link = visits.invite("settings", now).unwrap();
        assert_eq!(link.len(), 43);
        let (key, page) = visits.enter(&link, now).unwrap();
        assert_eq!(page, "settings");
        visits.check(&key, now).unwrap();
        assert!(matches!(
            visits.enter(&link, now),
            Err(Error::TicketRefused)
        ));

        let late = visits.invite("settings", now).unwrap();
        let then = now + TIMES.link;
        assert!(matches!(
            visits.enter(&late, then),
            Err(Error::TicketRefused)
        ));
    }

    #[test]
    fn neither_secret_is_of_use_without_the_other() {
        let (mut visits, now) = visits();
        let mut enter = || {
            let link = visits.invite("settings", now).unwrap();
            visits.enter(&link, now).unwrap().0
        };
        let (one, other) = (enter(), enter());
        let mixed = Key {
            room: one.room.clone(),
            secret: other.secret,
        };
        assert!(visits.check(&mixed, now).is_err());
        assert!(visits.check(&one, now).is_ok());
    }

    #[test]
    fn a_visit_ends_when_nothing_is_asked_and_what_is_said_is_said_once() {
        let (mut visits, now) = visits();
        let link = visits.invite("settings", now).unwrap();
        let (key, _) = visits.enter(&link, now).unwrap();
        visits.say(&key, Some("saved"), now);
        assert_eq!(visits.come_back(&key, now).unwrap(), Some("saved"));
        assert_eq!(visits.come_back(&key, now).unwrap(), None);
        let later = now + TIMES.visit / 2;
        visits.check(&key, later).unwrap();
        assert_eq!(visits.open_until(later), Some(later + TIMES.visit));
        assert!(visits.check(&key, later + TIMES.visit).is_err());
        assert_eq!(visits.open_until(later + TIMES.visit), None);
    }

    #[test]
    fn the_oldest_makes_room() {
        let (mut visits, now) = visits();
        let first = visits.invite("settings", now).unwrap();
        for _ in 0..MOST {
            visits.invite("settings", now).unwrap();
        }
        assert!(visits.enter(&first, now).is_err());
    }
}
