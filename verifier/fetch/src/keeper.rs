//! A set of lists that is kept fresh.

use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

use chop_verifier::{Crl, Evidence};
use tokio::{
    sync::watch,
    task::{JoinHandle, JoinSet},
};

use crate::Fetcher;

/// How often it is looked whether a list is getting old.
const ROUND: Duration = Duration::from_secs(60);

/// Keeps lists fresh in the background, until it is dropped.
pub struct Keeper {
    task: JoinHandle<()>,
}

impl Keeper {
    /// Begins to keep the lists at these addresses. The receiver sees new evidence whenever one of them
    /// has come or changed; at first there is none.
    ///
    /// Must be called within a Tokio runtime.
    #[must_use]
    pub fn start(
        fetcher: Arc<Fetcher>,
        addresses: Vec<String>,
    ) -> (Self, watch::Receiver<Arc<Evidence>>) {
        let (sender, receiver) = watch::channel(Arc::default());
        let task = tokio::spawn(async move {
            let mut lists: Vec<Option<Arc<Crl>>> = vec![None; addresses.len()];
            loop {
                tokio::select! {
                    () = round(&fetcher, &addresses, &mut lists, &sender) => {}
                    () = sender.closed() => break,
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

/// Looks after each list; one that is late keeps no other waiting. Those that cannot be got are left
/// out, with a line in the log.
async fn round(
    fetcher: &Arc<Fetcher>,
    addresses: &[String],
    lists: &mut [Option<Arc<Crl>>],
    sender: &watch::Sender<Arc<Evidence>>,
) {
    let mut asked = JoinSet::new();
    for (index, address) in addresses.iter().cloned().enumerate() {
        let fetcher = fetcher.clone();
        asked.spawn(async move {
            let list = fetcher.list(&address, SystemTime::now()).await;
            if let Err(error) = &list {
                let error = error as &dyn std::error::Error;
                tracing::error!(error, address, "there is no list");
            }
            (index, list.ok())
        });
    }
    let mut next = asked.join_next().await;
    while let Some(found) = next {
        // A task that panicked has found nothing.
        let place = found
            .ok()
            .and_then(|(index, list)| Some((lists.get_mut(index)?, list)));
        if let Some((place, list)) = place {
            let print = |list: &Option<Arc<Crl>>| list.as_ref().map(|list| list.fingerprint());
            if print(place) != print(&list) {
                *place = list;
                let all = lists.iter().flatten().cloned();
                let evidence = all.fold(Evidence::none(), Evidence::and_list);
                sender.send_replace(Arc::new(evidence));
            }
        }
        next = asked.join_next().await;
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        self.task.abort();
    }
}
