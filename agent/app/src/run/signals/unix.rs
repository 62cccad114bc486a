//! Signals.

use std::io;

use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::run::Order;

/// What ends the agent from outside.
pub(crate) struct Signals([Signal; 3]);

impl Signals {
    /// From now on the signals are ours.
    pub(crate) fn new() -> io::Result<Self> {
        Ok(Self([
            signal(SignalKind::terminate())?,
            signal(SignalKind::interrupt())?,
            signal(SignalKind::hangup())?,
        ]))
    }

    /// Waits for the first of them.
    pub(crate) async fn received(&mut self) {
        let [terminate, interrupt, hangup] = &mut self.0;
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
            _ = hangup.recv() => {}
        }
    }
}

/// The signal by which an installation without a gate tells its person's agent to start anew.
pub(crate) struct Orders(Option<Signal>);

impl Orders {
    /// From now on it is ours.
    pub(crate) fn new() -> Self {
        Self(signal(SignalKind::user_defined1()).ok())
    }

    /// Waits for it.
    pub(crate) async fn received(&mut self) -> Order {
        match &mut self.0 {
            Some(renew) => drop(renew.recv().await),
            None => std::future::pending().await,
        }
        Order::Restart
    }
}
