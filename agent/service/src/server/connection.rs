//! One connection: handshake, HTTP/1.1 or HTTP/2, and its deadlines.

use std::{
    future::poll_fn,
    pin::pin,
    sync::Arc,
    task::{Context, Poll},
};

use hyper::{
    Request,
    body::Incoming,
    server::conn::{http1, http2},
    service::service_fn,
};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::graceful::GracefulConnection,
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    time::{Instant, sleep_until, timeout},
};

use super::{Server, heard::Heard};
use crate::{Consent, Keys, Limits, answer::Answer, crowd::Line};

/// What is buffered of a request's headers. More than the protocol allows, so that a request
/// somewhat over it gets a problem that says so; one over this gets a bare 431.
const HEADER_BUFFER: u32 = 64 * 1024;
/// Requests at once on an HTTP/2 connection.
const STREAMS: u32 = 16;
/// What an HTTP/2 client may send of one request's body before it is read: more than the longest.
const STREAM_WINDOW: u32 = 16 * 1024;
/// And of all of them. (RFC 9113 §6.9.2: at least 65,535.)
const CONNECTION_WINDOW: u32 = 64 * 1024;

impl<C: Consent, K: Keys> Server<C, K> {
    /// Speaks on a connection until either side has enough. How it ends is not our fault or
    /// concern: clients come and go.
    pub(super) async fn converse<S>(&self, stream: S, port: u16, line: &Arc<Line>)
    where
        S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    {
        let shared = &self.shared;
        let limits = shared.service.settings.limits;
        let handshake = timeout(limits.handshake, shared.tls.accept(stream));
        let Ok(Ok(stream)) = handshake.await else {
            return;
        };

        let http2 = stream.get_ref().1.alpn_protocol() == Some(b"h2");
        let answer = service_fn(|request: Request<Incoming>| {
            let (service, line) = (Arc::clone(&shared.service), Arc::clone(line));
            async move {
                match line.begin() {
                    Some(_running) => Ok::<Answer, Gone>(service.answer(request, port).await),
                    None => Err(Gone),
                }
            }
        });
        if http2 {
            let mut protocol = http2::Builder::new(TokioExecutor::new());
            protocol
                .timer(TokioTimer::new())
                .max_concurrent_streams(STREAMS)
                .initial_stream_window_size(STREAM_WINDOW)
                .initial_connection_window_size(CONNECTION_WINDOW)
                .max_header_list_size(HEADER_BUFFER);
            let connection = protocol.serve_connection(TokioIo::new(stream), answer);
            // The first request has to come in time. Later, control frames come whenever they
            // like, and tell nothing: the connection is idle until its next request is whole.
            line.hear();
            self.keep(connection, line, limits, |_| Poll::Pending).await;
        } else {
            let stream = Heard::new(stream, Arc::clone(line));
            let watched = stream.clone();
            let mut protocol = http1::Builder::new();
            protocol.max_buf_size(HEADER_BUFFER as usize);
            let connection = protocol.serve_connection(TokioIo::new(stream), answer);
            self.keep(connection, line, limits, |cx| watched.poll_gone(cx))
                .await;
        }
    }

    /// Polls a connection until it ends by itself, its client is gone, it is idle too long, or the
    /// server ends.
    async fn keep(
        &self,
        connection: impl GracefulConnection,
        line: &Line,
        limits: Limits,
        poll_gone: impl Fn(&mut Context<'_>) -> Poll<()>,
    ) {
        let mut connection = pin!(connection);
        let mut ending = pin!(self.shared.ending.cancelled());
        let mut ended = false;
        let mut clock = pin!(sleep_until(Instant::now() + limits.idle));
        poll_fn(|cx| {
            if !ended && ending.as_mut().poll(cx).is_ready() {
                ended = true;
                connection.as_mut().graceful_shutdown();
            }
            if connection.as_mut().poll(cx).is_ready() || poll_gone(cx).is_ready() {
                return Poll::Ready(());
            }
            // The clock is set back only when it would ring too late; when it rings too early it
            // is set anew. So a request costs no timer.
            let due = line.due(limits.headers, limits.idle);
            if let Some(due) = due.filter(|due| *due < clock.deadline()) {
                clock.as_mut().reset(due);
            }
            while clock.as_mut().poll(cx).is_ready() {
                let now = Instant::now();
                match line.due(limits.headers, limits.idle) {
                    Some(due) if due <= now => return Poll::Ready(()),
                    due => clock.as_mut().reset(due.unwrap_or(now + limits.idle)),
                }
            }
            Poll::Pending
        })
        .await;
    }
}

/// The connection is about to be closed for another: no answer.
#[derive(Debug, thiserror::Error)]
#[error("the connection makes place for another")]
struct Gone;
