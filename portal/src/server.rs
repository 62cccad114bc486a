//! Serves the router on a listener: https with our own certificate, or http for a proxy.

use std::{fs, future::Future, path::Path, pin::pin, sync::Arc, time::Duration};

use axum::Router;
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::{
        conn::auto::Builder,
        graceful::{GracefulShutdown, Watcher},
    },
    service::TowerToHyperService,
};
use rustls_pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpListener,
    sync::Semaphore,
    time::timeout,
};
use tokio_rustls::TlsAcceptor;

use crate::{Error, settings::Tls};

/// Connections at once; more wait in the system's queue.
const CONNECTIONS: usize = 2048;
/// For a TLS handshake, and for the headers of the next request.
const PATIENCE: Duration = Duration::from_secs(30);
/// For requests that are under way when the server stops.
const FAREWELL: Duration = Duration::from_secs(10);
/// After a failed accept, such as too many open files: the next would fail as well.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// What ends TLS.
///
/// # Errors
/// [`Error::Read`], [`Error::Pem`], [`Error::Tls`].
pub(crate) fn acceptor(tls: &Tls) -> Result<TlsAcceptor, Error> {
    let certificates: Vec<_> = CertificateDer::pem_slice_iter(&read(&tls.certificate)?)
        .collect::<Result<_, _>>()
        .map_err(|_| Error::Pem {
            path: tls.certificate.clone(),
            what: "certificate",
        })?;
    let key = PrivateKeyDer::from_pem_slice(&read(&tls.key)?).map_err(|_| Error::Pem {
        path: tls.key.clone(),
        what: "private key",
    })?;

    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(certificates, key)?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}

fn read(path: &Path) -> Result<Vec<u8>, Error> {
    fs::read(path).map_err(|source| Error::Read {
        path: path.to_owned(),
        source,
    })
}

/// Serves until `shutdown` is done, then lets running requests end.
pub(crate) async fn serve(
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    router: Router,
    shutdown: impl Future<Output = ()>,
) {
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    let graceful = GracefulShutdown::new();
    let mut shutdown = pin!(shutdown);
    loop {
        let accepted = async {
            let place = Arc::clone(&places).acquire_owned().await;
            (place, listener.accept().await)
        };
        let (place, accepted) = tokio::select! {
            () = &mut shutdown => break,
            accepted = accepted => accepted,
        };
        let stream = match accepted {
            Ok((stream, _)) => stream,
            Err(error) => {
                tracing::warn!(%error, "no connection could be accepted");
                tokio::time::sleep(ACCEPT_PAUSE).await;
                continue;
            }
        };
        let (tls, router, watcher) = (tls.clone(), router.clone(), graceful.watcher());
        tokio::spawn(async move {
            match tls {
                Some(tls) => {
                    if let Ok(Ok(stream)) = timeout(PATIENCE, tls.accept(stream)).await {
                        converse(stream, router, watcher).await;
                    }
                }
                None => converse(stream, router, watcher).await,
            }
            drop(place);
        });
    }
    drop(listener);
    if timeout(FAREWELL, graceful.shutdown()).await.is_err() {
        tracing::warn!("requests were still running when the server stopped");
    }
}

async fn converse(
    stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
    router: Router,
    watcher: Watcher,
) {
    let mut server = Builder::new(TokioExecutor::new());
    server
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(PATIENCE);
    server
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(64)
        .keep_alive_interval(Some(PATIENCE));
    let service = TowerToHyperService::new(router);
    let connection = server
        .serve_connection(TokioIo::new(stream), service)
        .into_owned();
    // How a browser leaves is not our concern: what its requests did is done or not done.
    let _ = watcher.watch(connection).await;
}
