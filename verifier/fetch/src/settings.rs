//! What an operator sets.

use std::{path::PathBuf, time::Duration};

use rustls_pki_types::CertificateDer;

/// How to get lists and answers. Each field can be changed after [`Settings::new`].
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Settings {
    /// Where lists and their indices are kept; made if it is not there.
    pub folder: PathBuf,
    /// `http://HOST:PORT` of a proxy for everything; `https` goes through it with `CONNECT`.
    pub proxy: Option<String>,
    /// For a connection to be there, TLS included: 10 s.
    pub connect_limit: Duration,
    /// For a list to be there: 5 minutes.
    pub list_limit: Duration,
    /// For an OCSP answer to be there: 5 s, while somebody waits.
    pub answer_limit: Duration,
    /// For everything that the sources of one certificate say, while somebody waits: 6 s. What comes
    /// later is kept for the next time.
    pub evidence_limit: Duration,
    /// **Relaxation.** Hosts of OCSP responders that do not send our nonce back: their answers count
    /// without it. Whoever is on the way can send one from before the certificate was revoked, for as
    /// long as it counts.
    pub allow_no_nonce_from: Vec<String>,
    /// The largest list, in bytes: 128 MiB.
    pub list_size: u64,
    /// The largest OCSP answer, in bytes: 64 KiB.
    pub answer_size: u64,
    /// How old a list may be before a newer one is looked for, while it still counts: an hour.
    pub refresh_after: Duration,
    /// Whether addresses that stand in certificates may lead to private networks and this machine. An
    /// address of your own configuration always may.
    pub allow_private_addresses: bool,
    /// Authorities for https beside those of the system, DER.
    pub tls_roots: Vec<CertificateDer<'static>>,
}

impl Settings {
    /// The defaults, with lists in `folder`.
    #[must_use]
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self {
            folder: folder.into(),
            proxy: None,
            connect_limit: Duration::from_secs(10),
            list_limit: Duration::from_secs(300),
            answer_limit: Duration::from_secs(5),
            evidence_limit: Duration::from_secs(6),
            allow_no_nonce_from: Vec::new(),
            list_size: 128 * 1024 * 1024,
            answer_size: 64 * 1024,
            refresh_after: Duration::from_secs(3600),
            allow_private_addresses: false,
            tls_roots: Vec::new(),
        }
    }
}
