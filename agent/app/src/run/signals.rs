//! The system's ways of telling a program to end.

use std::io;

/// What ends the agent from outside.
pub(crate) struct Signals {
    #[cfg(unix)]
    unix: [tokio::signal::unix::Signal; 3],
}

impl Signals {
    /// From now on the signals are ours.
    pub(crate) fn new() -> io::Result<Self> {
        #[cfg(unix)]
        {
            use tokio::signal::unix::{SignalKind, signal};
            let unix = [
                signal(SignalKind::terminate())?,
                signal(SignalKind::interrupt())?,
                signal(SignalKind::hangup())?,
            ];
            Ok(Self { unix })
        }
        #[cfg(not(unix))]
        Ok(Self {})
    }

    /// Waits for the first of them.
    pub(crate) async fn received(&mut self) {
        #[cfg(unix)]
        {
            let [terminate, interrupt, hangup] = &mut self.unix;
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
                _ = hangup.recv() => {}
            }
        }
        #[cfg(not(unix))]
        let _ = tokio::signal::ctrl_c().await;
    }
}

/// The signal by which an installation without a gate tells its person's agent to start anew.
pub(crate) struct Renewal;

impl Renewal {
    /// Waits for it.
    pub(crate) async fn received() {
        #[cfg(unix)]
        {
            use tokio::signal::unix::{SignalKind, signal};
            if let Ok(mut renew) = signal(SignalKind::user_defined1()) {
                renew.recv().await;
                return;
            }
        }
        std::future::pending::<()>().await;
    }
}
