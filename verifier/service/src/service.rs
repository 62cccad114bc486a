//! The service as a whole: what it is made from, and what its handlers know.

use std::{
    sync::{Arc, PoisonError, RwLock},
    time::{Duration, SystemTime},
};

use axum::Router;
use chop_fetch::{Fetcher, Keeper};
use chop_protocol::{Origin, Plain};
use chop_verifier::{Certificate, Crl, Evidence, Verifier};
use tokio::task::JoinHandle;

use crate::{
    Error, Settings, configure,
    metrics::{Lists, Metrics},
    routes,
    store::Store,
    threads::Threads,
};

/// How often challenges that are too old are deleted.
const SWEEP: Duration = Duration::from_secs(60);

/// The service: opened once, then served.
pub struct Service {
    site: Site,
    tasks: Vec<JoinHandle<()>>,
    _keeper: Option<Keeper>,
}

/// What the handlers know. A clone is the same.
#[derive(Clone)]
pub(crate) struct Site(Arc<Parts>);

/// The parts of a [`Site`].
pub(crate) struct Parts {
    pub(crate) origins: Vec<Origin>,
    pub(crate) store: Store,
    pub(crate) metrics: Metrics,
    pub(crate) callers_challenges: bool,
    /// How many messages may be verified at one time: as many as there are processors.
    threads: Threads,
    /// Set if each card's own sources are asked.
    pub(crate) fetcher: Option<Fetcher>,
    verifier: RwLock<Snapshot>,
    fetched: Option<Fetched>,
}

/// Lists that are kept fresh.
struct Fetched {
    fetcher: Fetcher,
    addresses: Vec<String>,
    /// How long they count after they should have been replaced.
    stale: Duration,
}

/// The verifier of the moment, and what its lists are.
#[derive(Clone)]
struct Snapshot {
    verifier: Arc<Verifier>,
    lists: Lists,
    /// The fingerprints of the lists that it has.
    prints: Vec<[u8; 32]>,
}

impl std::ops::Deref for Site {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl Parts {
    /// The verifier with the newest lists.
    pub(crate) fn verifier(&self) -> Arc<Verifier> {
        self.snapshot().verifier
    }

    pub(crate) fn lists(&self) -> Lists {
        self.snapshot().lists
    }

    /// Whether every list that is to be fetched is there, counts at `now`, and is in use.
    pub(crate) fn is_ready(&self, now: SystemTime) -> bool {
        let Some(fetched) = &self.fetched else {
            return true;
        };
        let snapshot = self.snapshot();
        fetched.addresses.iter().all(|address| {
            let list = fetched.fetcher.newest(address);
            list.is_some_and(|list| {
                let counts = |next: SystemTime| now <= next + fetched.stale;
                list.next_update().is_some_and(counts)
                    && snapshot.prints.contains(&list.fingerprint())
            })
        })
    }

    fn snapshot(&self) -> Snapshot {
        self.verifier
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn replace(&self, lists: Vec<Arc<Crl>>) {
        let (prints, about) = (prints(&lists), lists_of(&lists));
        let evidence = lists.into_iter().fold(Evidence::none(), Evidence::and_list);
        let verifier = Arc::new(self.verifier().with_evidence(evidence));
        *self
            .verifier
            .write()
            .unwrap_or_else(PoisonError::into_inner) = Snapshot {
            verifier,
            lists: about,
            prints,
        };
    }
}

impl Service {
    /// Opens the store, reads authorities and lists, begins to fetch.
    ///
    /// # Errors
    /// [`Error`]: the setting that cannot be used.
    pub async fn open(settings: &Settings) -> Result<Self, Error> {
        let plain = if settings.rules.allow_plain_localhost {
            Plain::Localhost
        } else {
            Plain::Never
        };
        let origins = settings.origins.iter().map(|origin| {
            Origin::parse(origin, plain).map_err(|error| Error::Setting {
                setting: "origins",
                why: format!("{origin}: {error}"),
            })
        });
        let origins = origins.collect::<Result<Vec<_>, _>>()?;
        if origins.is_empty() {
            let why = "there has to be one".to_owned();
            return Err(Error::Setting {
                setting: "origins",
                why,
            });
        }
        let anchors = Arc::new(configure::anchors(settings)?);
        let verifier = configure::rules(&settings.rules, Verifier::new(anchors.clone()))?;
        let files = configure::files(&settings.revocation.files, &anchors)?;
        let fetcher = configure::fetcher(settings, &anchors)?;
        let fetched = &settings.revocation.lists;
        let lists = lists_of(&files);
        let evidence = files
            .iter()
            .cloned()
            .fold(Evidence::none(), Evidence::and_list);
        let site = Site(Arc::new(Parts {
            origins,
            store: Store::open(&settings.store).await?,
            metrics: Metrics::default(),
            callers_challenges: settings.rules.allow_callers_challenges,
            threads: Threads::of_processors(),
            fetcher: fetcher
                .clone()
                .filter(|_| settings.revocation.ask_for_each_card),
            verifier: RwLock::new(Snapshot {
                verifier: Arc::new(verifier.with_evidence(evidence)),
                lists,
                prints: prints(&files),
            }),
            fetched: fetcher
                .clone()
                .filter(|_| !fetched.is_empty())
                .map(|fetcher| Fetched {
                    fetcher,
                    addresses: fetched.clone(),
                    stale: settings.rules.stale_lists(),
                }),
        }));
        let mut tasks = vec![tokio::spawn(sweep(site.clone()))];
        let keeper = match fetcher {
            Some(fetcher) if !fetched.is_empty() => {
                let (keeper, receiver) = Keeper::start(Arc::new(fetcher), fetched.clone());
                tasks.push(tokio::spawn(follow(site.clone(), files, receiver)));
                Some(keeper)
            }
            _ => None,
        };
        Ok(Self {
            site,
            tasks,
            _keeper: keeper,
        })
    }

    /// Every route.
    pub fn router(&self) -> Router {
        routes::router(self.site.clone())
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

/// Deletes challenges that are too old, for ever.
async fn sweep(site: Site) {
    let mut ticks = tokio::time::interval(SWEEP);
    loop {
        ticks.tick().await;
        if let Err(error) = site.store.sweep(SystemTime::now()).await {
            let error = &error as &dyn std::error::Error;
            tracing::warn!(error, "old challenges could not be deleted");
        }
    }
}

/// Makes a new snapshot whenever there are new lists.
async fn follow(
    site: Site,
    files: Vec<Arc<Crl>>,
    mut receiver: tokio::sync::watch::Receiver<Arc<Evidence>>,
) {
    while receiver.changed().await.is_ok() {
        let fetched = receiver.borrow_and_update().clone();
        let all: Vec<_> = files.iter().chain(fetched.lists()).cloned().collect();
        tracing::info!(lists = all.len(), "new lists");
        site.replace(all);
    }
}

fn prints(lists: &[Arc<Crl>]) -> Vec<[u8; 32]> {
    lists.iter().map(|list| list.fingerprint()).collect()
}

fn lists_of(lists: &[Arc<Crl>]) -> Lists {
    Lists {
        count: lists.len(),
        due: lists.iter().filter_map(|list| list.next_update()).min(),
    }
}

impl Parts {
    /// Verifies a message on a thread of its own. What it costs is for whoever made it to say, within
    /// the verifier's limits; tasks that answer others must not wait for it.
    pub(crate) async fn verifying<T: Send + 'static>(
        &self,
        verify: impl FnOnce(&Verifier) -> T + Send + 'static,
    ) -> T {
        let verifier = self.verifier();
        self.threads.work(move || verify(&verifier)).await
    }

    /// What a card's own sources say, where they are to be asked; nothing otherwise.
    pub(crate) async fn own_evidence(
        &self,
        certificate: &Certificate,
        now: SystemTime,
    ) -> Evidence {
        let Some(fetcher) = &self.fetcher else {
            return Evidence::none();
        };
        match self.verifier().sources(certificate, now) {
            Ok(sources) => fetcher.evidence(certificate, &sources, now).await,
            // The check itself will say what is wrong with it.
            Err(_) => Evidence::none(),
        }
    }
}
