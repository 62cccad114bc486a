//! Serves the router on a listener: https with our own certificate, or http for a proxy.
//!
//! Every wait for a client has an end: the handshake, the headers, the body (see `body`), the next
//! request. When all places are taken the connection that is idle longest gives way, so that
//! sockets which say nothing cannot keep people out.

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

use self::crowd::{Crowd, Over, Places, Seat};
pub(crate) use self::tls::acceptor;

/// Connections at once, of everybody and of one address that is not a proxy's.
const PLACES: Places = Places {
    all: 2048,
    each: 128,
};
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

/// Serves until `shutdown` is done, then lets running requests end. `is_proxy` tells which
/// addresses speak for many people.
pub(crate) async fn serve(
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    router: Router,
    is_proxy: impl Fn(IpAddr) -> bool,
    shutdown: impl Future<Output = ()>,
) {
    let crowd = Crowd::new(PLACES);
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
        let (tls, router, ending) = (tls.clone(), router.clone(), ending.clone());
        tokio::spawn(async move {
            match tls {
                Some(tls) => {
                    if let Ok(Ok(stream)) = timeout(HANDSHAKE, tls.accept(stream)).await {
                        converse(stream, peer, seat, router, ending).await;
                    }
                }
                None => converse(stream, peer, seat, router, ending).await,
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
            drop(running);
            answer
        }
    });
    let mut server = Builder::new(TokioExecutor::new());
    server
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADERS);
    server
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(64);
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
mod tests {
    use axum::{body::Body, routing::get};
    use hyper::client::conn::http2;
    use tokio::{
        io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream, duplex},
        task::JoinHandle,
        time::Instant,
    };

    use super::*;

    /// A connection that the server speaks on; the sender's end is the server's.
    async fn connect() -> (DuplexStream, JoinHandle<()>, watch::Sender<()>) {
        let (ours, theirs) = duplex(65536);
        let seat = Crowd::new(PLACES).seat(None).await.unwrap();
        let router = Router::new().route("/", get(async || "ok"));
        let (end, ending) = watch::channel(());
        let peer = Peer(IpAddr::from([192, 0, 2, 1]));
        let task = tokio::spawn(converse(theirs, peer, seat, router, ending));
        (ours, task, end)
    }

    #[tokio::test(start_paused = true)]
    async fn an_http_2_connection_without_requests_ends_after_a_minute() {
        let (stream, server, _end) = connect().await;
        let handshake = http2::handshake(TokioExecutor::new(), TokioIo::new(stream));
        let (mut sender, connection) = handshake.await.unwrap();
        tokio::spawn(connection);
        let request = Request::get("http://portal.example/").body(Body::empty());
        let answer = sender.send_request(request.unwrap()).await.unwrap();
        assert_eq!(answer.status(), 200);

        let start = Instant::now();
        server.await.unwrap();

        assert_eq!(start.elapsed().as_secs(), 60);
    }

    #[tokio::test(start_paused = true)]
    async fn a_connection_that_says_nothing_ends_after_a_minute() {
        let (_stream, server, _end) = connect().await;
        let start = Instant::now();
        server.await.unwrap();
        // Then it has ten seconds to take its leave.
        assert!((60..=70).contains(&start.elapsed().as_secs()));
    }

    #[tokio::test(start_paused = true)]
    async fn headers_that_come_a_byte_at_a_time_end_after_half_a_minute() {
        let (mut stream, server, _end) = connect().await;
        let start = Instant::now();
        stream
            .write_all(b"GET / HTTP/1.1\r\nhost: a\r\nx: ")
            .await
            .unwrap();
        let drip = tokio::spawn(async move {
            while stream.write_all(b"y").await.is_ok() {
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        });
        server.await.unwrap();
        assert!((30..=40).contains(&start.elapsed().as_secs()));
        drip.await.unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn when_the_server_ends_an_idle_connection_ends_at_once() {
        let (mut stream, server, end) = connect().await;
        stream
            .write_all(b"GET / HTTP/1.1\r\nhost: a\r\n\r\n")
            .await
            .unwrap();
        let mut answer = [0; 12];
        stream.read_exact(&mut answer).await.unwrap();
        assert_eq!(&answer, b"HTTP/1.1 200");

        let start = Instant::now();
        drop(end);
        server.await.unwrap();

        assert_eq!(start.elapsed().as_secs(), 0);
    }
}
