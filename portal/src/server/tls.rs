//! What ends TLS, where no proxy does.

use std::{fs, path::Path, sync::Arc};

use rustls_pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _};
use tokio_rustls::TlsAcceptor;

use crate::{Error, settings::Tls};

/// An acceptor with the certificate and key of the settings.
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
