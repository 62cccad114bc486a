//! `chop gate`: one front door for all people of a machine.
//!
//! It owns the ports and the machine's localhost key, ends TLS, and hands each stream to the agent
//! of exactly that user whose program has opened it, as the kernel says. It reads no HTTP: what it
//! cannot hand over gets one fixed answer. Agents dial the gate, never the other way round, and the
//! gate reads from the kernel whose they are; so no agent can pass for another's.
//!
//! It needs no right but to bind its ports: on Linux a unit of systemd gives it a user that exists
//! as long as it runs, and a copy of the key that nobody else can read. On Windows it is a service
//! of the system's, which alone may ask whose a process is, without any privilege.
//!
//! Spec: docs/architecture.md, "Whose connection" (D12); docs/threat-model.md, C-13 to C-15.

mod agents;
mod door;
mod line;
#[cfg(target_os = "linux")]
pub(crate) mod people;
#[cfg_attr(target_os = "linux", path = "gate/linux.rs")]
#[cfg_attr(windows, path = "gate/windows.rs")]
mod platform;
mod refusal;
#[cfg(windows)]
pub(crate) mod service;

use std::{
    future::Future,
    io,
    path::PathBuf,
    sync::Arc,
    time::{Duration, SystemTime},
};

use chop_certs::store;
use chop_service::{Door, tls_config};
use tokio::{task::JoinSet, time::timeout};

use crate::{
    run::{Order, signals},
    settings::{self, Settings},
};
use agents::Agents;
use door::Front;
use platform::{Listener, Places};

pub use line::dial;
#[cfg(target_os = "linux")]
pub use line::order;
pub(crate) use platform::is_there;
#[cfg(windows)]
pub use service::run as as_service;

/// What the gate is told.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where agents dial.
    pub socket: PathBuf,
    /// The file with the machine's pair.
    pub pair: PathBuf,
    /// The machine's policy: which ports.
    pub policy: PathBuf,
    /// The folder in which it is remembered who has an agent; `None` remembers nobody. On Windows
    /// nobody has to be: no agent keeps anything outside what its own person's removal takes.
    pub memory: Option<PathBuf>,
}

/// Why there is no gate.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The machine's pair cannot be used.
    #[error("the machine's localhost certificate cannot be used")]
    Certificate(#[from] chop_certs::Error),
    /// Its key does not fit the server.
    #[error("the server cannot be set up")]
    Server(#[from] chop_service::Error),
    /// The policy is not understood.
    #[error(transparent)]
    Settings(#[from] settings::Error),
    /// The socket for agents cannot be made.
    #[error("{} cannot be made", path.display())]
    Socket {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        cause: io::Error,
    },
    /// The system refuses what every program may have.
    #[error("the system refused to start the gate's inner works")]
    System(#[source] io::Error),
}

/// Runs the gate until `stop`, or a signal where there is none. `ready` is told when agents can
/// dial. A service has a `stop`: a console's signals reach it too, somebody's logging off for one.
///
/// # Errors
/// [`Error`], each variant as it says. Ports that others have are no error: they are tried again,
/// and the log names whose program has them.
pub fn until_ended(
    options: &Options,
    stop: Option<impl Future<Output = ()>>,
    ready: impl FnOnce(),
) -> Result<(), Error> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(Error::System)?;
    runtime.block_on(async {
        let signals = match &stop {
            Some(_) => None,
            None => Some(signals::Signals::new().map_err(Error::System)?),
        };
        let mut orders = signals::Orders::new();
        let mut gate = open(options)?;
        ready();
        tokio::select! {
            () = ended(stop, signals) => {}
            // Another version is there: at a moment when nobody is being served.
            () = gate.outdated(&mut orders) => {}
        }
        gate.tasks.shutdown().await;
        platform::leave(&options.socket);
        Ok(())
    })
}

async fn ended(stop: Option<impl Future<Output = ()>>, signals: Option<signals::Signals>) {
    if let Some(stop) = stop {
        return stop.await;
    }
    match signals {
        Some(mut signals) => signals.received().await,
        None => std::future::pending().await,
    }
}

/// A gate that runs.
struct Gate {
    tasks: JoinSet<()>,
    agents: Arc<Agents>,
    front: Arc<Front>,
}

impl Gate {
    /// Waits until somebody has said that there is another version, and nobody is served; or that
    /// Chop is being removed.
    async fn outdated(&self, orders: &mut signals::Orders) {
        let order = tokio::select! {
            () = self.agents.restart_ordered() => Order::Restart,
            order = orders.received() => order,
        };
        if order == Order::Restart && cfg!(windows) {
            // An installation waits for it. Agents that were told as well have ended by then.
            let _ = timeout(LONGEST, self.front.quiet()).await;
        } else if order == Order::Restart {
            self.front.quiet().await;
        }
    }
}

fn open(options: &Options) -> Result<Gate, Error> {
    let settings = Settings::of_the_machine(&options.policy)?;
    let pair = store::read(&options.pair, SystemTime::now())?;
    let tls = |http_2| {
        let made = tls_config(vec![pair.leaf().clone()], pair.key().clone_key());
        made.map(|config| match http_2 {
            true => config,
            false => {
                let mut config = (*config).clone();
                config.alpn_protocols = vec![b"http/1.1".to_vec()];
                Arc::new(config)
            }
        })
    };
    let agents = Arc::new(Agents::new(memory(options)));
    let places = Places::open().map_err(Error::System)?;
    let front = Front::new(Arc::clone(&agents), places, tls(true)?, tls(false)?);
    let front = Arc::new(front);

    let mut tasks = JoinSet::new();
    let listener = Listener::open(&options.socket).map_err(|cause| Error::Socket {
        path: options.socket.clone(),
        cause,
    })?;
    tasks.spawn(Arc::clone(&agents).receive(listener));
    tasks.spawn(Arc::clone(&front).open_one_of(Door::Native, settings.ports.value));
    for port in settings.hipki_ports.value {
        tasks.spawn(Arc::clone(&front).open_one_of(Door::Hipki, vec![port]));
    }
    Ok(Gate {
        tasks,
        agents,
        front,
    })
}

/// Notes who has an agent.
type Noted = Box<dyn Fn(chop_service::User) + Send + Sync>;

#[cfg(target_os = "linux")]
fn memory(options: &Options) -> Noted {
    let people = people::People::of(options.memory.clone());
    Box::new(move |user| people.note(user))
}

#[cfg(windows)]
fn memory(_options: &Options) -> Noted {
    Box::new(|_| ())
}

/// How long Windows' gate serves on once there is another version: a window may be open for two
/// minutes.
const LONGEST: Duration = Duration::from_secs(140);

/// How long either side waits for what the other says at once.
const PROMPTLY: Duration = Duration::from_secs(2);
