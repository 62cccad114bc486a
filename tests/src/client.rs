//! A page's side: HTTP/1.1 over TLS, as a browser that trusts the localhost certificate.

use std::{sync::Arc, time::Duration};

use anyhow::{Context as _, Result, ensure};
use http_body_util::{BodyExt as _, Full};
use hyper::{
    Request, StatusCode,
    body::Bytes,
    client::conn::http1::{SendRequest, handshake},
};
use hyper_util::rt::TokioIo;
use rustls::{ClientConfig, RootCertStore, client::Resumption};
use rustls_pki_types::{CertificateDer, ServerName};
use tokio::{net::TcpStream, time::Instant};
use tokio_rustls::TlsConnector;

/// Who asks, where it makes no difference.
pub const ORIGIN: &str = "https://bench.example";

/// A client that trusts one authority.
#[derive(Clone)]
pub struct Client {
    config: Arc<ClientConfig>,
    port: u16,
}

impl Client {
    /// For the server on `port`, whose certificate is from `authority`.
    ///
    /// # Errors
    /// When the authority is no certificate.
    pub fn new(authority: &CertificateDer<'static>, port: u16, resumption: bool) -> Result<Self> {
        let mut roots = RootCertStore::empty();
        roots.add(authority.clone())?;
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots)
            .with_no_client_auth();
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        if !resumption {
            config.resumption = Resumption::disabled();
        }
        Ok(Self {
            config: Arc::new(config),
            port,
        })
    }

    /// A new connection, ready for requests.
    ///
    /// # Errors
    /// When the agent is not there, or the answer is not a success.
    pub async fn connect(&self) -> Result<Connection> {
        let tcp = TcpStream::connect(("127.0.0.1", self.port)).await?;
        tcp.set_nodelay(true)?;
        let name = ServerName::try_from("localhost")?;
        let tls = TlsConnector::from(Arc::clone(&self.config))
            .connect(name, tcp)
            .await?;
        let (sender, connection) = handshake(TokioIo::new(tls)).await?;
        tokio::spawn(connection);
        Ok(Connection {
            sender,
            port: self.port,
            origin: ORIGIN.to_owned(),
        })
    }

    /// The time from nothing to the answer of one `GET`, on a connection of its own.
    ///
    /// # Errors
    /// When the agent is not there, or the answer is not a success.
    pub async fn cold_get(&self) -> Result<Duration> {
        let start = Instant::now();
        let mut connection = self.connect().await?;
        connection.get("/v1/info").await?;
        Ok(start.elapsed())
    }
}

/// A kept-alive connection.
pub struct Connection {
    sender: SendRequest<Full<Bytes>>,
    port: u16,
    origin: String,
}

impl Connection {
    /// Asks as another site.
    #[must_use]
    pub fn of(self, origin: String) -> Self {
        Self { origin, ..self }
    }

    /// `GET` and its answer's body.
    ///
    /// # Errors
    /// When the agent is not there, or the answer is not a success.
    pub async fn get(&mut self, path: &str) -> Result<Bytes> {
        self.send("GET", path, Bytes::new()).await
    }

    /// Signs in with this challenge; the assertion as text.
    ///
    /// # Errors
    /// When the agent is not there, or the answer is not a success.
    pub async fn sign_in(&mut self, challenge: &str) -> Result<Bytes> {
        let body = format!(r#"{{"challenge":"{challenge}"}}"#);
        self.send("POST", "/v1/sign-in", body.into()).await
    }

    /// The same, whatever the answer is: its status and body.
    ///
    /// # Errors
    /// When the connection ends.
    pub async fn try_to_sign_in(&mut self, challenge: &str) -> Result<(StatusCode, Bytes)> {
        let body = format!(r#"{{"challenge":"{challenge}"}}"#);
        self.exchange("POST", "/v1/sign-in", body.into()).await
    }

    async fn send(&mut self, method: &str, path: &str, body: Bytes) -> Result<Bytes> {
        let (status, body) = self.exchange(method, path, body).await?;
        ensure!(
            status == StatusCode::OK,
            "{status}: {}",
            String::from_utf8_lossy(&body)
        );
        Ok(body)
    }

    async fn exchange(
        &mut self,
        method: &str,
        path: &str,
        body: Bytes,
    ) -> Result<(StatusCode, Bytes)> {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("host", format!("localhost:{}", self.port))
            .header("origin", &self.origin)
            .header("content-type", "application/json")
            .body(Full::new(body))?;
        self.sender.ready().await.context("the connection ended")?;
        let response = self.sender.send_request(request).await?;
        let status = response.status();
        Ok((status, response.into_body().collect().await?.to_bytes()))
    }
}
