//! All cards of a person, behind one handle.

mod child;
mod decrypt;
mod host;
mod keeper;
mod kinds;
mod listing;
mod operation;
mod pin;
mod presence;
mod seats;
mod sign;
mod source;
mod watch;

use std::{
    ffi::OsString,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::sync::{
    mpsc::{UnboundedSender, unbounded_channel},
    watch as channel,
};

use crate::{Allowed, Inventory, KeyKind, Module, WorkerSource};
use host::Host;
use keeper::{Event, Keeper};
use seats::{Seats, Shown};
use source::Source;
use watch::Watch;

/// How cards are reached.
#[derive(Clone, Debug)]
pub struct Settings {
    /// How a worker process is started.
    pub worker: WorkerProgram,
    /// PKCS #11 modules, one worker each.
    pub modules: Vec<Module>,
    /// Which of them may be loaded.
    pub allowed: Allowed,
    /// PKCS #12 files, each a card of its own.
    pub pkcs12: Vec<PathBuf>,
    /// How long a card operation may take while the card is there.
    pub deadline: Duration,
    /// How long it may take once PC/SC says that the card is gone.
    pub removal_grace: Duration,
}

/// How a worker process is started: this program with these arguments, then `--pkcs12 PATH`, or
/// `--module PATH`, maybe `--parameters TEXT`, and `--writable FOLDER` as often as there are some.
/// It sees only the variables of the environment that modules need (README.md).
#[derive(Clone, Debug)]
pub struct WorkerProgram {
    /// Normally the agent's own executable.
    pub program: PathBuf,
    /// Normally `worker`.
    pub arguments: Vec<OsString>,
}

/// A signature and what it was made with.
#[derive(Clone, Debug)]
pub struct Signed {
    /// The signer's certificate, DER.
    pub certificate: Vec<u8>,
    /// The kind of its key, which names the algorithm.
    pub key: KeyKind,
    /// A PKCS #1 v1.5 block, or `r ‖ s` of fixed width.
    pub signature: Vec<u8>,
}

/// All cards of a person. Cheap to clone; workers end when the last clone is dropped.
#[derive(Clone, Debug)]
pub struct Keyring {
    inventory: channel::Receiver<Arc<Inventory>>,
    /// The seats that the inventory was made with. Both change under this lock.
    shown: Arc<Mutex<Shown>>,
    /// The seats now.
    seats: channel::Receiver<Seats>,
    hosts: Arc<Mutex<Vec<Arc<Host>>>>,
    worker: WorkerProgram,
    allowed: Allowed,
    events: UnboundedSender<Event>,
    deadline: Duration,
    grace: Duration,
}

impl Keyring {
    /// Starts to watch the readers. Needs a tokio runtime. No module is loaded and no file read
    /// before there is a card, or the first [`Keyring::look`].
    #[must_use]
    pub fn start(settings: Settings) -> Self {
        let modules = settings.modules.into_iter().map(WorkerSource::Module);
        let files = settings.pkcs12.into_iter().map(WorkerSource::Pkcs12);
        let (worker, allowed) = (settings.worker, settings.allowed);
        let host = |source| Arc::new(Host::new(worker.clone(), source, allowed.clone()));
        let hosts: Vec<Arc<Host>> = modules.chain(files).map(host).collect();

        let (publish, inventory) = channel::channel(Arc::default());
        let shown = Arc::<Mutex<Shown>>::default();
        let (events, heard) = unbounded_channel();
        let (watch, seats) = Watch::start();
        let keeper = Keeper {
            sources: hosts
                .iter()
                .map(|host| Source::new(Arc::clone(host)))
                .collect(),
            watch,
            seats: seats.clone(),
            events: events.downgrade(),
            inventory: publish,
            told: Arc::clone(&shown),
            grace: settings.removal_grace,
            shown: Seats::Unknown,
            looked: false,
            begun: false,
            tries_asked: None,
        };
        tokio::spawn(keeper.run(heard));

        let (deadline, grace) = (settings.deadline, settings.removal_grace);
        Self {
            inventory,
            shown,
            seats,
            hosts: Arc::new(Mutex::new(hosts)),
            worker,
            allowed,
            events,
            deadline,
            grace,
        }
    }

    /// What is plugged in: the value now, and each change.
    #[must_use]
    pub fn inventory(&self) -> channel::Receiver<Arc<Inventory>> {
        self.inventory.clone()
    }

    /// From now on these PKCS #12 files are cards, and no others. What is known of one that was is
    /// kept; what is being done with one that is no longer is finished.
    pub fn set_pkcs12(&self, files: Vec<PathBuf>) {
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        let is_module = |host: &Arc<Host>| matches!(host.source(), WorkerSource::Module(_));
        let (mut now, old): (Vec<_>, Vec<_>) = hosts.drain(..).partition(is_module);
        for file in files {
            let is_it = |host: &&Arc<Host>| *host.source().path() == file;
            // What is named twice is one card.
            if now.iter().any(|host| is_it(&host)) {
                continue;
            }
            now.push(old.iter().find(is_it).cloned().unwrap_or_else(|| {
                let source = WorkerSource::Pkcs12(file.clone());
                Arc::new(Host::new(self.worker.clone(), source, self.allowed.clone()))
            }));
        }
        *hosts = now;
        // As for a look.
        let _ = self.events.send(Event::Sources(hosts.clone()));
    }

    /// Makes sure that the inventory is fresh, because somebody is about to look at it.
    ///
    /// What is fresh is shown at once; [`Inventory::settled`] says when the rest is. With nothing
    /// changed since the last look it costs no card operation, but for the tries left where the
    /// card tells them, at most every 2 s.
    pub fn look(&self) {
        // The keeper is there as long as this sender is, or the runtime has ended.
        let _ = self.events.send(Event::Look);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_file_that_is_named_twice_is_one_card_and_one_that_stays_is_the_same() {
        let keyring = Keyring::start(Settings {
            worker: WorkerProgram {
                program: "/nothing".into(),
                arguments: Vec::new(),
            },
            modules: Vec::new(),
            allowed: Allowed::any(),
            pkcs12: vec!["/a.p12".into()],
            deadline: Duration::ZERO,
            removal_grace: Duration::ZERO,
        });
        let hosts = || keyring.hosts.lock().unwrap().clone();
        let first = hosts();

        keyring.set_pkcs12(
            ["/b.p12", "/a.p12", "/b.p12", "/a.p12"]
                .map(PathBuf::from)
                .into(),
        );

        let now = hosts();
        assert_eq!(now.len(), 2);
        assert!(Arc::ptr_eq(&now[1], &first[0]));
    }
}
