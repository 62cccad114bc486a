//! The ports: each connection's user is found before a byte is read, then its agent.

use std::{
    collections::HashMap,
    io,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use chop_service::{Door, User};
use rustls::ServerConfig;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
    sync::Notify,
    task::JoinSet,
    time::{sleep, timeout},
};
use tokio_rustls::TlsAcceptor;

use super::{
    agents::Agents,
    line::Message,
    platform::{self, Places},
    refusal,
};
use crate::run::listen_on;

/// So many connections of one user are served at once, more than an agent serves.
const MOST: usize = 96;
/// So many of all users together; each has two descriptors. A new one beyond is closed unread: who
/// was there before is being served.
const MOST_OF_ALL: usize = 2048;
/// For the TLS handshake.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// How often a port is tried again that another program has.
const AGAIN: Duration = Duration::from_secs(30);

/// What is common to all ports.
pub(super) struct Front {
    agents: Arc<Agents>,
    places: Places,
    /// For who has an agent, and for who has none: that answer is HTTP/1.1.
    tls: [TlsAcceptor; 2],
    served: Mutex<HashMap<User, usize>>,
    left: Notify,
}

impl Front {
    pub(super) fn new(
        agents: Arc<Agents>,
        places: Places,
        both: Arc<ServerConfig>,
        http_1: Arc<ServerConfig>,
    ) -> Self {
        Self {
            agents,
            places,
            tls: [both, http_1].map(TlsAcceptor::from),
            served: Mutex::default(),
            left: Notify::new(),
        }
    }

    /// Listens on the first of these ports that is free, for ever.
    pub(super) async fn open_one_of(self: Arc<Self>, door: Door, ports: Vec<u16>) {
        let mut complained = false;
        let listeners = loop {
            match first_free(&ports).await {
                Ok(listeners) => break listeners,
                Err(error) if !complained => {
                    let owners = owners(&ports);
                    tracing::error!(?ports, %error, %owners, "another program has the ports");
                    complained = true;
                }
                Err(_) => {}
            }
            sleep(AGAIN).await;
        };
        let address = listeners.first().and_then(|it| it.local_addr().ok());
        if let (Door::Native, Some(address)) = (door, address) {
            self.agents.tell_port(address.port());
        }
        let mut accepting = JoinSet::new();
        for listener in listeners {
            accepting.spawn(Arc::clone(&self).accept(door, listener));
        }
        accepting.join_all().await;
    }

    async fn accept(self: Arc<Self>, door: Door, listener: TcpListener) {
        loop {
            match listener.accept().await {
                Ok((stream, _)) => drop(tokio::spawn(Arc::clone(&self).serve(door, stream))),
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    // Out of file descriptors, most likely: some will be given back.
                    sleep(Duration::from_millis(100)).await;
                }
            }
        }
    }

    async fn serve(self: Arc<Self>, door: Door, stream: TcpStream) {
        // One that cannot be placed is closed unread.
        let Some(user) = self.places.user(&stream).await else {
            return;
        };
        let Some(_seat) = self.seat(user) else { return };
        let _ = stream.set_nodelay(true);
        if door == Door::Hipki {
            return self.pass(user, door, false, stream).await;
        }
        let [both, http_1] = &self.tls;
        let tls = if self.agents.has(user) { both } else { http_1 };
        let ends = ends(&stream);
        let Ok(Ok(stream)) = timeout(HANDSHAKE, tls.accept(stream)).await else {
            return;
        };
        let http_2 = stream.get_ref().1.alpn_protocol() == Some(b"h2");
        if let Some(ends) = ends {
            self.pass_on(user, door, http_2, stream, ends).await;
        }
    }

    async fn pass(&self, user: User, door: Door, http_2: bool, stream: TcpStream) {
        if let Some(ends) = ends(&stream) {
            self.pass_on(user, door, http_2, stream, ends).await;
        }
    }

    async fn pass_on<S>(
        &self,
        user: User,
        door: Door,
        http_2: bool,
        stream: S,
        (theirs, ours): (SocketAddr, SocketAddr),
    ) where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let message = Message::Connection {
            door,
            http_2,
            theirs,
            ours,
        };
        match self.agents.hand_over(user, message).await {
            Some(line) => platform::join(stream, line).await,
            // With HTTP/2 agreed on, the fixed answer could not be read.
            None if http_2 => {}
            None => refusal::answer(door, stream).await,
        }
    }

    /// Waits until nobody is served.
    pub(super) async fn quiet(&self) {
        loop {
            let left = self.left.notified();
            if self.lock().is_empty() {
                return;
            }
            left.await;
        }
    }

    fn seat(self: &Arc<Self>, user: User) -> Option<Seat> {
        let mut served = self.lock();
        if served.values().sum::<usize>() >= MOST_OF_ALL {
            return None;
        }
        let count = served.entry(user).or_default();
        if *count >= MOST {
            return None;
        }
        *count += 1;
        Some(Seat {
            front: Arc::clone(self),
            user,
        })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<User, usize>> {
        self.served.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A connection that is served, until dropped.
struct Seat {
    front: Arc<Front>,
    user: User,
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut served = self.front.lock();
        if let Some(count) = served.get_mut(&self.user) {
            *count -= 1;
            if *count == 0 {
                served.remove(&self.user);
            }
        }
        drop(served);
        self.front.left.notify_waiters();
    }
}

fn ends(stream: &TcpStream) -> Option<(SocketAddr, SocketAddr)> {
    Some((stream.peer_addr().ok()?, stream.local_addr().ok()?))
}

async fn first_free(ports: &[u16]) -> io::Result<Vec<TcpListener>> {
    let mut last = io::Error::from(io::ErrorKind::AddrInUse);
    for port in ports {
        match listen_on(*port).await {
            Ok(listeners) => return Ok(listeners),
            Err(cause) => last = cause,
        }
    }
    Err(last)
}

/// Who has these ports, for the log: `21443: user lin (1000)`.
fn owners(ports: &[u16]) -> String {
    let owner = |port: &u16| match platform::owner(*port) {
        Some(owner) => format!("{port}: {owner}"),
        None => format!("{port}: nobody that can be named"),
    };
    ports.iter().map(owner).collect::<Vec<_>>().join(", ")
}
