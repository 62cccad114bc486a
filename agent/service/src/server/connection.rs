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
use tokio_util::sync::CancellationToken;

use super::{Arrival, Door, Server, heard::Heard};
use crate::{Consent, Keys, Limits, answer::Answer, crowd::Line};

/// What is buffered of a request's headers. More than the protocol allows, so that a request
/// somewhat over it gets a problem that says so; one over this gets a bare 431.
pub(crate) const HEADER_BUFFER: u32 = 64 * 1024;
/// Requests at once on an HTTP/2 connection.
const STREAMS: u32 = 16;
/// What an HTTP/2 client may send of one request's body before it is read.
const STREAM_WINDOW: u32 = 16 * 1024;
/// And of all of them. (RFC 9113 §6.9.2: at least 65,535.)
const CONNECTION_WINDOW: u32 = 64 * 1024;

impl<C: Consent, K: Keys> Server<C, K> {
    /// Speaks on a connection until either side has enough. How it ends is not our fault or
    /// concern: clients come and go.
    /// `agreed`: TLS has been taken out of it, and whether HTTP/2 was agreed on there.
    pub(super) async fn converse<S>(
        &self,
        stream: S,
        arrival: Arrival,
        agreed: Option<bool>,
        line: &Arc<Line>,
    ) where
        S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    {
        match (arrival.door, agreed) {
            (Door::Hipki, _) | (Door::Native, Some(false)) => {
                return self.speak_http_1(stream, arrival, line).await;
            }
            (Door::Native, Some(true)) => return self.speak_http_2(stream, arrival, line).await,
            (Door::Native, None) => {}
        }
        let shared = &self.shared;
        let handshake = shared.service.settings.limits.handshake;
        // Behind a gate nothing comes that still has TLS in it.
        let Some(tls) = &shared.tls else { return };
        let Ok(Ok(stream)) = timeout(handshake, tls.accept(stream)).await else {
            return;
        };
        match stream.get_ref().1.alpn_protocol() {
            Some(b"h2") => self.speak_http_2(stream, arrival, line).await,
            _ => self.speak_http_1(stream, arrival, line).await,
        }
    }

    async fn speak_http_1<S>(&self, stream: S, arrival: Arrival, line: &Arc<Line>)
    where
        S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    {
        let stream = Heard::new(stream, Arc::clone(line));
        let watched = stream.clone();
        let mut protocol = http1::Builder::new();
        protocol.max_buf_size(HEADER_BUFFER as usize);
        let answers = service_fn(|request| self.answer(request, arrival, line));
        let connection = protocol.serve_connection(TokioIo::new(stream), answers);
        let (limits, ending) = (self.limits(), &self.shared.ending);
        keep(connection, line, limits, ending, |cx| watched.poll_gone(cx)).await;
    }

    async fn speak_http_2<S>(&self, stream: S, arrival: Arrival, line: &Arc<Line>)
    where
        S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    {
        let mut protocol = http2::Builder::new(TokioExecutor::new());
        protocol
            .timer(TokioTimer::new())
            .max_concurrent_streams(STREAMS)
            .initial_stream_window_size(STREAM_WINDOW)
            .initial_connection_window_size(CONNECTION_WINDOW)
            .max_header_list_size(HEADER_BUFFER);
        let answers = service_fn(|request| self.answer(request, arrival, line));
        let connection = protocol.serve_connection(TokioIo::new(stream), answers);
        // The first request has to come in time. Later, control frames come whenever they like,
        // and tell nothing: the connection is idle until its next request is whole.
        line.hear();
        let (limits, ending) = (self.limits(), &self.shared.ending);
        keep(connection, line, limits, ending, |_| Poll::Pending).await;
    }

    fn limits(&self) -> Limits {
        self.shared.service.settings.limits
    }

    fn answer(
        &self,
        request: Request<Incoming>,
        arrival: Arrival,
        line: &Arc<Line>,
    ) -> impl Future<Output = Result<Answer, Gone>> + use<C, K> {
        let (shared, line) = (Arc::clone(&self.shared), Arc::clone(line));
        async move {
            let Some(_running) = line.begin() else {
                return Err(Gone);
            };
            let port = arrival.port;
            Ok(match arrival.door {
                Door::Native => shared.service.answer(request, port).await,
                Door::Hipki => shared.room.answer(request, port, arrival.ends).await,
            })
        }
    }
}

/// Polls a connection until it ends by itself, its client is gone, it is idle too long, or
/// `ending`.
pub(crate) async fn keep(
    connection: impl GracefulConnection,
    line: &Line,
    limits: Limits,
    ending: &CancellationToken,
    poll_gone: impl Fn(&mut Context<'_>) -> Poll<()>,
) {
    let mut connection = pin!(connection);
    let mut ending = pin!(ending.cancelled());
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

/// The connection is about to be closed for another: no answer.
#[derive(Debug, thiserror::Error)]
#[error("the connection makes place for another")]
pub(crate) struct Gone;
