//! The connections there are: how many, of whom, which of them are idle, and which one makes room.

use std::{
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{
    sync::Notify,
    time::{Instant, sleep_until},
};

use crate::client::networks;

/// An answer of which nothing was taken for so long does not keep its connection from giving way.
const STALLED: Duration = Duration::from_secs(10);

/// How many there may be.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Places {
    /// Of everybody together.
    pub(crate) all: usize,
    /// Of one address, or of one IPv6 network of 2^64; twice that of a /56 and four times that of a
    /// /48, which may be one customer's.
    pub(crate) each: usize,
}

/// All connections of a server.
pub(crate) struct Crowd {
    places: Places,
    lines: Mutex<Vec<Arc<Line>>>,
    /// Told when a connection ends or a request does: somebody who waits may find a place now.
    freed: Notify,
}

/// A connection's place, given back when dropped.
pub(crate) struct Seat {
    crowd: Arc<Crowd>,
    line: Arc<Line>,
}

/// What is going on on one connection.
struct Line {
    /// Whose it is; `None` for a proxy, which speaks for many.
    networks: Option<[IpAddr; 3]>,
    state: Mutex<State>,
    /// Told once, when the connection has to go.
    leave: Notify,
}

struct State {
    running: usize,
    /// Answers of which parts are still to go out.
    answering: usize,
    /// Since when nothing runs, or the last part of an answer went out.
    idle_since: Instant,
    leaving: bool,
}

/// Why a connection has to go.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Over {
    /// No request came for too long.
    Idle,
    /// Another needs its place, now.
    GaveWay,
}

/// A request that runs, until dropped.
pub(crate) struct Running {
    crowd: Arc<Crowd>,
    line: Arc<Line>,
}

/// An answer that goes out, until dropped.
pub(crate) struct Answering {
    crowd: Arc<Crowd>,
    line: Arc<Line>,
}

impl Crowd {
    pub(crate) fn new(places: Places) -> Arc<Self> {
        Arc::new(Self {
            places,
            lines: Mutex::default(),
            freed: Notify::new(),
        })
    }

    /// A place for a new connection. When all are taken, the one that has been idle longest gives
    /// way; when none is idle, this waits: requests end soon. `None` when this address has all of
    /// its own, and each is at work: it must not keep the others waiting.
    pub(crate) async fn seat(self: &Arc<Self>, peer: Option<IpAddr>) -> Option<Seat> {
        let networks = peer.map(networks);
        loop {
            let freed = self.freed.notified();
            {
                let mut lines = lock(&self.lines);
                for (size, network) in networks.iter().flatten().enumerate() {
                    let same = |line: &Line| {
                        line.networks
                            .is_some_and(|theirs| theirs.get(size) == Some(network))
                    };
                    if !has_room(&lines, same, self.places.each << size) {
                        return None;
                    }
                }
                if has_room(&lines, |_| true, self.places.all) {
                    return Some(self.sit(&mut lines, networks));
                }
            }
            freed.await;
        }
    }

    /// Has so many connections give way, those that have been idle longest: the system has no room.
    pub(crate) fn make_room(&self, number: usize) {
        let lines = lock(&self.lines);
        for _ in 0..number {
            if !one_gives_way(lines.iter()) {
                return;
            }
        }
    }

    /// Waits until there is no connection.
    pub(crate) async fn gone(&self) {
        loop {
            let freed = self.freed.notified();
            if lock(&self.lines).is_empty() {
                return;
            }
            freed.await;
        }
    }

    fn sit(self: &Arc<Self>, lines: &mut Vec<Arc<Line>>, networks: Option<[IpAddr; 3]>) -> Seat {
        let line = Arc::new(Line {
            networks,
            state: Mutex::new(State {
                running: 0,
                answering: 0,
                idle_since: Instant::now(),
                leaving: false,
            }),
            leave: Notify::new(),
        });
        lines.push(Arc::clone(&line));
        Seat {
            crowd: Arc::clone(self),
            line,
        }
    }
}

/// Whether these connections leave a place. If not, the longest idle of them is told to go; there
/// is no place when none of them is idle.
fn has_room(lines: &[Arc<Line>], these: impl Fn(&Line) -> bool, places: usize) -> bool {
    let these = || lines.iter().filter(|line| these(line));
    let staying = these().filter(|line| !lock(&line.state).leaving).count();
    if staying < places {
        return true;
    }
    one_gives_way(these())
}

/// Tells the longest idle of these to go; false where none is idle.
fn one_gives_way<'a>(these: impl Iterator<Item = &'a Arc<Line>>) -> bool {
    let longest = these
        .filter_map(|line| Some((line.idle_since()?, line)))
        .min_by_key(|(since, _)| *since);
    let Some((_, line)) = longest else {
        return false;
    };
    lock(&line.state).leaving = true;
    line.leave.notify_one();
    true
}

impl Seat {
    /// A request begins.
    pub(crate) fn begin(&self) -> Running {
        lock(&self.line.state).running += 1;
        Running {
            crowd: Arc::clone(&self.crowd),
            line: Arc::clone(&self.line),
        }
    }

    /// Done when the connection has to go, with why.
    pub(crate) async fn over(&self, idle: Duration) -> Over {
        let too_long = async {
            loop {
                let now = Instant::now();
                match self.line.idle_since().map(|since| since + idle) {
                    Some(due) if due <= now => return,
                    due => sleep_until(due.unwrap_or(now + idle)).await,
                }
            }
        };
        tokio::select! {
            () = self.line.leave.notified() => Over::GaveWay,
            () = too_long => Over::Idle,
        }
    }
}

impl Line {
    /// Since when nothing goes on; `None` while something does, or when it leaves anyway.
    fn idle_since(&self) -> Option<Instant> {
        let state = lock(&self.state);
        let goes_out = state.answering > 0 && state.idle_since.elapsed() < STALLED;
        let is_idle = state.running == 0 && !goes_out && !state.leaving;
        is_idle.then_some(state.idle_since)
    }
}

impl Running {
    /// Its answer is there, and goes out now.
    pub(crate) fn answers(self) -> Answering {
        lock(&self.line.state).answering += 1;
        Answering {
            crowd: Arc::clone(&self.crowd),
            line: Arc::clone(&self.line),
        }
    }
}

impl Answering {
    /// A part of it went out.
    pub(crate) fn goes_on(&self) {
        lock(&self.line.state).idle_since = Instant::now();
    }
}

impl Drop for Answering {
    fn drop(&mut self) {
        let mut state = lock(&self.line.state);
        state.answering -= 1;
        state.idle_since = Instant::now();
        drop(state);
        self.crowd.freed.notify_waiters();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let mut state = lock(&self.line.state);
        state.running -= 1;
        state.idle_since = Instant::now();
        drop(state);
        self.crowd.freed.notify_waiters();
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        lock(&self.crowd.lines).retain(|line| !Arc::ptr_eq(line, &self.line));
        self.crowd.freed.notify_waiters();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Nothing panics while it holds one of these; if it did, counts would still be counts.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
