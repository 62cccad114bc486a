//! Who can reach the service: a Unix socket, loopback, or other machines with certificates.

use std::{
    fs,
    future::Future,
    io,
    net::{SocketAddr, TcpListener as StdListener},
    path::{Path, PathBuf},
    pin::pin,
    sync::Arc,
    time::Duration,
};

use axum::Router;
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::{
        conn::auto::Builder,
        graceful::{GracefulShutdown, Watcher},
    },
    service::TowerToHyperService,
};
use rustls::{RootCertStore, server::WebPkiClientVerifier};
use rustls_pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpListener,
    sync::Semaphore,
    time::timeout,
};
use tokio_rustls::TlsAcceptor;

use crate::{
    Error, Settings,
    settings::{Tls, read},
};

/// Connections at once; more wait in the system's queue.
const CONNECTIONS: usize = 4096;
/// For a TLS handshake, and for the headers of the next request.
const PATIENCE: Duration = Duration::from_secs(30);
/// For requests that are under way when the service stops.
const FAREWELL: Duration = Duration::from_secs(10);
/// After a failed accept, such as too many open files: the next would fail as well.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Where the service listens.
pub enum Listener {
    /// A port of loopback.
    Loopback(TcpListener),
    /// A port of any address; both sides show certificates.
    Mutual(TcpListener, TlsAcceptor),
    /// A socket in the file system, removed in the end.
    #[cfg(unix)]
    Unix(tokio::net::UnixListener, SocketFile),
}

/// A socket's file.
pub struct SocketFile(PathBuf);

impl Drop for SocketFile {
    fn drop(&mut self) {
        // Another process may have made it its own; then it is not ours to remove, nor is a failure.
        let _ = fs::remove_file(&self.0);
    }
}

impl Listener {
    /// Begins to listen where `settings` say.
    ///
    /// # Errors
    /// [`Error::Setting`] for an address of other machines without TLS; [`Error::Listen`],
    /// [`Error::Tls`], [`Error::Read`].
    pub fn bind(settings: &Settings) -> Result<Self, Error> {
        let failed = |source| Error::Listen {
            address: settings.listen.clone(),
            source,
        };
        if let Some(path) = settings.listen.strip_prefix("unix:") {
            return unix(Path::new(path)).map_err(failed);
        }
        let address: SocketAddr = settings.listen.parse().map_err(|_| Error::Setting {
            setting: "listen",
            why: "it is neither unix:/path nor ADDRESS:PORT".to_owned(),
        })?;
        let tls = settings.tls.as_ref().map(acceptor).transpose()?;
        if tls.is_none() && !address.ip().is_loopback() {
            let why = "other machines need [tls] with certificates on both sides".to_owned();
            return Err(Error::Setting {
                setting: "listen",
                why,
            });
        }
        let listener = StdListener::bind(address).map_err(failed)?;
        listener.set_nonblocking(true).map_err(failed)?;
        let listener = TcpListener::from_std(listener).map_err(failed)?;
        Ok(match tls {
            Some(tls) => Self::Mutual(listener, tls),
            None => Self::Loopback(listener),
        })
    }

    /// Where it listens, as the settings would have it.
    #[must_use]
    pub fn address(&self) -> String {
        match self {
            Self::Loopback(listener) | Self::Mutual(listener, _) => {
                let address = listener.local_addr();
                address
                    .map(|address| address.to_string())
                    .unwrap_or_default()
            }
            #[cfg(unix)]
            Self::Unix(_, file) => format!("unix:{}", file.0.display()),
        }
    }
}

/// Readable and writable for its user and group. What an earlier run has left is removed.
#[cfg(unix)]
fn unix(path: &Path) -> io::Result<Listener> {
    use std::os::unix::{fs::PermissionsExt as _, net::UnixStream};
    if path.exists() {
        if UnixStream::connect(path).is_ok() {
            return Err(io::ErrorKind::AddrInUse.into());
        }
        fs::remove_file(path)?;
    }
    let listener = tokio::net::UnixListener::bind(path)?;
    fs::set_permissions(path, fs::Permissions::from_mode(0o660))?;
    Ok(Listener::Unix(listener, SocketFile(path.to_owned())))
}

#[cfg(not(unix))]
fn unix(_: &Path) -> io::Result<Listener> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Both sides show certificates.
fn acceptor(tls: &Tls) -> Result<TlsAcceptor, Error> {
    let wrong = |error| Error::Tls(Box::new(error));
    let certificates = |path: &Path| {
        let pem = read(path)?;
        let found = CertificateDer::pem_slice_iter(pem.as_bytes());
        let found: Result<Vec<_>, _> = found.collect();
        found.map_err(|error| Error::Tls(Box::new(error)))
    };
    let mut roots = RootCertStore::empty();
    for root in certificates(&tls.client_authorities)? {
        roots.add(root).map_err(wrong)?;
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let callers = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider.clone())
        .build()
        .map_err(|error| Error::Tls(Box::new(error)))?;
    let key = PrivateKeyDer::from_pem_slice(read(&tls.key)?.as_bytes())
        .map_err(|error| Error::Tls(Box::new(error)))?;
    let mut config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(wrong)?
        .with_client_cert_verifier(callers)
        .with_single_cert(certificates(&tls.certificate)?, key)
        .map_err(wrong)?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}

/// Serves until `shutdown` is done, then lets running requests end.
pub async fn serve(listener: Listener, router: Router, shutdown: impl Future<Output = ()>) {
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    let graceful = GracefulShutdown::new();
    let mut shutdown = pin!(shutdown);
    loop {
        let place = Arc::clone(&places).acquire_owned();
        let accepted = tokio::select! {
            () = &mut shutdown => break,
            accepted = async { (place.await, listener.accept().await) } => accepted,
        };
        let (place, stream) = match accepted {
            (place, Ok(stream)) => (place, stream),
            (_, Err(error)) => {
                tracing::warn!(%error, "no connection could be accepted");
                tokio::time::sleep(ACCEPT_PAUSE).await;
                continue;
            }
        };
        let (router, watcher) = (router.clone(), graceful.watcher());
        tokio::spawn(async move {
            match stream {
                Stream::Tcp(stream) => converse(stream, router, watcher).await,
                Stream::Tls(stream, tls) => {
                    if let Ok(Ok(stream)) = timeout(PATIENCE, tls.accept(stream)).await {
                        converse(stream, router, watcher).await;
                    }
                }
                #[cfg(unix)]
                Stream::Unix(stream) => converse(stream, router, watcher).await,
            }
            drop(place);
        });
    }
    drop(listener);
    if timeout(FAREWELL, graceful.shutdown()).await.is_err() {
        tracing::warn!("requests were still running when the service stopped");
    }
}

/// A connection that was just made.
enum Stream {
    Tcp(tokio::net::TcpStream),
    Tls(tokio::net::TcpStream, TlsAcceptor),
    #[cfg(unix)]
    Unix(tokio::net::UnixStream),
}

impl Listener {
    async fn accept(&self) -> io::Result<Stream> {
        match self {
            Self::Loopback(listener) => {
                let (stream, _) = listener.accept().await?;
                stream.set_nodelay(true)?;
                Ok(Stream::Tcp(stream))
            }
            Self::Mutual(listener, tls) => {
                let (stream, _) = listener.accept().await?;
                stream.set_nodelay(true)?;
                Ok(Stream::Tls(stream, tls.clone()))
            }
            #[cfg(unix)]
            Self::Unix(listener, _) => Ok(Stream::Unix(listener.accept().await?.0)),
        }
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
        .max_concurrent_streams(256)
        .keep_alive_interval(Some(PATIENCE));
    let service = TowerToHyperService::new(router);
    let connection = server
        .serve_connection(TokioIo::new(stream), service)
        .into_owned();
    // How a caller leaves is not our concern: what its requests did is done or not done.
    let _ = watcher.watch(connection).await;
}
