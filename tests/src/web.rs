//! A small web server for tests: one function answers every request.

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use rustls::ServerConfig;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};
use tokio_rustls::TlsAcceptor;

/// A running server; it and all its connections end when this is dropped.
#[derive(Debug)]
pub struct Web {
    address: SocketAddr,
    task: JoinHandle<()>,
}

impl Web {
    /// Serves `answer` on `address` (port 0 takes a free one), over TLS if there is a `tls`.
    ///
    /// # Errors
    /// When the address cannot be had.
    pub async fn start<F>(address: SocketAddr, tls: Option<ServerConfig>, answer: F) -> Result<Self>
    where
        F: Fn(Request<Bytes>) -> Response<Full<Bytes>> + Send + Sync + 'static,
    {
        let listener = TcpListener::bind(address)
            .await
            .with_context(|| format!("cannot listen on {address}"))?;
        let address = listener.local_addr()?;
        let acceptor = tls.map(|tls| TlsAcceptor::from(Arc::new(tls)));
        let task = tokio::spawn(accept(listener, acceptor, Arc::new(answer)));
        Ok(Self { address, task })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Web {
    fn drop(&mut self) {
        // The connections' tasks are in the set that this one owns.
        self.task.abort();
    }
}

async fn accept<F>(listener: TcpListener, tls: Option<TlsAcceptor>, answer: Arc<F>)
where
    F: Fn(Request<Bytes>) -> Response<Full<Bytes>> + Send + Sync + 'static,
{
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        connections.spawn(connection(stream, tls.clone(), Arc::clone(&answer)));
        while connections.try_join_next().is_some() {}
    }
}

/// Serves one connection. Its faults are the browser's to report: a refused certificate is one.
async fn connection<F>(stream: TcpStream, tls: Option<TlsAcceptor>, answer: Arc<F>)
where
    F: Fn(Request<Bytes>) -> Response<Full<Bytes>> + Send + Sync + 'static,
{
    let service = service_fn(move |request: Request<Incoming>| {
        let answer = Arc::clone(&answer);
        async move { respond(request, answer.as_ref()).await }
    });
    let builder = Builder::new(TokioExecutor::new());
    match tls {
        Some(tls) => {
            if let Ok(stream) = tls.accept(stream).await {
                let _ = builder
                    .serve_connection(TokioIo::new(stream), service)
                    .await;
            }
        }
        None => {
            let _ = builder
                .serve_connection(TokioIo::new(stream), service)
                .await;
        }
    }
}

async fn respond<F>(
    request: Request<Incoming>,
    answer: &F,
) -> Result<Response<Full<Bytes>>, hyper::Error>
where
    F: Fn(Request<Bytes>) -> Response<Full<Bytes>>,
{
    let (head, body) = request.into_parts();
    let body = body.collect().await?.to_bytes();
    Ok(answer(Request::from_parts(head, body)))
}
