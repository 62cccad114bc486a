//! The site as a whole: what it is opened from, and how it is served.

mod house;

use std::{path::Path, sync::Arc, time::SystemTime};

use axum::Router;
use chop_challenges::SqlStore;
use chop_protocol::Origin;
use tokio::sync::Notify;
use tokio_rustls::TlsAcceptor;

use crate::{
    Accounts, Error, HicosSignIn, ListedAnchor, ListedLetter, Settings, State, applying,
    audit::Audit,
    binding::CardRequests,
    body::Bodies,
    client::Network,
    clock::Clock,
    contacts::Contacts,
    database::Database,
    exemptions::Exemptions,
    limits::Limits,
    links::Links,
    mail::{Post, Server},
    metrics::{Metrics, Stock},
    outbox::Outbox,
    passwords::Passwords,
    routes, server,
    sessions::Sessions,
    settings::CardName,
    signer::Signer,
    trust::{ListedList, Trust},
};

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
    pub(crate) trust: Trust,
    pub(crate) secondary_cards: bool,
    pub(crate) hicos_sign_in: HicosSignIn,
    pub(crate) proxies: Vec<Network>,
    pub(crate) agent_download: Option<String>,
    pub(crate) database: Database,
    pub(crate) accounts: Accounts,
    pub(crate) audit: Audit,
    pub(crate) bodies: Bodies,
    pub(crate) card_requests: CardRequests,
    pub(crate) challenges: SqlStore,
    pub(crate) contacts: Contacts,
    pub(crate) exemptions: Exemptions,
    pub(crate) limits: Limits,
    pub(crate) links: Links,
    pub(crate) outbox: Outbox,
    pub(crate) passwords: Passwords,
    pub(crate) sessions: Sessions,
    pub(crate) metrics: Metrics,
    pub(crate) clock: Clock,
    post: Post,
    letters: Notify,
    operators: Vec<CardName>,
}

impl std::ops::Deref for Site {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl Parts {
    /// Whether a card may operate the site.
    pub(crate) fn is_operator(&self, signer: &Signer) -> bool {
        self.operators.iter().any(|card| card.is(signer))
    }

    /// How many cards may.
    pub(crate) fn operators(&self) -> usize {
        self.operators.len()
    }

    /// Has the letters sent that were just put in.
    pub(crate) fn wake_post(&self) {
        self.letters.notify_one();
    }

    /// Whether a mail server is set.
    pub(crate) fn has_mail(&self) -> bool {
        self.post.server.is_some()
    }

    /// What the database says, for the figures.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub(crate) async fn stock(&self) -> Result<Stock, Error> {
        let (letters_waiting, letters_failed) = self.outbox.counts().await?;
        let card_requests = self.card_requests.waiting().await?.len();
        let (lists_missing, lists_late) = self.trust.lists_wanting(self.clock.now());
        Ok(Stock {
            accounts: self.accounts.counts().await?,
            letters_waiting,
            letters_failed,
            card_requests: i64::try_from(card_requests).unwrap_or(i64::MAX),
            lists_missing,
            lists_late,
        })
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
        let tls = settings.tls.as_ref().map(server::acceptor).transpose()?;
        let trust = Trust::new(&settings)?;
        let server = settings.mail.as_ref().map(Server::new).transpose()?;
        let database = Database::open(&settings.database_address()?).await?;
        let audit = Audit::new(database.clone(), clock.clone());
        let outbox = Outbox::new(database.clone(), clock.clone());
        let links = Links::new(database.clone(), clock.clone());
        let accounts = Accounts::new(database.clone(), clock.clone(), audit.clone());
        let card_requests = CardRequests::new(
            database.clone(),
            clock.clone(),
            audit.clone(),
            accounts.clone(),
            outbox.clone(),
        );
        let post = Post {
            outbox: outbox.clone(),
            links: links.clone(),
            accounts: accounts.clone(),
            card_requests: card_requests.clone(),
            origin: settings.origin.clone(),
            server,
        };
        let exemptions = Exemptions::new(database.clone(), clock.clone(), settings.origin.clone());
        let site = Site(Arc::new(Parts {
            origin: settings.origin,
            trust,
            secondary_cards: settings.secondary_cards,
            hicos_sign_in: settings.hicos_sign_in,
            proxies: settings.proxies,
            agent_download: settings.agent_download,
            accounts,
            audit,
            bodies: Bodies::default(),
            card_requests,
            contacts: Contacts::new(database.clone(), clock.clone()),
            challenges: SqlStore::with(database.write().clone()).await?,
            exemptions,
            limits: Limits::new(database.clone(), clock.clone()),
            links,
            outbox,
            passwords: Passwords::new(),
            sessions: Sessions::new(database.clone(), clock.clone()),
            metrics: Metrics::default(),
            database,
            clock,
            post,
            letters: Notify::new(),
            operators: settings.operators,
        }));
        Ok(Self { site, tls })
    }

    /// The accounts.
    #[must_use]
    pub fn accounts(&self) -> &Accounts {
        &self.site.0.accounts
    }

    /// The audit log.
    #[must_use]
    pub fn audit(&self) -> &Audit {
        &self.site.0.audit
    }

    /// The applications for tax-exemption letters.
    #[must_use]
    pub fn exemptions(&self) -> &Exemptions {
        &self.site.exemptions
    }

    /// The authorities that are trusted.
    #[must_use]
    pub fn anchors(&self) -> &[ListedAnchor] {
        &self.site.trust.authorities
    }

    /// The lists of revoked cards, as they were when they were last fetched.
    #[must_use]
    pub fn lists(&self) -> Vec<ListedList> {
        self.site.trust.lists()
    }

    /// The letters, those that wait or were given up first; at most a hundred.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn letters(&self) -> Result<Vec<ListedLetter>, Error> {
        self.site.outbox.list().await
    }

    /// Puts the activation mail of an account that waits for it in again. A running portal sends
    /// it.
    ///
    /// # Errors
    /// [`Error::NoAccount`] where none waits, [`Error::Random`], [`Error::Database`].
    pub async fn resend(&self, number: &str, actor: &str) -> Result<(), Error> {
        let account = self.site.accounts.of_number(number).await?;
        let account = account
            .filter(|account| account.state == State::Pending)
            .ok_or(Error::NoAccount)?;
        applying::resend(&self.site, &account, actor).await
    }

    /// Takes a card from an account, and ends its sessions. The last card stays.
    ///
    /// # Errors
    /// [`Error::NoAccount`], [`Error::NoCard`], [`Error::LastCard`], [`Error::Random`],
    /// [`Error::Database`].
    pub async fn unbind(&self, number: &str, card: &CardName, actor: &str) -> Result<(), Error> {
        self.site.card_requests.unbind(number, card, actor).await?;
        self.site.wake_post();
        Ok(())
    }

    /// Has a letter sent again that was given up; false when there is none with this id.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn send_again(&self, id: &str) -> Result<bool, Error> {
        self.site.outbox.again(id).await
    }

    /// Writes a copy of a SQLite database to a new file, while the site goes on. PostgreSQL has
    /// `pg_dump` for that.
    ///
    /// # Errors
    /// [`Error::Database`]: the file is there already, the disk is full, it is PostgreSQL.
    pub async fn back_up(&self, file: &Path) -> Result<(), Error> {
        self.site.database.back_up(file).await
    }

    /// Every route of the site.
    pub fn router(&self) -> Router {
        routes::all(&self.site)
    }

    /// Figures for a monitoring system, at `/metrics`, and nothing else.
    pub fn metrics(&self) -> Router {
        routes::metrics(&self.site)
    }
}
