//! The agent itself: certificate, listeners, cards, window and tray, wired together.

use std::{
    io,
    net::{Ipv4Addr, Ipv6Addr, SocketAddr},
    path::PathBuf,
    time::SystemTime,
};

use chop_certs::{Lifetime, store};
use chop_protocol::Plain;
use chop_service::{Consent, Memory, Server, Service, ServiceSettings, tls_config};
use chop_token::Keyring;
use rustls_pki_types::CertificateDer;
use tokio::{
    net::TcpListener,
    sync::watch,
    task::{JoinHandle, JoinSet},
};
use tokio_util::sync::CancellationToken;

use busy::Announced;

use crate::{
    consent::WindowConsent,
    instance::{self, Instance},
    keyring,
    paths::Paths,
    settings::Settings,
};

mod busy;
mod hipki;
mod panel;
mod signals;

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
#[derive(Debug)]
pub struct Agent {
    port: u16,
    authority: CertificateDer<'static>,
    keyring: Keyring,
    ending: CancellationToken,
    room: JoinSet<()>,
    server: JoinHandle<()>,
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
        let pair = store::load_or_create(&paths.localhost, SystemTime::now(), Lifetime::PerPerson)?;
        let tls = tls_config(vec![pair.leaf().clone()], pair.key().clone_key())?;
        let listeners = listen(&settings.ports.value).await?;
        let port = listeners.first().and_then(|first| first.local_addr().ok());
        let port = port.map_or(0, |address| address.port());
        let keyring = Keyring::start(keyring::settings(settings, program));
        let service = Service::new(
            consent,
            keyring.clone(),
            Memory::load(&paths.memory),
            service_settings(settings),
        );
        let server = Server::new(tls, service, hipki::settings(settings));
        let ending = CancellationToken::new();
        let until = ending.clone();
        let room = hipki::open(&server, &settings.hipki_ports.value).await;
        Ok(Self {
            port,
            authority: pair.authority().clone(),
            keyring,
            ending,
            room,
            server: tokio::spawn(async move { server.serve(listeners, until).await }),
        })
    }

    /// The port it listens on, on 127.0.0.1 and ::1.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The authority that its localhost certificate is from, DER.
    #[must_use]
    pub fn authority(&self) -> &CertificateDer<'static> {
        &self.authority
    }

    /// The cards it looks after.
    #[must_use]
    pub fn keyring(&self) -> &Keyring {
        &self.keyring
    }

    /// Ends what is open (windows first), and waits for it.
    pub async fn stop(mut self) {
        self.room.shutdown().await;
        self.ending.cancel();
        // The server has its own deadline for what still runs.
        let _ = (&mut self.server).await;
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        self.ending.cancel();
    }
}

/// `chop run`: the agent with its window and tray, until a signal or the tray's menu ends it.
/// `ready` is told the port once it listens.
///
/// # Errors
/// [`Error`], each variant as it says.
pub fn until_ended(
    settings: &Settings,
    paths: &Paths,
    program: PathBuf,
    ready: impl FnOnce(u16),
) -> Result<(), Error> {
    let _instance = Instance::claim(&paths.lock)?;
    // One person's agent has no use for a second thread: what blocks has threads of its own.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(Error::System)?;
    runtime.block_on(async {
        let mut signals = signals::Signals::new().map_err(Error::System)?;
        let (language, _) = watch::channel(settings.language.value.language());
        let windows = WindowConsent::new(program.clone(), language.clone());
        let (consent, windows) = Announced::new(windows.theme(settings.theme.value));
        let agent = Agent::start(settings, paths, program.clone(), consent).await?;
        ready(agent.port());
        let quit = async {
            if settings.tray.value {
                let now = *language.borrow();
                panel::until_quit(&program, windows, agent.keyring.inventory(), now).await;
            } else {
                std::future::pending::<()>().await;
            }
        };
        tokio::select! {
            () = signals.received() => {}
            () = quit => {}
        }
        agent.stop().await;
        Ok(())
    })
}

/// Both loopback addresses on the first port that is free on both. A machine without IPv6 has one.
async fn listen(ports: &[u16]) -> Result<Vec<TcpListener>, Error> {
    let mut last = io::Error::from(io::ErrorKind::AddrInUse);
    for port in ports {
        match listen_on(*port).await {
            Ok(listeners) => return Ok(listeners),
            Err(cause) => last = cause,
        }
    }
    Err(Error::Ports {
        ports: ports.to_vec(),
        cause: last,
    })
}

async fn listen_on(port: u16) -> io::Result<Vec<TcpListener>> {
    let four = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).await?;
    // Port 0 (tests) is whatever the first got.
    let port = four.local_addr()?.port();
    match TcpListener::bind(SocketAddr::from((Ipv6Addr::LOCALHOST, port))).await {
        Ok(six) => Ok(vec![four, six]),
        Err(cause) if cause.kind() == io::ErrorKind::AddrInUse => Err(cause),
        Err(_) => Ok(vec![four]),
    }
}

fn service_settings(settings: &Settings) -> ServiceSettings {
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
