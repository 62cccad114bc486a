//! The agent itself: certificate, listeners, cards, window and tray, wired together.

use std::{io, path::PathBuf, sync::Arc, time::Duration};

use chop_protocol::Plain;
use chop_service::{Consent, Memory, Service, ServiceSettings};
use chop_token::Keyring;
use rustls_pki_types::CertificateDer;
use time::UtcOffset;
#[cfg(any(target_os = "linux", windows))]
use tokio::task::JoinSet;
use tokio::{
    sync::{mpsc, watch},
    time::sleep,
};
#[cfg(any(target_os = "linux", windows))]
use tokio_util::sync::CancellationToken;

use busy::Announced;
pub(crate) use listening::{Listening, listen_on};

use crate::{
    consent::WindowConsent,
    desk::Pages,
    instance::{self, Instance},
    keyring,
    paths::Paths,
    preferences::Preferences,
    settings::Settings,
};
#[cfg(any(target_os = "linux", windows))]
use crate::{desk::Own, gate, machine};

mod busy;
mod desk;
mod hipki;
mod listening;
mod panel;
pub(crate) mod signals;
#[cfg(windows)]
mod tray_thread;
pub(crate) mod trust;

/// Why the agent does not run.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Another one does.
    #[error(transparent)]
    Instance(#[from] instance::Error),
    /// The localhost certificate cannot be read or made.
    #[error("the localhost certificate cannot be used; `chop doctor` says more")]
    Certificate(#[from] chop_certs::Error),
    /// The certificate's key does not fit the server.
    #[error("the server cannot be set up")]
    Server(#[from] chop_service::Error),
    /// Every port is taken.
    #[error("none of the ports {ports:?} is free on 127.0.0.1: another program has them")]
    Ports {
        /// Those that the settings name.
        ports: Vec<u16>,
        /// Why the last could not be had.
        #[source]
        cause: io::Error,
    },
    /// The system refuses what every program may have.
    #[error("the system refused to start the agent's inner works")]
    System(#[source] io::Error),
}

/// A running agent. It stops when this is dropped, and more gently with [`Agent::stop`].
pub struct Agent {
    listening: Listening,
    keyring: Keyring,
    orders: mpsc::UnboundedReceiver<Order>,
}

/// What the machine's gate tells its agents, or an installation its person's.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Order {
    /// Finish the window that is open, and start anew: there is another version.
    Restart,
    /// Finish the window that is open, and end: we are being removed.
    Quit,
}

impl Agent {
    /// Starts to listen and to look after cards. `program` is the `chop` binary, which the workers
    /// are started from. Needs a tokio runtime; the tray is not part of it.
    ///
    /// # Errors
    /// [`Error`], but for its `Instance`.
    pub async fn start<C: Consent>(
        settings: &Settings,
        paths: &Paths,
        program: PathBuf,
        consent: C,
    ) -> Result<Self, Error> {
        #[cfg(any(target_os = "linux", windows))]
        if paths.has_gate() {
            return Self::behind_gate(settings, paths, program, consent).await;
        }
        let keyring = Keyring::start(keyring::settings(settings, program));
        let service = Service::new(
            consent,
            keyring.clone(),
            Memory::load(&paths.memory),
            service_settings(settings),
        );
        Ok(Self {
            listening: Listening::start(settings, paths, service).await?,
            keyring,
            orders: mpsc::unbounded_channel().1,
        })
    }

    /// The same where the machine's gate has ports and key: it waits until the gate takes its call.
    #[cfg(any(target_os = "linux", windows))]
    async fn behind_gate<C: Consent>(
        settings: &Settings,
        paths: &Paths,
        program: PathBuf,
        consent: C,
    ) -> Result<Self, Error> {
        let authority = machine::authority(paths)?;
        let keyring = Keyring::start(keyring::settings(settings, program));
        let service = Service::new(
            consent,
            keyring.clone(),
            Memory::load(&paths.memory),
            service_settings(settings),
        );
        let server = chop_service::Server::behind_gate(service, hipki::settings(settings));
        let ending = CancellationToken::new();
        let (told, mut port) = watch::channel(0);
        let (order, orders) = mpsc::unbounded_channel();
        let (socket, until) = (paths.gate.clone(), ending.clone());
        let own = Arc::clone(server.service()) as Arc<dyn Own>;
        let server = tokio::spawn(async move {
            tokio::select! {
                () = until.cancelled() => {}
                given = gate::dial(&socket, &server, |port| { told.send_replace(port); }) => {
                    let _ = order.send(given);
                    until.cancelled().await;
                }
            }
            server.end().await;
        });
        let port = match port.wait_for(|port| *port != 0).await {
            Ok(port) => *port,
            // Nobody is left who could tell it: the task has ended.
            Err(_) => 0,
        };
        Ok(Self {
            listening: Listening {
                port,
                authority,
                ending,
                room: JoinSet::new(),
                server,
                own,
                // Who has them before the gate does is in the gate's log.
                taken: watch::channel(hipki::Taken::new()).1,
            },
            keyring,
            orders,
        })
    }

    /// Waits until somebody tells the agent to start anew or to end.
    pub async fn order(&mut self) -> Order {
        match self.orders.recv().await {
            Some(order) => order,
            None => std::future::pending().await,
        }
    }

    /// The port it listens on, on 127.0.0.1 and ::1.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.listening.port
    }

    /// The authority that its localhost certificate is from, DER.
    #[must_use]
    pub fn authority(&self) -> &CertificateDer<'static> {
        &self.listening.authority
    }

    /// The cards it looks after.
    #[must_use]
    pub fn keyring(&self) -> &Keyring {
        &self.keyring
    }

    /// Ends what is open (windows first), and waits for it.
    pub async fn stop(self) {
        self.listening.stop().await;
    }
}

/// Waits until somebody has said that Chop is being removed.
async fn told_to_quit(orders: &mut signals::Orders) {
    while orders.received().await != Order::Quit {}
}

/// Enough for a signal that has come already to be noticed.
const MOMENT: Duration = Duration::from_millis(5);

/// `chop run`: the agent with its window and tray, until a signal or the tray's menu ends it.
/// `ready` is told the port once it listens.
///
/// The order is given that has ended it, if one has: to start anew, or that Chop is being removed.
///
/// # Errors
/// [`Error`], each variant as it says.
pub fn until_ended(
    settings: &Settings,
    paths: &Paths,
    program: PathBuf,
    ready: impl FnOnce(u16),
) -> Result<Option<Order>, Error> {
    let _instance;
    // Asked before there is a second thread, or the system does not tell.
    let offset = UtcOffset::current_local_offset().unwrap_or(UtcOffset::UTC);
    // One person's agent has no use for a second thread: what blocks has threads of its own.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(Error::System)?;
    // Signals are ours before anybody can learn our number: one that came earlier would kill us.
    let (mut signals, mut orders) = {
        let _context = runtime.enter();
        let signals = signals::Signals::new().map_err(Error::System)?;
        (signals, signals::Orders::new())
    };
    _instance = Instance::claim(&paths.lock)?;
    runtime.block_on(async {
        let preferences = Preferences::new(paths, settings);
        let windows = WindowConsent::new(program.clone(), preferences.language().clone());
        let windows = windows.following(preferences.theme().subscribe());
        let (consent, windows) = Announced::new(windows);
        let mut agent = tokio::select! {
            started = Agent::start(settings, paths, program.clone(), consent) => started?,
            () = signals.received() => return Ok(None),
        };
        let pages = Pages {
            own: Arc::clone(&agent.listening.own),
            keyring: agent.keyring.clone(),
            paths: paths.clone(),
            preferences,
            offset,
            taken_back: watch::Sender::new(()),
        };
        let taken = agent.listening.taken.clone();
        let _line = desk::open(pages.clone(), agent.listening.ending.clone());
        ready(agent.port());
        trust::keep(paths);
        let mut open = windows.clone();
        let quit = async {
            if settings.tray.value {
                panel::until_quit(&program, windows, taken, pages).await;
            } else {
                std::future::pending::<()>().await;
            }
        };
        let ordered = async {
            let order = tokio::select! {
                order = agent.order() => order,
                order = orders.received() => order,
            };
            // The person finishes first; who removes us meanwhile has the last word.
            let quit = tokio::select! {
                _ = open.wait_for(|windows| *windows == 0) => false,
                () = told_to_quit(&mut orders) => true,
            };
            if !quit {
                return order;
            }
            let _ = open.wait_for(|windows| *windows == 0).await;
            Order::Quit
        };
        let order = tokio::select! {
            () = signals.received() => None,
            () = quit => None,
            order = ordered => Some(order),
        };
        agent.stop().await;
        if order != Some(Order::Restart) {
            return Ok(order);
        }
        // Who was told to end while it was on its way to start anew does not.
        Ok(tokio::select! {
            biased;
            () = told_to_quit(&mut orders) => Some(Order::Quit),
            () = signals.received() => None,
            () = sleep(MOMENT) => order,
        })
    })
}

pub(crate) fn service_settings(settings: &Settings) -> ServiceSettings {
    let plain = if settings.development.value {
        Plain::Localhost
    } else {
        Plain::Never
    };
    ServiceSettings {
        plain,
        window_time: settings.window_time.value,
        issuers: settings.issuers.value.clone(),
        ..Default::default()
    }
}
