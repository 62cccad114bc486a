//! Keeps the inventory true: one task that hears of readers, looks and results, and has modules and
//! files listed again when that may tell something new.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use tokio::sync::{
    mpsc::{UnboundedReceiver, WeakUnboundedSender},
    watch as channel,
};

use super::{
    host::Host,
    kinds::{self, Tries},
    listing::{self, Kept, Listed},
    seats::{Seats, Shown},
    source::{Source, stamp},
    watch::Watch,
};
use crate::{Fault, Inventory, Token, TokenId};

/// What the keeper hears of.
pub(super) enum Event {
    /// Somebody is about to look.
    Look,
    /// A module or file was listed; or why not.
    Listed(Arc<Host>, Result<Listed, Fault>),
    /// These are the modules and files from now on.
    Sources(Vec<Arc<Host>>),
    /// What the card in this reader says of its PIN.
    Tries(String, Option<Tries>),
    /// A PIN of this token was wrong, or is locked, and what the card says of it.
    Refused(TokenId, Option<Tries>),
    /// A login to this token was tried and not refused: the card may still be open.
    Used(TokenId),
    /// The PIN of this token was changed.
    Changed(TokenId),
}

/// What a card is asked, which answers with its tries.
#[derive(Clone, Copy)]
enum Question {
    /// How many are left.
    Tries,
    /// To forget that it was logged in to.
    LogOut,
}

/// A token without a reader, or what could not be listed, is asked again at a look after so long.
const FIXED: Duration = Duration::from_secs(5);

/// Tries are asked again at a look after so long: another program may have used some.
const TRIES: Duration = Duration::from_secs(2);

/// See the module.
pub(super) struct Keeper {
    pub(super) sources: Vec<Source>,
    pub(super) watch: Watch,
    pub(super) seats: channel::Receiver<Seats>,
    /// For the tasks it starts; weak, so that the keeper ends with the last keyring.
    pub(super) events: WeakUnboundedSender<Event>,
    pub(super) inventory: channel::Sender<Arc<Inventory>>,
    /// The seats, and more, of the inventory that is published: it changes with it, under this lock.
    pub(super) told: Arc<Mutex<Shown>>,
    pub(super) grace: Duration,
    /// The seats that the inventory shows.
    pub(super) shown: Seats,
    /// Whether anybody has looked yet.
    pub(super) looked: bool,
    /// Whether modules and files have been listed: not before there is a card, or somebody looks.
    pub(super) begun: bool,
    pub(super) tries_asked: Option<Instant>,
}

impl Keeper {
    /// Runs until the last keyring is dropped.
    pub(super) async fn run(mut self, mut events: UnboundedReceiver<Event>) {
        loop {
            tokio::select! {
                event = events.recv() => match event {
                    Some(event) => self.hear(event),
                    None => return,
                },
                Ok(()) = self.seats.changed() => self.reseat(),
            }
        }
    }

    fn hear(&mut self, event: Event) {
        match event {
            Event::Look => self.look(),
            Event::Listed(host, outcome) => {
                if let Some(place) = self.place(|it| Arc::ptr_eq(&it.host, &host)) {
                    self.take(place, outcome);
                }
            }
            Event::Sources(hosts) => self.replace(hosts),
            Event::Tries(reader, tries) => {
                self.note(tries, |token| token.reader.as_deref() == Some(&*reader));
            }
            Event::Refused(id, tries) => {
                // A card that does not tell now has told of more than are left.
                self.forget_tries(|token| same_place(token, &id));
                self.note(tries, |token| same_place(token, &id));
            }
            Event::Used(id) => self.close(&id),
            Event::Changed(id) => {
                if let Some(place) = self.place(|it| *it.host.source().path() == id.source) {
                    self.list(place, Vec::new());
                }
            }
        }
    }

    fn look(&mut self) {
        self.watch.look();
        self.looked = true;
        match self.shown {
            // Modules wait until PC/SC has told its readers, or that there is nobody to tell.
            Seats::Unknown => return,
            _ if !self.begun => return self.reseat(),
            _ => {}
        }
        for place in 0..self.sources.len() {
            if self.may_have_changed(place) {
                self.list(place, Vec::new());
            }
        }
        if self.tries_asked.is_none_or(|at| at.elapsed() > TRIES) {
            self.ask_cards();
        }
    }

    fn place(&self, is_it: impl Fn(&Source) -> bool) -> Option<usize> {
        self.sources.iter().position(is_it)
    }

    /// What stays keeps what is known of it; what is new is listed, once there is anything to list.
    fn replace(&mut self, hosts: Vec<Arc<Host>>) {
        let mut before = std::mem::take(&mut self.sources);
        for host in hosts {
            let known = before.iter().position(|it| Arc::ptr_eq(&it.host, &host));
            let source = known.map(|place| before.swap_remove(place));
            self.sources
                .push(source.unwrap_or_else(|| Source::new(host)));
        }
        for place in 0..self.sources.len() {
            let is_new = self.sources.get(place).is_some_and(|it| it.at.is_none());
            if self.begun && is_new {
                self.list(place, Vec::new());
            }
        }
        self.publish();
    }

    fn may_have_changed(&self, place: usize) -> bool {
        let Some(source) = self.sources.get(place) else {
            return false;
        };
        let Some(at) = source.at else { return true };
        if !source.is_module() {
            return source.stamp != stamp(source.host.source().path());
        }
        let unwatched = source.listed.fixed || source.fault.is_some();
        (unwatched || self.shown == Seats::ServiceDown) && at.elapsed() > FIXED
    }

    /// Readers or cards have changed, or it is time to begin.
    fn reseat(&mut self) {
        let seats = self.seats.borrow_and_update().clone();
        let restarted = self.shown == Seats::ServiceDown;
        self.shown = seats;
        let first = !self.begun;
        self.begun |= self.looked || self.shown.any_card();
        for place in 0..self.sources.len() {
            let Some(source) = self.sources.get_mut(place) else {
                continue;
            };
            if !self.begun || !first && !source.is_module() {
                continue;
            }
            // What left with its card is not shown while the module is asked again.
            source.listed.kept.retain(|kept| match &kept.token.reader {
                Some(name) => self
                    .shown
                    .occupied(name)
                    .is_some_and(|seat| seat.count == kept.count),
                None => true,
            });
            source.stale = true;
            if restarted {
                source.host.restart();
            }
            let unchanged = source.listed.in_readers().collect();
            self.list(place, unchanged);
        }
        self.publish();
    }

    /// Has a module or file listed, once more if it is being listed already. What was read of the
    /// cards in `unchanged` slots still holds.
    fn list(&mut self, place: usize, unchanged: Vec<u64>) {
        let Some(events) = self.events.upgrade() else {
            return;
        };
        let Some(source) = self.sources.get_mut(place) else {
            return;
        };
        if source.running {
            source.again = true;
            return;
        }
        source.running = true;
        source.at = Some(Instant::now());
        if !source.is_module() {
            source.stamp = stamp(source.host.source().path());
        }
        let (host, seats, grace) = (Arc::clone(&source.host), self.seats.clone(), self.grace);
        tokio::spawn(async move {
            let outcome = listing::list(Arc::clone(&host), unchanged, seats, grace).await;
            let _ = events.send(Event::Listed(host, outcome));
        });
    }

    fn take(&mut self, place: usize, outcome: Result<Listed, Fault>) {
        let Some(source) = self.sources.get_mut(place) else {
            return;
        };
        source.running = false;
        if std::mem::take(&mut source.again) {
            return self.list(place, Vec::new());
        }
        if matches!(&outcome, Err(fault) if fault.may_be_of_the_moment())
            && !std::mem::replace(&mut source.crashed, true)
        {
            return self.list(place, Vec::new());
        }
        source.stale = false;
        (source.listed, source.fault) = match outcome {
            Ok(listed) => {
                source.crashed = false;
                (listed, None)
            }
            Err(fault) => {
                let path = source.host.source().path().display();
                tracing::warn!(source = %path, %fault, "cannot be used");
                (Listed::default(), Some(fault))
            }
        };
        self.tries_asked = Some(Instant::now());
        self.publish();
    }

    fn forget_tries(&mut self, which: impl Fn(&Token) -> bool) {
        let mut news = false;
        for kept in self.kept().filter(|kept| which(&kept.token)) {
            news |= kept.token.pin.tries_left.take().is_some();
        }
        if news {
            self.publish();
        }
    }

    fn note(&mut self, tries: Option<Tries>, which: impl Fn(&Token) -> bool) {
        let noted: Vec<bool> = self
            .kept()
            .filter(|kept| which(&kept.token))
            .map(|kept| kept.note(tries))
            .collect();
        if noted.contains(&true) {
            self.publish();
        }
    }

    fn kept(&mut self) -> impl Iterator<Item = &mut Kept> {
        self.sources
            .iter_mut()
            .flat_map(|source| &mut source.listed.kept)
    }

    /// Asks cards that tell it how many tries are left.
    fn ask_cards(&mut self) {
        self.tries_asked = Some(Instant::now());
        let mut asked: Vec<&str> = Vec::new();
        for source in &self.sources {
            for Kept { token, tells, .. } in &source.listed.kept {
                let Some(reader) = token.reader.as_deref() else {
                    continue;
                };
                if *tells && !asked.contains(&reader) {
                    asked.push(reader);
                    self.ask(&source.host, reader, Question::Tries);
                }
            }
        }
    }

    /// Has a card forget that it was logged in to: both, where its module calls two readers the same
    /// and it lies in one of them.
    fn close(&self, id: &TokenId) {
        for source in &self.sources {
            for kept in &source.listed.kept {
                if !same_place(&kept.token, id) {
                    continue;
                }
                let readers: Vec<&str> = match &kept.token.reader {
                    Some(reader) if kept.tells => vec![reader],
                    Some(_) => Vec::new(),
                    None => {
                        let seats = self.shown.fitting(&kept.place).into_iter();
                        let taken = seats.filter(|seat| seat.card.is_some());
                        taken.map(|seat| &*seat.name).collect()
                    }
                };
                for reader in readers {
                    self.ask(&source.host, reader, Question::LogOut);
                }
            }
        }
    }

    fn ask(&self, host: &Arc<Host>, reader: &str, question: Question) {
        let Some(events) = self.events.upgrade() else {
            return;
        };
        let (host, reader) = (Arc::clone(host), reader.to_owned());
        tokio::spawn(async move {
            let tries = match question {
                Question::Tries => host.quietly(kinds::tries(&reader)).await,
                Question::LogOut => host.quietly(kinds::log_out(&reader)).await,
            };
            let _ = events.send(Event::Tries(reader, tries));
        });
    }

    /// The slot descriptions of tokens whose reader is not known.
    fn places(&self) -> Vec<(TokenId, String)> {
        let all = self.sources.iter().flat_map(|source| &source.listed.kept);
        all.filter(|kept| kept.token.reader.is_none())
            .map(|kept| (kept.token.id.clone(), kept.place.clone()))
            .collect()
    }

    fn publish(&self) {
        let mut tokens: Vec<Token> = Vec::new();
        for kept in self.sources.iter().flat_map(|source| &source.listed.kept) {
            // Two modules may know the same card: the first in the settings has it.
            if !tokens.iter().any(|token| is_the_same(token, &kept.token)) {
                tokens.push(kept.token.clone());
            }
        }
        let source = |source: &Source| crate::Source {
            path: source.host.source().path().to_owned(),
            library: source.listed.library.clone(),
            fault: source.fault.clone(),
        };
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        *told = Shown {
            seats: self.shown.clone(),
            places: self.places(),
        };
        self.inventory.send_replace(Arc::new(Inventory {
            settled: self.begun && self.sources.iter().all(|it| !it.stale),
            readers: self.shown.readers(),
            tokens,
            sources: self.sources.iter().map(source).collect(),
        }));
    }
}

fn same_place(token: &Token, id: &TokenId) -> bool {
    token.id.source == id.source && token.id.slot == id.slot
}

/// Whether two modules speak of one card: by its reader, or where no reader is known by what it
/// calls itself. A certificate that both see is the proof.
fn is_the_same(one: &Token, other: &Token) -> bool {
    let same_place = match (&one.reader, &other.reader) {
        (Some(one), Some(other)) => one == other,
        _ => !one.id.serial.is_empty() && one.id.serial == other.id.serial,
    };
    let shared = |it: &crate::Certificate| other.certificates.iter().any(|its| its.der == it.der);
    same_place && one.certificates.iter().any(shared)
}

#[cfg(test)]
mod tests;
