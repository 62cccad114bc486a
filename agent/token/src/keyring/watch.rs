//! Watches the readers.
//!
//! A thread waits in `SCardGetStatusChange`, without a time limit, and while the smart card service
//! does not run for the system to say that it has been started: nothing wakes the agent while
//! nothing happens.

mod list;
mod service;

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread::JoinHandle,
    time::{Duration, Instant},
};

use pcsc::{Context, Scope};
use tokio::sync::watch;

use self::{list::follow, service::Service};
use super::seats::Seats;

/// The thread that watches. It ends when this is dropped.
#[derive(Debug)]
pub(super) struct Watch {
    /// `None` if the system gave no thread, or nothing to wake it with.
    thread: Option<(Arc<Shared>, JoinHandle<()>)>,
}

impl Watch {
    /// Starts the thread.
    pub(super) fn start() -> (Self, watch::Receiver<Seats>) {
        let (publish, seats) = watch::channel(Seats::Unknown);
        let thread = Shared::new().and_then(|shared| {
            let shared = Arc::new(shared);
            let (watched, thread) = (Arc::clone(&shared), std::thread::Builder::new());
            let thread = thread.name("readers".to_owned());
            Ok((shared, thread.spawn(move || watched.run(&publish))?))
        });
        let thread = thread
            .inspect_err(|error| tracing::error!(%error, "readers cannot be watched"))
            .ok();
        (Self { thread }, seats)
    }

    /// Somebody looks: a service that does not run is tried once more, in case that the system did
    /// not tell of its start.
    pub(super) fn look(&self) {
        if let Some((shared, _)) = &self.thread {
            shared.service.wake();
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let Some((shared, thread)) = &self.thread else {
            return;
        };
        shared.waiting().stop = true;
        // PC/SC forgets a cancel that comes just before the wait, so it is said again.
        for _ in 0..20 {
            if let Some(context) = &shared.waiting().context {
                let _ = context.cancel();
            }
            shared.service.wake();
            if thread.is_finished() {
                return;
            }
            std::thread::sleep(Duration::from_millis(1));
        }
    }
}

struct Shared {
    service: Service,
    waiting: Mutex<Waiting>,
}

#[derive(Default)]
struct Waiting {
    stop: bool,
    /// What the thread waits in, to be cancelled when it shall stop.
    context: Option<Context>,
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Shared")
    }
}

/// After its start a service is tried after each of these, because it announces itself before it
/// listens; then it is waited for again.
const TRIES: [Duration; 8] = [
    Duration::ZERO,
    Duration::from_millis(5),
    Duration::from_millis(20),
    Duration::from_millis(50),
    Duration::from_millis(100),
    Duration::from_millis(300),
    Duration::from_millis(700),
    Duration::from_millis(1500),
];

/// A service that goes again within this time is left alone for as long.
const STEADY: Duration = Duration::from_secs(2);

impl Shared {
    fn new() -> std::io::Result<Self> {
        Ok(Self {
            service: Service::new()?,
            waiting: Mutex::default(),
        })
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes what the thread waits in; whether to go on.
    fn hold(&self, context: Option<&Context>) -> bool {
        let mut waiting = self.waiting();
        waiting.context = context.cloned();
        !waiting.stop
    }

    fn run(&self, publish: &watch::Sender<Seats>) {
        // Card counters begin anew with each start of the service.
        let mut starts = 0;
        'life: loop {
            for pause in TRIES {
                if !self.pause(pause) {
                    return;
                }
                let Ok(context) = Context::establish(Scope::User) else {
                    publish_if_new(publish, Seats::ServiceDown);
                    continue;
                };
                starts += 1;
                let began = Instant::now();
                if !self.hold(Some(&context)) {
                    return;
                }
                let ended = follow(&context, starts, publish);
                tracing::debug!(?ended, "the smart card service is gone");
                publish_if_new(publish, Seats::ServiceDown);
                let steady = began.elapsed() >= STEADY || self.pause(STEADY);
                if !self.hold(None) || !steady {
                    return;
                }
                // Some systems start it again for whoever asks.
                continue 'life;
            }
            self.service.wait();
        }
    }

    /// Waits for so long; whether to go on.
    fn pause(&self, time: Duration) -> bool {
        if !time.is_zero() {
            self.service.wait_at_most(time);
        }
        !self.waiting().stop
    }
}

fn publish_if_new(publish: &watch::Sender<Seats>, new: Seats) {
    publish.send_if_modified(|seats| {
        let same = seats.is_same(&new);
        if !same {
            *seats = new;
        }
        !same
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keyring::seats::Seat;

    fn known(seats: &[(&str, Option<&[u8]>, u64)]) -> Seats {
        let seat = |(name, card, count): &(&str, Option<&[u8]>, u64)| Seat {
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
        ended.block_on(async {
            let mut seats = seats.clone();
            while seats.changed().await.is_ok() {}
        });
    }
}
