//! Watches the readers.
//!
//! A thread waits in `SCardGetStatusChange`, without a time limit: nothing wakes the agent while
//! nothing is plugged in or out. It starts to look with the first [`Watch::look`].

use std::{
    ffi::CString,
    sync::{Arc, Condvar, Mutex, PoisonError},
    time::{Duration, Instant},
};

use pcsc::{Context, Error, PNP_NOTIFICATION, ReaderState, Scope, State};
use tokio::sync::watch;

use super::seats::{Seat, Seats};

/// The thread that watches. It ends when this is dropped.
#[derive(Debug)]
pub(super) struct Watch(Arc<Shared>);

impl Watch {
    /// Starts the thread, which sleeps until the first look.
    pub(super) fn start() -> (Self, watch::Receiver<Seats>) {
        let (publish, seats) = watch::channel(Seats::Unknown);
        let shared = Arc::new(Shared::default());
        let watched = Arc::clone(&shared);
        let thread = std::thread::Builder::new().name("readers".to_owned());
        if let Err(error) = thread.spawn(move || watched.run(&publish)) {
            tracing::error!(%error, "readers cannot be watched");
        }
        (Self(shared), seats)
    }

    /// Somebody looks, and may for the next minutes: for so long a service that does not run is
    /// tried again each second.
    pub(super) fn look(&self) {
        self.0.change(|wanted| {
            let now = Instant::now();
            let before = wanted.until.replace(now + ATTENTION);
            // Who looks already need not be woken for it.
            before.is_none_or(|until| until <= now)
        });
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.0.change(|wanted| {
            wanted.stop = true;
            true
        });
    }
}

/// As long as a window stays open, and a little more.
const ATTENTION: Duration = Duration::from_secs(130);

#[derive(Debug, Default)]
struct Shared {
    wanted: Mutex<Wanted>,
    changed: Condvar,
}

#[derive(Default)]
struct Wanted {
    /// Until when somebody looks; `None` before the first look.
    until: Option<Instant>,
    stop: bool,
    /// To be cancelled when the thread shall stop.
    context: Option<Context>,
}

impl std::fmt::Debug for Wanted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Wanted")
            .field("until", &self.until)
            .field("stop", &self.stop)
            .finish()
    }
}

impl Shared {
    /// Changes what is wanted; `change` says whether the thread must hear of it.
    fn change(&self, change: impl FnOnce(&mut Wanted) -> bool) {
        let mut wanted = self.wanted.lock().unwrap_or_else(PoisonError::into_inner);
        let news = change(&mut wanted);
        if let (true, Some(context)) = (wanted.stop, &wanted.context) {
            let _ = context.cancel();
        }
        if news {
            self.changed.notify_all();
        }
    }

    /// Notes what the thread waits in.
    fn hold(&self, context: Option<Context>) {
        self.change(|wanted| {
            wanted.context = context;
            false
        });
    }

    /// Sleeps until somebody looks, and at least a second unless this is the first time. Whether to
    /// go on.
    fn sleep(&self, first: bool) -> bool {
        let mut wanted = self.wanted.lock().unwrap_or_else(PoisonError::into_inner);
        let since = Instant::now();
        loop {
            if wanted.stop {
                return false;
            }
            let looked_at = wanted.until.is_some_and(|until| until > Instant::now());
            let left = Duration::from_secs(1).saturating_sub(since.elapsed());
            wanted = match (looked_at, first || left.is_zero()) {
                (true, true) => return true,
                (true, false) => {
                    let woken = self.changed.wait_timeout(wanted, left);
                    woken.unwrap_or_else(PoisonError::into_inner).0
                }
                (false, _) => self
                    .changed
                    .wait(wanted)
                    .unwrap_or_else(PoisonError::into_inner),
            };
        }
    }

    fn run(&self, publish: &watch::Sender<Seats>) {
        let mut first = true;
        while self.sleep(first) {
            first = false;
            if let Ok(context) = Context::establish(Scope::User) {
                self.hold(Some(context.clone()));
                let ended = follow(&context, publish);
                tracing::debug!(?ended, "the smart card service is gone");
                self.hold(None);
            }
            publish_if_new(publish, Seats::ServiceDown);
        }
    }
}

/// Publishes each change until the service is gone (or the context cancelled).
fn follow(context: &Context, publish: &watch::Sender<Seats>) -> Result<(), Error> {
    let mut states = vec![ReaderState::new(PNP_NOTIFICATION(), State::UNAWARE)];
    let mut look_again = true;
    loop {
        let new = update(&mut states, readers(context)?);
        if !new {
            publish_if_new(
                publish,
                Seats::Known(states.iter().skip(1).map(seat).collect()),
            );
        }
        for state in &mut states {
            state.sync_current_state();
        }
        // A reader that comes between the list and the wait goes unnoticed (pcscd 1.9): so there
        // is one more look a second after each change of the list, and then none.
        let limit = (!new && look_again).then_some(Duration::from_secs(1));
        look_again = new;
        match context.get_status_change(limit, &mut states) {
            Ok(()) | Err(Error::Timeout | Error::UnknownReader) => {}
            Err(error) => return Err(error),
        }
    }
}

fn readers(context: &Context) -> Result<Vec<CString>, Error> {
    match context.list_readers_owned() {
        Err(Error::NoReadersAvailable) => Ok(Vec::new()),
        other => other,
    }
}

/// Follows the list of readers; whether there is a new one, whose state is not known.
fn update(states: &mut Vec<ReaderState>, readers: Vec<CString>) -> bool {
    states.retain(|state| {
        state.name() == PNP_NOTIFICATION()
            || readers.iter().any(|name| name.as_c_str() == state.name())
    });
    let before = states.len();
    for name in readers {
        if !states.iter().any(|state| state.name() == name.as_c_str()) {
            states.push(ReaderState::new(name, State::UNAWARE));
        }
    }
    states.len() > before
}

fn seat(state: &ReaderState) -> Seat {
    let present = state.event_state().contains(State::PRESENT);
    Seat {
        name: state.name().to_string_lossy().into_owned(),
        card: present.then(|| state.atr().to_vec()),
        count: state.event_count(),
    }
}

/// Events also come for what does not matter here: who uses a card, and whether it has power.
fn publish_if_new(publish: &watch::Sender<Seats>, new: Seats) {
    publish.send_if_modified(|seats| {
        let same = match (&*seats, &new) {
            (Seats::Known(old), Seats::Known(new)) => {
                old.len() == new.len() && old.iter().zip(new).all(|(old, new)| is_same(old, new))
            }
            (old, new) => old == new,
        };
        if !same {
            *seats = new;
        }
        !same
    });
}

fn is_same(old: &Seat, new: &Seat) -> bool {
    let present = |seat: &Seat| seat.card.is_some();
    old.name == new.name && present(old) == present(new) && old.count == new.count
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(seats: &[(&str, Option<&[u8]>, u32)]) -> Seats {
        let seat = |(name, card, count): &(&str, Option<&[u8]>, u32)| Seat {
            name: (*name).to_owned(),
            card: card.map(<[u8]>::to_vec),
            count: *count,
        };
        Seats::Known(seats.iter().map(seat).collect())
    }

    #[test]
    fn a_swapped_card_is_news_and_its_power_is_not() {
        let (publish, mut seats) = watch::channel(known(&[("a", Some(&[0x3b]), 1)]));

        publish_if_new(&publish, known(&[("a", Some(&[]), 1)]));
        assert!(!seats.has_changed().unwrap());

        publish_if_new(&publish, known(&[("a", Some(&[0x3b]), 3)]));
        assert!(seats.has_changed().unwrap());
        seats.mark_unchanged();
    }

    #[test]
    fn a_dropped_watch_ends_its_thread() {
        let (watch, seats) = Watch::start();
        drop(watch);
        // The thread holds the only sender.
        let ended = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        assert!(
            ended
                .block_on(async { seats.clone().changed().await })
                .is_err()
        );
    }
}
