//! Connections: straight or through a proxy, with TLS or without.

use std::{
    io,
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

use hyper_util::rt::TokioIo;
use rustls::{ClientConfig, RootCertStore};
use rustls_pki_types::ServerName;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpStream, lookup_host},
};
use tokio_rustls::TlsConnector;

use crate::{
    Error, Settings,
    address::{Address, NamedBy, is_public},
};

/// A connection of any kind.
pub(crate) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// Makes connections.
pub(crate) struct Connector {
    tls: TlsConnector,
    proxy: Option<Address>,
    allow_private: bool,
}

/// A connection, and how requests name what they want on it.
pub(crate) struct Connected {
    pub(crate) stream: TokioIo<Box<dyn Stream>>,
    /// A proxy without a tunnel wants whole addresses.
    pub(crate) absolute: bool,
}

impl Connector {
    pub(crate) fn new(settings: &Settings) -> Result<Self, Error> {
        let mut roots = RootCertStore::empty();
        // What cannot be read of the system's own is of no use; https says so when it is tried.
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        roots.add_parsable_certificates(settings.tls_roots.iter().cloned());
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let proxy = settings.proxy.as_deref().map(|text| {
            let address = Address::read(text)
                .ok()
                .filter(|address| !address.is_https());
            address.ok_or(Error::ProxyAddress)
        });
        Ok(Self {
            tls: TlsConnector::from(Arc::new(config)),
            proxy: proxy.transpose()?,
            allow_private: settings.allow_private_addresses,
        })
    }

    /// Connects to where `address` leads.
    pub(crate) async fn connect(
        &self,
        address: &Address,
        named_by: NamedBy,
    ) -> Result<Connected, Error> {
        let stream = match &self.proxy {
            // The proxy looks names up; where they may lead is for whoever runs it. What is an address
            // already, or this machine, is seen here.
            Some(proxy) => {
                if !self.may_go_anywhere(named_by) && is_home(address.host()) {
                    let host = address.host().to_owned();
                    return Err(Error::Private { host });
                }
                let stream = self.reach(proxy, NamedBy::Operator).await?;
                if address.is_https() {
                    tunnel(stream, address).await?
                } else {
                    stream
                }
            }
            None => self.reach(address, named_by).await?,
        };
        let absolute = self.proxy.is_some() && !address.is_https();
        let stream: Box<dyn Stream> = if address.is_https() {
            let failed = |source| failed(address, source);
            let name = ServerName::try_from(address.host().to_owned())
                .map_err(|error| failed(io::Error::other(error)))?;
            Box::new(self.tls.connect(name, stream).await.map_err(failed)?)
        } else {
            Box::new(stream)
        };
        let stream = TokioIo::new(stream);
        Ok(Connected { stream, absolute })
    }

    fn may_go_anywhere(&self, named_by: NamedBy) -> bool {
        self.allow_private || named_by == NamedBy::Operator
    }

    /// A TCP connection to the first of a host's addresses that answers.
    async fn reach(&self, address: &Address, named_by: NamedBy) -> Result<TcpStream, Error> {
        let failed = |source| failed(address, source);
        let host = (address.host(), address.port());
        let found: Vec<SocketAddr> = lookup_host(host).await.map_err(failed)?.collect();
        let anywhere = self.may_go_anywhere(named_by);
        // All of them, so that a name with two faces does not get us in by the second.
        if !anywhere && found.iter().any(|one| !is_public(one.ip())) {
            let host = address.host().to_owned();
            return Err(Error::Private { host });
        }
        TcpStream::connect(found.as_slice()).await.map_err(failed)
    }
}

/// An address of a private network, or a name of this machine.
fn is_home(host: &str) -> bool {
    let name = host.trim_end_matches('.').to_ascii_lowercase();
    match name.parse::<IpAddr>() {
        Ok(address) => !is_public(address),
        Err(_) => name == "localhost" || name.ends_with(".localhost"),
    }
}

fn failed(address: &Address, source: io::Error) -> Error {
    Error::Connect {
        host: address.host().to_owned(),
        source,
    }
}

/// Asks a proxy for a way to `address`.
///
/// Spec: RFC 9110 §9.3.6.
async fn tunnel(stream: TcpStream, address: &Address) -> Result<TcpStream, Error> {
    use http_body_util::Empty;
    use hyper::{Request, body::Bytes, client::conn::http1, header::HOST};
    let http = |source| Error::Http {
        host: "the proxy".to_owned(),
        source,
    };
    let broken = |error: hyper::http::Error| failed(address, io::Error::other(error));
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(http)?;
    let driver = tokio::spawn(connection.with_upgrades());
    let target = match address.host().contains(':') {
        true => format!("[{}]:{}", address.host(), address.port()),
        false => format!("{}:{}", address.host(), address.port()),
    };
    let request = Request::connect(&target)
        .header(HOST, &target)
        .body(Empty::<Bytes>::new())
        .map_err(broken)?;
    let response = sender.send_request(request).await.map_err(http)?;
    if !response.status().is_success() {
        driver.abort();
        let status = response.status().as_u16();
        return Err(Error::Proxy { status });
    }
    let upgraded = hyper::upgrade::on(response).await.map_err(http)?;
    let parts = upgraded.downcast::<TokioIo<TcpStream>>();
    let parts = parts.map_err(|_| failed(address, io::ErrorKind::Unsupported.into()))?;
    // The other side speaks second in TLS: a proxy that is ahead of it is no tunnel.
    if parts.read_buf.is_empty() {
        Ok(parts.io.into_inner())
    } else {
        Err(failed(address, io::ErrorKind::InvalidData.into()))
    }
}
