//! The floor of a connection: hyper and rustls with the same certificate, and nothing else.

use std::{convert::Infallible, sync::Arc};

use anyhow::Result;
use chop_certs::LocalhostPair;
use http_body_util::Full;
use hyper::{Request, Response, body::Bytes, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

/// Serves a constant on a free port of 127.0.0.1 for as long as the runtime lives.
pub(crate) async fn serve(pair: &LocalhostPair) -> Result<u16> {
    let tls = chop_service::tls_config(vec![pair.leaf().clone()], pair.key().clone_key())?;
    let acceptor = TlsAcceptor::from(Arc::clone(&tls));
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let port = listener.local_addr()?.port();
    tokio::spawn(async move {
        while let Ok((tcp, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                let _ = tcp.set_nodelay(true);
                let Ok(tls) = acceptor.accept(tcp).await else {
                    return;
                };
                let service = service_fn(|_: Request<_>| async {
                    Ok::<_, Infallible>(Response::new(Full::new(Bytes::from_static(b"{}"))))
                });
                let _ = http1::Builder::new()
                    .serve_connection(TokioIo::new(tls), service)
                    .await;
            });
        }
    });
    Ok(port)
}
