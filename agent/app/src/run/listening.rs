//! What listens: certificate and ports, whatever cards are behind them.

use std::{
    io,
    net::{Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::Arc,
};

use chop_service::{Consent, Keys, Server, Service, tls_config};
use rustls_pki_types::CertificateDer;
use tokio::{
    net::TcpListener,
    sync::watch,
    task::{JoinHandle, JoinSet},
};
use tokio_util::sync::CancellationToken;

use super::{Error, hipki};
use crate::{desk::Own, install, paths::Paths, settings::Settings};

/// A service on its ports. It stops when this is dropped, and more gently with
/// [`Listening::stop`].
pub(crate) struct Listening {
    pub(super) port: u16,
    pub(super) authority: CertificateDer<'static>,
    pub(super) ending: CancellationToken,
    pub(super) room: JoinSet<()>,
    pub(super) server: JoinHandle<()>,
    /// What it does for the person alone.
    pub(super) own: Arc<dyn Own>,
    /// Ports of the room for HiCOS pages that others have.
    pub(super) taken: watch::Receiver<hipki::Taken>,
}

impl Listening {
    /// Serves on the ports of the settings, with this person's localhost certificate.
    ///
    /// # Errors
    /// [`Error`], but for its `Instance`.
    pub(crate) async fn start<C: Consent, K: Keys>(
        settings: &Settings,
        paths: &Paths,
        service: Service<C, K>,
    ) -> Result<Self, Error> {
        let pair = install::pairs(paths)?.current;
        let tls = tls_config(vec![pair.leaf().clone()], pair.key().clone_key())?;
        let listeners = listen(&settings.ports.value).await?;
        let port = listeners.first().and_then(|first| first.local_addr().ok());
        let port = port.map_or(0, |address| address.port());
        let server = Server::new(tls, service, hipki::settings(settings));
        let ending = CancellationToken::new();
        let until = ending.clone();
        let (room, taken) = hipki::open(&server, &settings.hipki_ports.value).await;
        Ok(Self {
            port,
            authority: pair.authority().clone(),
            ending,
            room,
            own: Arc::clone(server.service()) as Arc<dyn Own>,
            taken,
            server: tokio::spawn(async move { server.serve(listeners, until).await }),
        })
    }

    /// The port, on 127.0.0.1 and ::1.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// The authority that the localhost certificate is from, DER.
    pub(crate) fn authority(&self) -> &CertificateDer<'static> {
        &self.authority
    }

    /// Ends what is open (windows first), and waits for it.
    pub(crate) async fn stop(mut self) {
        self.room.shutdown().await;
        self.ending.cancel();
        // The server has its own deadline for what still runs.
        let _ = (&mut self.server).await;
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.ending.cancel();
    }
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

pub(crate) async fn listen_on(port: u16) -> io::Result<Vec<TcpListener>> {
    let four = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).await?;
    // Port 0 (tests) is whatever the first got.
    let port = four.local_addr()?.port();
    match TcpListener::bind(SocketAddr::from((Ipv6Addr::LOCALHOST, port))).await {
        Ok(six) => Ok(vec![four, six]),
        Err(cause) if cause.kind() == io::ErrorKind::AddrInUse => Err(cause),
        Err(_) => Ok(vec![four]),
    }
}
