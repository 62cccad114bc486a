//! What the service is told.

use std::{
    fmt,
    sync::Arc,
    time::{Duration, SystemTime},
};

use chop_protocol::Plain;

/// What the service is told. The default is what the agent runs with.
#[derive(Clone, Debug)]
pub struct ServiceSettings {
    /// Whether `http://localhost` may ask: the development setting.
    pub plain: Plain,
    /// How long a person has to answer a window.
    pub window_time: Duration,
    /// How long a ticket of the popup page is good.
    pub ticket_life: Duration,
    /// Issuers whose certificates may be used, by the names that windows show; empty for all.
    pub issuers: Vec<String>,
    /// What one client may take of the agent.
    pub limits: Limits,
    /// What time it is, for certificates and the cool-down.
    pub clock: Clock,
}

impl Default for ServiceSettings {
    fn default() -> Self {
        Self {
            plain: Plain::Never,
            window_time: Duration::from_secs(120),
            ticket_life: Duration::from_secs(10),
            issuers: Vec::new(),
            limits: Limits::default(),
            clock: Clock::default(),
        }
    }
}

/// What one client may take of the agent.
///
/// Spec: docs/protocol.md, "Limits".
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Connections at once; one more ends the one that is idle longest.
    pub connections: usize,
    /// For the TLS handshake.
    pub handshake: Duration,
    /// From the first byte of an HTTP/1.1 request to the end of its headers, and from the handshake
    /// to the end of the first headers over HTTP/2.
    pub headers: Duration,
    /// From the headers to the end of the body.
    pub body: Duration,
    /// For a connection on which nothing is asked.
    pub idle: Duration,
    /// For what still runs when the agent ends.
    pub shutdown: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 64,
            handshake: Duration::from_secs(10),
            headers: Duration::from_secs(10),
            body: Duration::from_secs(10),
            idle: Duration::from_secs(90),
            shutdown: Duration::from_secs(3),
        }
    }
}

/// What time it is: the system's, or a test's.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> SystemTime + Send + Sync>);

impl Clock {
    /// A clock that asks `now`.
    pub fn new(now: impl Fn() -> SystemTime + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }

    pub(crate) fn now(&self) -> SystemTime {
        (self.0)()
    }
}

impl Default for Clock {
    fn default() -> Self {
        Self::new(SystemTime::now)
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Clock")
    }
}
