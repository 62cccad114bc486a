//! The service on listeners and streams: TLS, HTTP, limits, a clean end.

mod connection;
mod heard;

use std::{io, sync::Arc, time::Duration};

use rustls::ServerConfig;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
    task::JoinSet,
    time::{sleep, timeout},
};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;

use crate::{Consent, Keys, Peer, Service, crowd::Crowd};

/// How a connection came.
#[derive(Clone, Copy, Debug)]
pub struct Arrival {
    /// Who is at its other end.
    pub peer: Peer,
    /// The port it was made to: the one that `Host` must name.
    pub port: u16,
}

/// Carries a [`Service`] over TLS. Cheap to clone; clones share their limits.
pub struct Server<C, K> {
    shared: Arc<Shared<C, K>>,
}

struct Shared<C, K> {
    tls: TlsAcceptor,
    service: Arc<Service<C, K>>,
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
    pub fn new(tls: Arc<ServerConfig>, service: Service<C, K>) -> Self {
        Self {
            shared: Arc::new(Shared {
                tls: TlsAcceptor::from(tls),
                crowd: Crowd::new(service.settings.limits.connections),
                service: Arc::new(service),
                ending: CancellationToken::new(),
            }),
        }
    }

    /// Serves connections to `listeners` until `shutdown`.
    ///
    /// Then it accepts no more, gives each waiting page its answer, and ends what is left when its
    /// time is over. A server serves once.
    pub async fn serve(&self, listeners: Vec<TcpListener>, shutdown: CancellationToken) {
        let mut accepting = JoinSet::new();
        for listener in listeners {
            accepting.spawn(self.clone().accept(listener));
        }
        shutdown.cancelled().await;
        accepting.shutdown().await;
        self.end().await;
    }

    /// Serves one connection, to its end. `stream` is read only if its peer is ours.
    pub async fn connection<S>(&self, stream: S, arrival: Arrival)
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
            () = self.converse(stream, arrival.port, &seat.line) => {}
        }
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

    async fn accept(self, listener: TcpListener) {
        let mut complained = false;
        loop {
            match accept_one(&listener).await {
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

async fn accept_one(listener: &TcpListener) -> io::Result<(TcpStream, Arrival)> {
    let (stream, _) = listener.accept().await?;
    let peer = Peer::of(&stream);
    // Fails only for a connection that has ended already.
    let _ = stream.set_nodelay(true);
    let port = listener.local_addr()?.port();
    Ok((stream, Arrival { peer, port }))
}
