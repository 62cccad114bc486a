//! The service on listeners and streams: TLS for the native protocol, plain HTTP for the room of
//! HiCOS pages; limits, a clean end.

pub(crate) mod connection;
pub(crate) mod heard;

use std::{io, net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};

use rustls::ServerConfig;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
    task::JoinSet,
    time::{sleep, timeout},
};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;

use crate::{Consent, HipkiSettings, Keys, Peer, Service, crowd::Crowd, hipki::Room, peer};

/// How a connection came.
#[derive(Clone, Copy, Debug)]
pub struct Arrival {
    /// Who is at its other end.
    pub peer: Peer,
    /// The port it was made to: the one that `Host` must name.
    pub port: u16,
    /// What is spoken there.
    pub door: Door,
    /// Its two ends, where it is a connection on this machine.
    pub ends: Option<Ends>,
}

/// What is spoken on a listener.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Door {
    /// The native protocol, over TLS.
    Native,
    /// What pages written for the HiCOS component speak, over plain HTTP.
    Hipki,
}

/// The two ends of a connection on this machine.
#[derive(Clone, Copy, Debug)]
pub struct Ends {
    theirs: SocketAddr,
    ours: SocketAddr,
}

impl Ends {
    /// Where the client is, and where it has connected to.
    #[must_use]
    pub fn new(theirs: SocketAddr, ours: SocketAddr) -> Self {
        Self { theirs, ours }
    }

    /// The file of the program at the other end; `None` if that cannot be told.
    pub(crate) fn program(self) -> Option<PathBuf> {
        peer::program(self.theirs, self.ours)
    }
}

/// Carries a [`Service`] over TLS. Cheap to clone; clones share their limits.
pub struct Server<C, K> {
    shared: Arc<Shared<C, K>>,
}

struct Shared<C, K> {
    /// `None` behind a gate, which ends TLS.
    tls: Option<TlsAcceptor>,
    service: Arc<Service<C, K>>,
    room: Room<C, K>,
    crowd: Crowd,
    ending: CancellationToken,
}

impl<C, K> Clone for Server<C, K> {
    fn clone(&self) -> Self {
        Self {
            shared: Arc::clone(&self.shared),
        }
    }
}

impl<C: Consent, K: Keys> Server<C, K> {
    /// A server for `service` with a configuration made by [`crate::tls_config`].
    #[must_use]
    pub fn new(tls: Arc<ServerConfig>, service: Service<C, K>, hipki: HipkiSettings) -> Self {
        Self::put_together(Some(TlsAcceptor::from(tls)), service, hipki)
    }

    /// A server without a certificate: for streams that a gate hands over.
    #[must_use]
    pub fn behind_gate(service: Service<C, K>, hipki: HipkiSettings) -> Self {
        Self::put_together(None, service, hipki)
    }

    fn put_together(
        tls: Option<TlsAcceptor>,
        service: Service<C, K>,
        hipki: HipkiSettings,
    ) -> Self {
        let service = Arc::new(service);
        Self {
            shared: Arc::new(Shared {
                tls,
                crowd: Crowd::new(service.settings.limits.connections),
                room: Room::new(Arc::clone(&service), hipki),
                service,
                ending: CancellationToken::new(),
            }),
        }
    }

    /// What it serves.
    #[must_use]
    pub fn service(&self) -> &Arc<Service<C, K>> {
        &self.shared.service
    }

    /// Serves connections to `listeners` until `shutdown`.
    ///
    /// Then it accepts no more, gives each waiting page its answer, and ends what is left when its
    /// time is over. A server serves once.
    pub async fn serve(&self, listeners: Vec<TcpListener>, shutdown: CancellationToken) {
        let mut accepting = JoinSet::new();
        for listener in listeners {
            accepting.spawn(self.clone().accept(Door::Native, listener));
        }
        shutdown.cancelled().await;
        accepting.shutdown().await;
        self.end().await;
    }

    /// Serves connections to one more listener, until the server ends.
    pub async fn open(&self, door: Door, listener: TcpListener) {
        let ending = self.shared.ending.clone();
        tokio::select! {
            () = self.clone().accept(door, listener) => {}
            () = ending.cancelled() => {}
        }
    }

    /// Serves one connection, to its end. `stream` is read only if its peer is ours.
    pub async fn connection<S>(&self, stream: S, arrival: Arrival)
    where
        S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    {
        self.seated(stream, arrival, None).await;
    }

    /// The same for a stream out of which a gate has taken TLS, and on which HTTP/2 is spoken if
    /// client and gate have agreed on that.
    pub async fn connection_behind_gate<S>(&self, stream: S, arrival: Arrival, http_2: bool)
    where
        S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    {
        self.seated(stream, arrival, Some(http_2)).await;
    }

    async fn seated<S>(&self, stream: S, arrival: Arrival, agreed: Option<bool>)
    where
        S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    {
        if arrival.peer != Peer::Ours {
            return;
        }
        let Some(seat) = self.shared.crowd.seat() else {
            return;
        };
        tokio::select! {
            biased;
            () = seat.line.leaving() => {}
            () = self.converse(stream, arrival, agreed, &seat.line) => {}
        }
    }

    /// Waits until the server ends.
    pub async fn ending(&self) {
        self.shared.ending.cancelled().await;
    }

    /// Gives each waiting page its answer, then ends every connection.
    pub async fn end(&self) {
        let Shared {
            service,
            crowd,
            ending,
            ..
        } = &*self.shared;
        ending.cancel();
        service.end();
        if timeout(service.settings.limits.shutdown, crowd.gone())
            .await
            .is_err()
        {
            crowd.disperse();
            crowd.gone().await;
        }
    }

    async fn accept(self, door: Door, listener: TcpListener) {
        let mut complained = false;
        loop {
            match accept_one(door, &listener).await {
                Ok((stream, arrival)) if arrival.peer == Peer::Ours => {
                    let server = self.clone();
                    tokio::spawn(async move { server.connection(stream, arrival).await });
                }
                // Once, or another user could fill the log.
                Ok((_, arrival)) if !complained => {
                    complained = true;
                    tracing::warn!(peer = ?arrival.peer, "closed a connection that is not ours, unread");
                }
                Ok(_) => {}
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    // Out of file descriptors, most likely: some will be given back.
                    sleep(Duration::from_millis(100)).await;
                }
            }
        }
    }
}

pub(crate) async fn accept_one(
    door: Door,
    listener: &TcpListener,
) -> io::Result<(TcpStream, Arrival)> {
    let (stream, _) = listener.accept().await?;
    let peer = Peer::of(&stream);
    // Fails only for a connection that has ended already.
    let _ = stream.set_nodelay(true);
    let port = listener.local_addr()?.port();
    let ends = match (stream.peer_addr(), stream.local_addr()) {
        (Ok(theirs), Ok(ours)) => Some(Ends { theirs, ours }),
        _ => None,
    };
    let arrival = Arrival {
        peer,
        port,
        door,
        ends,
    };
    Ok((stream, arrival))
}
