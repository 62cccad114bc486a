//! A stream that notes when something comes in, and notices its end when nobody else looks.

use std::{
    io,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, ready},
};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::crowd::Line;

/// So much of next requests is read ahead of an answer at most. Who sends more is no browser, and
/// is seen to go when it is answered.
const AHEAD: usize = 4096;

/// A stream that tells its [`Line`] when bytes come. Clones are the same stream.
pub(crate) struct Heard<S>(Arc<Mutex<Inner<S>>>);

struct Inner<S> {
    stream: S,
    line: Arc<Line>,
    /// Read while a request was being answered.
    ahead: Vec<u8>,
    /// Whether the reader waits for bytes, and so will notice the end by itself.
    wanted: bool,
}

impl<S> Clone for Heard<S> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<S: AsyncRead + Unpin> Heard<S> {
    pub(crate) fn new(stream: S, line: Arc<Line>) -> Self {
        Self(Arc::new(Mutex::new(Inner {
            stream,
            line,
            ahead: Vec::new(),
            wanted: false,
        })))
    }

    /// Returns when the client has gone while its request is being answered.
    ///
    /// Once hyper (1.12) has bytes of a next request, it reads no further before it has answered
    /// the last one, and would let a window stand for a client that is gone.
    pub(crate) fn poll_gone(&self, cx: &mut Context<'_>) -> Poll<()> {
        let mut inner = self.lock();
        let Inner {
            stream,
            line,
            ahead,
            wanted,
        } = &mut *inner;
        while !*wanted && line.is_answering() && ahead.len() < AHEAD {
            let mut bytes = [0; 512];
            let mut buffer = ReadBuf::new(&mut bytes);
            let read = ready!(Pin::new(&mut *stream).poll_read(cx, &mut buffer));
            ahead.extend_from_slice(buffer.filled());
            if read.is_err() || buffer.filled().is_empty() {
                return Poll::Ready(());
            }
        }
        Poll::Pending
    }
}

impl<S> Heard<S> {
    fn lock(&self) -> MutexGuard<'_, Inner<S>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Heard<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let mut inner = self.lock();
        if !inner.ahead.is_empty() {
            let fits = inner.ahead.len().min(buffer.remaining());
            let rest = inner.ahead.split_off(fits);
            buffer.put_slice(&std::mem::replace(&mut inner.ahead, rest));
            inner.line.hear();
            return Poll::Ready(Ok(()));
        }
        let before = buffer.filled().len();
        let read = Pin::new(&mut inner.stream).poll_read(cx, buffer);
        inner.wanted = read.is_pending();
        if buffer.filled().len() > before {
            inner.line.hear();
        }
        read
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Heard<S> {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.lock().stream).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.lock().stream).poll_write_vectored(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.lock().stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.lock().stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.lock().stream).poll_shutdown(cx)
    }
}
