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
mod tests {
    use std::{
        pin::Pin,
        task::{Context, Poll},
    };

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

    /// An export may take minutes; whoever does not read on keeps no place.
    #[tokio::test(start_paused = true)]
    async fn an_answer_that_goes_on_keeps_its_connection_and_one_that_is_not_taken_does_not() {
        let (ours, theirs) = duplex(1024);
        let seat = Crowd::new(PLACES).seat(None).await.unwrap();
        let router = Router::new().route("/", get(async || Body::new(Drip::new())));
        let (_end, ending) = watch::channel(());
        let peer = Peer(IpAddr::from([192, 0, 2, 1]));
        let server = tokio::spawn(converse(theirs, peer, seat, router, ending));
        let mut client = http2::Builder::new(TokioExecutor::new());
        // What is not read is soon not sent either.
        client.initial_stream_window_size(65_535);
        client.initial_connection_window_size(65_535);
        let handshake = client.handshake(TokioIo::new(ours));
        let (mut sender, connection) = handshake.await.unwrap();
        let connection = tokio::spawn(connection);
        let request = Request::get("http://portal.example/").body(Body::empty());
        let start = Instant::now();
        let answer = sender.send_request(request.unwrap()).await.unwrap();
        let mut body = answer.into_body();
        let mut read = 0;
        while read < 20 * 32 * 1024 {
            let part = http_body_util::BodyExt::frame(&mut body).await;
            read += part.unwrap().unwrap().into_data().unwrap().len();
        }
        assert!(start.elapsed().as_secs() >= 190);

        // Nobody reads on.
        let stopped = Instant::now();
        server.await.unwrap();

        assert!((60..=170).contains(&stopped.elapsed().as_secs()));
        connection.abort();
    }

    /// A body of which 32 KiB come every ten seconds.
    struct Drip(Pin<Box<tokio::time::Sleep>>);

    impl Drip {
        const PAUSE: Duration = Duration::from_secs(10);

        fn new() -> Self {
            Self(Box::pin(tokio::time::sleep(Self::PAUSE)))
        }
    }

    impl hyper::body::Body for Drip {
        type Data = axum::body::Bytes;
        type Error = std::convert::Infallible;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            context: &mut Context<'_>,
        ) -> Poll<Option<Result<hyper::body::Frame<Self::Data>, Self::Error>>> {
            std::task::ready!(self.0.as_mut().poll(context));
            self.0.as_mut().reset(Instant::now() + Self::PAUSE);
            let part = vec![b'x'; 32 * 1024].into();
            Poll::Ready(Some(Ok(hyper::body::Frame::data(part))))
        }
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
