//! The TLS side of the listener.

use std::sync::Arc;

use rustls::{
    ServerConfig,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer},
    version::{TLS12, TLS13},
};

use crate::Error;

/// TLS 1.2 and 1.3 with ring, HTTP/2 and HTTP/1.1, and tickets, so that a browser's second
/// connection costs a fraction of its first. No early data: it could be replayed.
///
/// # Errors
/// [`Error::Certificate`] when the chain is empty or the key does not fit.
pub fn tls_config(
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
) -> Result<Arc<ServerConfig>, Error> {
    let provider = Arc::new(ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&TLS13, &TLS12])
        .and_then(|builder| builder.with_no_client_auth().with_single_cert(chain, key))
        .map_err(Error::Certificate)?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    config.ticketer = ring::Ticketer::new().map_err(Error::Certificate)?;
    Ok(Arc::new(config))
}
