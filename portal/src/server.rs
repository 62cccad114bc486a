//! Serves the router on a listener: https with our own certificate, or http for a proxy.
//!
//! Every wait for a client has an end: the handshake, the headers, the body (see `body`), the next
//! request, the answer that is not taken. When all places are taken the connection that is idle
//! longest gives way, also one that is still shaking hands, so that sockets which say nothing cannot
//! keep people out.

mod answer;
mod crowd;
mod tls;

use std::{future::Future, net::IpAddr, pin::pin, time::Duration};

use axum::{Router, http::Request};
use hyper::{
    body::Incoming,
    service::{Service as _, service_fn},
};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::conn::auto::Builder,
    service::TowerToHyperService,
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpListener,
    sync::watch,
    time::timeout,
};
use tokio_rustls::TlsAcceptor;

use crate::client::Peer;

use self::answer::Answer;
use self::crowd::{Crowd, Over, Places, Seat};
pub(crate) use self::tls::acceptor;

/// Connections at once, of everybody and of one address that is not a proxy's.
pub(crate) const PLACES: Places = Places {
    all: 2048,
    each: 128,
};
/// The same where only a monitoring system asks.
pub(crate) const FEW: Places = Places { all: 64, each: 64 };
/// Connections that a portal may have, with that of a monitoring system.
pub(crate) const CONNECTIONS: u64 = 2048 + 64;
/// For a TLS handshake.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// For all headers of a request, over HTTP/1.1 counted from the end of the one before.
const HEADERS: Duration = Duration::from_secs(30);
/// For the next request of an HTTP/2 connection, and for the first of any.
const IDLE: Duration = Duration::from_secs(60);
/// For requests that are under way when the server stops.
const FAREWELL: Duration = Duration::from_secs(10);
/// After a failed accept, such as too many open files: the next would fail as well.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);
/// Idle connections that go then.
const MAKE_ROOM: usize = 64;
/// What a client may send ahead over HTTP/2 before it is read, in bytes, on a stream and on all of
/// a connection. Nothing of ours is much longer.
const AHEAD: (u32, u32) = (64 * 1024, 128 * 1024);
/// Of HTTP/1.1 headers and of what waits to be sent, in bytes.
const BUFFER: usize = 64 * 1024;
/// Requests at once on a connection.
const STREAMS: u32 = 16;

/// Serves until `shutdown` is done, then lets running requests end. `is_proxy` tells which
/// addresses speak for many people.
pub(crate) async fn serve(
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    router: Router,
    places: Places,
    is_proxy: impl Fn(IpAddr) -> bool,
    shutdown: impl Future<Output = ()>,
) {
    let crowd = Crowd::new(places);
    let (end, ending) = watch::channel(());
    let mut shutdown = pin!(shutdown);
    loop {
        let accepted = async {
            match listener.accept().await {
                Ok((stream, peer)) => {
                    let of = Some(peer.ip()).filter(|address| !is_proxy(*address));
                    Some((stream, Peer(peer.ip()), crowd.seat(of).await?))
                }
                Err(error) => {
                    tracing::warn!(%error, "no connection could be accepted");
                    crowd.make_room(MAKE_ROOM);
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                    None
                }
            }
        };
        let accepted = tokio::select! {
            () = &mut shutdown => break,
            accepted = accepted => accepted,
        };
        let Some((stream, peer, seat)) = accepted else {
            continue;
        };
        let (tls, router, mut ending) = (tls.clone(), router.clone(), ending.clone());
        tokio::spawn(async move {
            let Some(tls) = tls else {
                return converse(stream, peer, seat, router, ending).await;
            };
            let secured = tokio::select! {
                secured = timeout(HANDSHAKE, tls.accept(stream)) => secured,
                _ = seat.over(IDLE) => return,
                _ = ending.changed() => return,
            };
            if let Ok(Ok(stream)) = secured {
                converse(stream, peer, seat, router, ending).await;
            }
        });
    }
    drop((listener, end));
    if timeout(FAREWELL, crowd.gone()).await.is_err() {
        tracing::warn!("requests were still running when the server stopped");
    }
}

/// Speaks on a connection until either side has enough. How a browser leaves is not our concern:
/// what its requests did is done or not done.
async fn converse(
    stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
    peer: Peer,
    seat: Seat,
    router: Router,
    mut ending: watch::Receiver<()>,
) {
    let site = TowerToHyperService::new(router);
    let service = service_fn(|mut request: Request<Incoming>| {
        let running = seat.begin();
        request.extensions_mut().insert(peer);
        let answer = site.call(request);
        async move {
            let answer = answer.await;
            let answering = running.answers();
            answer.map(|answer| answer.map(|body| Answer::new(body, answering)))
        }
    });
    let mut server = Builder::new(TokioExecutor::new());
    server
        .http1()
        .timer(TokioTimer::new())
        .max_buf_size(BUFFER)
        .header_read_timeout(HEADERS);
    server
        .http2()
        .timer(TokioTimer::new())
        .initial_stream_window_size(AHEAD.0)
        .initial_connection_window_size(AHEAD.1)
        .max_send_buf_size(BUFFER)
        .max_concurrent_streams(STREAMS);
    let mut connection = pin!(server.serve_connection(TokioIo::new(stream), service));
    tokio::select! {
        _ = connection.as_mut() => return,
        over = seat.over(IDLE) => if over == Over::GaveWay { return },
        // Its sender is dropped when the server ends.
        _ = ending.changed() => {}
    }
    connection.as_mut().graceful_shutdown();
    let _ = timeout(FAREWELL, connection).await;
}

#[cfg(test)]
mod tests;
