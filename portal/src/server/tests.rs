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
