//! Serving the site, and what goes on beside it: letters, and what has expired.

use std::{future::Future, time::Duration};

use chop_challenges::ChallengeStore as _;
use tokio::{net::TcpListener, time::MissedTickBehavior};

use super::Portal;
use crate::{Error, server};

/// How often what has expired is deleted.
const SWEEP: Duration = Duration::from_secs(60);
/// How often letters are looked for that another node put in, or that are to be tried again.
const POST: Duration = Duration::from_secs(2);
/// How often it is looked whether lists of revoked cards are due; each is asked for once an hour.
const LISTS: Duration = Duration::from_secs(60);
/// How long connections wait for the first lists, without which cards are refused.
const FIRST_LISTS: Duration = Duration::from_secs(10);
/// Applications whose mail nobody followed, and those that no card proved, go after this.
const FORGOTTEN: Duration = Duration::from_secs(30 * 24 * 60 * 60);

impl Portal {
    /// Sends the letters that are due, and says how many were. [`Portal::serve`] does it by itself.
    ///
    /// # Errors
    /// [`Error::Database`], and what else keeps a letter from being written.
    pub async fn deliver(&self) -> Result<usize, Error> {
        self.site.post.deliver().await
    }

    /// Gets lists of revoked cards that are missing or due, and waits for them. [`Portal::serve`] does
    /// it by itself.
    pub async fn fetch_lists(&self) {
        let site = &self.site;
        site.trust.fetch(site.clock.now()).await;
    }

    /// Deletes what has expired. [`Portal::serve`] does it by itself.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn sweep(&self) -> Result<(), Error> {
        let site = &self.site;
        site.challenges.sweep(site.clock.now()).await?;
        site.sessions.sweep().await?;
        site.links.sweep().await?;
        site.limits.sweep().await?;
        site.outbox.sweep().await?;
        site.card_requests.sweep().await?;
        site.contacts.sweep().await?;
        let forgotten = i64::try_from(FORGOTTEN.as_millis()).unwrap_or(i64::MAX);
        site.accounts.sweep(site.clock.now_ms() - forgotten).await
    }

    /// Serves on `listener`, with TLS where the settings have a certificate, until `shutdown` is
    /// done; then waits up to ten seconds for running requests.
    pub async fn serve(self, listener: TcpListener, shutdown: impl Future<Output = ()>) {
        if tokio::time::timeout(FIRST_LISTS, self.fetch_lists())
            .await
            .is_err()
        {
            tracing::warn!("lists of revoked cards are on their way; until then cards are refused");
        }
        let router = self.router();
        let proxies = self.site.proxies.clone();
        let is_proxy = move |address| proxies.iter().any(|network| network.has(address));
        let (tls, places) = (self.tls.clone(), server::PLACES);
        let served = server::serve(listener, tls, router, places, is_proxy, shutdown);
        tokio::select! {
            () = served => {}
            () = self.keep_house() => {}
            () = self.keep_post() => {}
            () = self.keep_lists() => {}
        }
    }

    /// Serves the figures on `listener`, over http, until `shutdown` is done.
    pub async fn serve_metrics(self, listener: TcpListener, shutdown: impl Future<Output = ()>) {
        let router = self.metrics();
        server::serve(listener, None, router, server::FEW, |_| true, shutdown).await;
    }

    /// Deletes what has expired, for ever.
    async fn keep_house(&self) {
        let mut ticks = tokio::time::interval(SWEEP);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            if let Err(error) = self.sweep().await {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "what has expired could not be deleted"
                );
            }
        }
    }

    /// Keeps lists of revoked cards fresh, for ever.
    async fn keep_lists(&self) {
        loop {
            self.fetch_lists().await;
            tokio::time::sleep(LISTS).await;
        }
    }

    /// Sends letters, for ever.
    async fn keep_post(&self) {
        if !self.site.has_mail() {
            tracing::warn!("no mail server is set, so letters wait: see [mail] in the settings");
        }
        loop {
            if let Err(error) = self.deliver().await {
                tracing::warn!(error = &error as &dyn std::error::Error, "letters wait");
            }
            // A turn is skipped where a letter comes meanwhile.
            let _ = tokio::time::timeout(POST, self.site.letters.notified()).await;
        }
    }
}
