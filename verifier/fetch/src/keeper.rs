//! A set of lists that is kept fresh.

use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

use chop_verifier::{Crl, Evidence};
use tokio::{sync::watch, task::JoinHandle};

use crate::Fetcher;

/// How often it is looked whether a list is getting old.
const ROUND: Duration = Duration::from_secs(60);

/// Keeps lists fresh in the background, until it is dropped.
pub struct Keeper {
    task: JoinHandle<()>,
}

impl Keeper {
    /// Begins to keep the lists at these addresses. The receiver sees new evidence whenever one of them
    /// has changed; at first there is none.
    ///
    /// Must be called within a Tokio runtime.
    #[must_use]
    pub fn start(
        fetcher: Arc<Fetcher>,
        addresses: Vec<String>,
    ) -> (Self, watch::Receiver<Arc<Evidence>>) {
        let (sender, receiver) = watch::channel(Arc::default());
        let task = tokio::spawn(async move {
            let mut known: Vec<[u8; 32]> = Vec::new();
            loop {
                let lists = gather(&fetcher, &addresses).await;
                let now: Vec<_> = lists.iter().map(|list| list.fingerprint()).collect();
                if now != known {
                    known = now;
                    let evidence = lists.into_iter().fold(Evidence::none(), Evidence::and_list);
                    sender.send_replace(Arc::new(evidence));
                }
                tokio::select! {
                    () = tokio::time::sleep(ROUND) => {}
                    // Nobody listens any more.
                    () = sender.closed() => break,
                }
            }
        });
        (Self { task }, receiver)
    }
}

/// What there is; lists that cannot be got are left out, with a line in the log.
async fn gather(fetcher: &Fetcher, addresses: &[String]) -> Vec<Arc<Crl>> {
    let mut lists = Vec::new();
    for address in addresses {
        match fetcher.list(address, SystemTime::now()).await {
            Ok(list) => lists.push(list),
            Err(error) => {
                let error = &error as &dyn std::error::Error;
                tracing::error!(error, address, "there is no list");
            }
        }
    }
    lists
}

impl Drop for Keeper {
    fn drop(&mut self) {
        self.task.abort();
    }
}
