//! The connections there are: how many, which of them are idle, and how they end.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::{sync::Notify, time::Instant};

/// All connections of a server.
pub(crate) struct Crowd {
    places: usize,
    lines: Mutex<Vec<Arc<Line>>>,
    empty: Notify,
}

/// A connection's place among them, given back when dropped.
pub(crate) struct Seat<'a> {
    crowd: &'a Crowd,
    pub(crate) line: Arc<Line>,
}

/// What is going on on one connection.
pub(crate) struct Line {
    /// How many requests run, or [`CLOSING`].
    running: AtomicU32,
    /// When it last became idle, in milliseconds since `born`.
    idle_since: AtomicU64,
    /// Whether something was heard since then.
    heard: AtomicBool,
    born: Instant,
    /// Told once, when the connection has to go.
    leave: Notify,
}

/// A request that runs, until dropped.
pub(crate) struct Running<'a>(&'a Line);

const CLOSING: u32 = u32::MAX;

impl Crowd {
    pub(crate) fn new(places: usize) -> Self {
        Self {
            places,
            lines: Mutex::default(),
            empty: Notify::new(),
        }
    }

    /// A place for a new connection. When all are taken, the connection that has been idle longest
    /// leaves; `None` when none is idle.
    pub(crate) fn seat(&self) -> Option<Seat<'_>> {
        let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        // One that was told to leave does not count any more: it goes when it is next polled.
        let staying = lines
            .iter()
            .filter(|line| line.running.load(Ordering::Acquire) != CLOSING);
        if staying.count() >= self.places {
            let mut longest_idle: Vec<_> = lines.iter().collect();
            longest_idle.sort_by_key(|line| line.idle_at());
            longest_idle.iter().find(|line| line.close_if_idle())?;
        }
        let line = Arc::new(Line::new());
        lines.push(Arc::clone(&line));
        Some(Seat { crowd: self, line })
    }

    /// Ends every connection, whatever it does.
    pub(crate) fn disperse(&self) {
        for line in &*self.lines.lock().unwrap_or_else(PoisonError::into_inner) {
            line.leave.notify_one();
        }
    }

    /// Waits until there is no connection.
    pub(crate) async fn gone(&self) {
        loop {
            let emptied = self.empty.notified();
            if self
                .lines
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .is_empty()
            {
                return;
            }
            emptied.await;
        }
    }
}

impl Drop for Seat<'_> {
    fn drop(&mut self) {
        let mut lines = self
            .crowd
            .lines
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        lines.retain(|line| !Arc::ptr_eq(line, &self.line));
        if lines.is_empty() {
            self.crowd.empty.notify_waiters();
        }
    }
}

impl Line {
    fn new() -> Self {
        Self {
            running: AtomicU32::new(0),
            idle_since: AtomicU64::new(0),
            heard: AtomicBool::new(false),
            born: Instant::now(),
            leave: Notify::new(),
        }
    }

    /// Waits until the connection has to go.
    pub(crate) async fn leaving(&self) {
        self.leave.notified().await;
    }

    /// A request begins; `None` when the connection is about to go.
    pub(crate) fn begin(&self) -> Option<Running<'_>> {
        let one_more = |running| (running != CLOSING).then_some(running + 1);
        self.running
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, one_more)
            .ok()?;
        self.heard.store(false, Ordering::Relaxed);
        Some(Running(self))
    }

    /// Bytes came; on an idle connection they begin a request, which has to come in time.
    pub(crate) fn hear(&self) {
        if self.is_idle() && !self.heard.swap(true, Ordering::Relaxed) {
            self.idle_since.store(self.age(), Ordering::Relaxed);
        }
    }

    /// Until when the connection may stay as it is; `None` while a request runs.
    pub(crate) fn due(&self, headers: Duration, idle: Duration) -> Option<Instant> {
        let time = if self.heard.load(Ordering::Relaxed) {
            headers
        } else {
            idle
        };
        self.is_idle().then(|| self.idle_at() + time)
    }

    /// Whether a request runs.
    pub(crate) fn is_answering(&self) -> bool {
        !matches!(self.running.load(Ordering::Acquire), 0 | CLOSING)
    }

    fn is_idle(&self) -> bool {
        self.running.load(Ordering::Acquire) == 0
    }

    fn idle_at(&self) -> Instant {
        self.born + Duration::from_millis(self.idle_since.load(Ordering::Relaxed))
    }

    fn age(&self) -> u64 {
        u64::try_from(self.born.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    fn close_if_idle(&self) -> bool {
        let closing = self
            .running
            .compare_exchange(0, CLOSING, Ordering::AcqRel, Ordering::Acquire)
            .is_ok();
        if closing {
            self.leave.notify_one();
        }
        closing
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.idle_since.store(self.0.age(), Ordering::Relaxed);
        self.0.running.fetch_sub(1, Ordering::AcqRel);
    }
}
