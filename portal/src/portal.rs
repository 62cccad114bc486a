//! The site as a whole: what it is opened from, its routes, and how it is served.

use std::{
    future::Future,
    sync::Arc,
    time::{Duration, SystemTime},
};

use axum::{
    Router,
    extract::{DefaultBodyLimit, Request},
    middleware::{Next, from_fn, from_fn_with_state},
    response::{IntoResponse as _, Response},
    routing::{get, post},
};
use chop_protocol::Origin;
use chop_verifier::Verifier;
use tokio::{net::TcpListener, time::MissedTickBehavior};
use tokio_rustls::TlsAcceptor;

use crate::{
    Accounts, Error, Logins, Settings, anchors, assets,
    challenges::Challenges,
    clock::Clock,
    cookie, database, forgery,
    headers::{self, Headers},
    language, login,
    pages::{self, PageError},
    server,
    sessions::Sessions,
};

/// The largest request body: an assertion has at most 10,000 bytes, a form less.
const BODY: usize = 16 * 1024;
/// For a whole request, its body included.
const PATIENCE: Duration = Duration::from_secs(30);
/// How often what has expired is deleted.
const SWEEP: Duration = Duration::from_secs(60);

/// The portal: opened once, then served.
#[derive(Clone)]
pub struct Portal {
    site: Site,
    tls: Option<TlsAcceptor>,
}

/// What the handlers know. A clone is the same site.
#[derive(Clone)]
pub(crate) struct Site(Arc<Parts>);

/// The parts of a [`Site`].
pub(crate) struct Parts {
    pub(crate) origin: Origin,
    pub(crate) verifier: Verifier,
    pub(crate) secondary_cards: bool,
    pub(crate) accounts: Accounts,
    pub(crate) challenges: Challenges,
    pub(crate) logins: Logins,
    pub(crate) sessions: Sessions,
    pub(crate) clock: Clock,
}

impl std::ops::Deref for Site {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl Portal {
    /// Opens the database, reads the trust anchors and the TLS key.
    ///
    /// # Errors
    /// [`Error`]: the setting that cannot be used, or the database.
    pub async fn open(settings: Settings) -> Result<Self, Error> {
        Self::open_at(settings, SystemTime::now).await
    }

    /// [`Portal::open`] with a clock of the caller's: challenges, sessions and certificates are
    /// judged by it.
    ///
    /// # Errors
    /// As [`Portal::open`].
    pub async fn open_at(
        settings: Settings,
        now: impl Fn() -> SystemTime + Send + Sync + 'static,
    ) -> Result<Self, Error> {
        let clock = Clock::new(now);
        let pool = database::open(&settings.database).await?;
        let site = Site(Arc::new(Parts {
            // Nothing fetches lists here yet: a card that was reported lost still signs in.
            verifier: Verifier::new(anchors::read(&settings.anchors)?).allow_unknown_revocation(),
            secondary_cards: settings.secondary_cards,
            accounts: Accounts::new(pool.clone(), clock.clone()),
            challenges: Challenges::new(pool.clone(), clock.clone()),
            logins: Logins::new(pool.clone(), clock.clone()),
            sessions: Sessions::new(pool, clock.clone()),
            origin: settings.origin,
            clock,
        }));
        let tls = settings.tls.as_ref().map(server::acceptor).transpose()?;
        Ok(Self { site, tls })
    }

    /// The accounts.
    #[must_use]
    pub fn accounts(&self) -> &Accounts {
        &self.site.0.accounts
    }

    /// The record of sign-ins.
    #[must_use]
    pub fn logins(&self) -> &Logins {
        &self.site.0.logins
    }

    /// Every route of the site.
    pub fn router(&self) -> Router {
        let site = &self.site;
        // Asked by the page's script: answers are JSON.
        let api = Router::new()
            .route("/login/challenge", post(login::challenge))
            .route("/login/card", post(login::card))
            .route_layer(from_fn_with_state(site.clone(), forgery::refuse_as_json));
        // Asked by the person: answers are pages.
        let pages = Router::new()
            .route("/", get(pages::home::show))
            .route("/account", get(pages::account::show))
            .route("/apply", get(pages::apply::form).post(pages::apply::check))
            .route("/logout", post(login::sign_out))
            .route_layer(from_fn_with_state(site.clone(), forgery::refuse_as_page));

        api.merge(pages)
            .layer(cookie::layer(site.sessions.clone()))
            .layer(from_fn(cookie::remove_for_good))
            // Without a session: the same for everybody.
            .merge(assets::router())
            .fallback(pages::error::not_found)
            .method_not_allowed_fallback(pages::error::method_not_allowed)
            .layer(DefaultBodyLimit::max(BODY))
            .layer(from_fn(in_time))
            .layer(from_fn(pages::error::dress))
            .layer(from_fn(language::remember))
            .layer(from_fn_with_state(Headers::new(&site.origin), headers::add))
            .with_state(site.clone())
    }

    /// Serves on `listener`, with TLS where the settings have a certificate, until `shutdown` is
    /// done; then waits up to ten seconds for running requests.
    pub async fn serve(self, listener: TcpListener, shutdown: impl Future<Output = ()>) {
        let router = self.router();
        tokio::select! {
            () = server::serve(listener, self.tls, router, shutdown) => {}
            never = sweep(self.site) => match never {},
        }
    }
}

/// Deletes what has expired, for ever.
async fn sweep(site: Site) -> std::convert::Infallible {
    let mut ticks = tokio::time::interval(SWEEP);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let swept = async {
            site.challenges.sweep().await?;
            site.sessions.sweep().await
        };
        if let Err(error) = swept.await {
            tracing::warn!(%error, "what has expired could not be deleted");
        }
    }
}

async fn in_time(request: Request, next: Next) -> Response {
    match tokio::time::timeout(PATIENCE, next.run(request)).await {
        Ok(response) => response,
        Err(_) => PageError::TooSlow.into_response(),
    }
}
