//! What can go wrong on the way.

use std::{io, time::Duration};

use chop_verifier::{CrlError, OcspError};

/// Why something could not be got.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Not an `http://` or `https://` address with a host.
    #[error("{address} is not an address that can be fetched")]
    Address {
        /// What it was.
        address: String,
    },
    /// An address from a certificate that leads into a private network, or to this machine.
    #[error("{host} is in a private network")]
    Private {
        /// The host's name.
        host: String,
    },
    /// No connection, or it ended early.
    #[error("no connection to {host}")]
    Connect {
        /// The host's name.
        host: String,
        /// Why.
        source: io::Error,
    },
    /// An OCSP answer that was not made for our question: it could have been kept by somebody.
    #[error("the OCSP answer of {address} has not our nonce")]
    Nonce {
        /// The responder's address.
        address: String,
    },
    /// It took too long.
    #[error("{host} took longer than {limit:?}")]
    TooSlow {
        /// The host's name.
        host: String,
        /// What it had.
        limit: Duration,
    },
    /// More bytes than there may be.
    #[error("{host} sends more than {limit} bytes")]
    TooLarge {
        /// The host's name.
        host: String,
        /// In bytes.
        limit: u64,
    },
    /// An answer that breaks HTTP.
    #[error("{host} does not speak HTTP")]
    Http {
        /// The host's name.
        host: String,
        /// Why.
        source: hyper::Error,
    },
    /// Another status than 200.
    #[error("{host} answers with status {status}")]
    Status {
        /// The host's name.
        host: String,
        /// The status.
        status: u16,
    },
    /// A redirect to another host, from https to http, or one too many.
    #[error("{host} redirects to where we do not follow")]
    Redirect {
        /// The host's name.
        host: String,
    },
    /// The proxy does not let us through.
    #[error("the proxy answers with status {status}")]
    Proxy {
        /// Its status.
        status: u16,
    },
    /// The proxy's address cannot be used.
    #[error("the proxy's address is not http://HOST:PORT")]
    ProxyAddress,
    /// What came is no list, or nobody whom we trust signed it.
    #[error("what {address} gives is not a list that can be used")]
    List {
        /// Where it came from.
        address: String,
        /// Why.
        source: CrlError,
    },
    /// What came is no OCSP answer.
    #[error("what {address} gives is not an OCSP answer that can be used")]
    Answer {
        /// Where it came from.
        address: String,
        /// Why.
        source: OcspError,
    },
    /// It could not be got a moment ago, and is not tried again so soon.
    #[error("{address} could not be got a moment ago")]
    Recently {
        /// What was asked for.
        address: String,
    },
    /// The folder cannot be used.
    #[error("the folder for lists cannot be used")]
    Folder(#[source] io::Error),
    /// The system has no certificates to check https with.
    #[error("TLS cannot be set up")]
    Tls(#[from] rustls::Error),
    /// The system gave no random bytes.
    #[error("the system gave no random bytes")]
    Random,
}
