//! The lists of revoked cards of the invented authorities, on a server as theirs.

use std::net::Ipv4Addr;
use std::time::SystemTime;

use anyhow::{Context as _, Result};
use chop_verifier::Certificate;
use http_body_util::Full;
use hyper::body::Bytes;
use hyper::{Response, StatusCode};

use crate::pki::{Issuer, Pki};
use crate::web::Web;

/// The running server; it ends when this is dropped.
#[derive(Debug)]
pub struct RevocationLists {
    web: Web,
}

const LISTS: [(&str, Issuer); 2] = [
    ("/companies.crl", Issuer::Companies),
    ("/citizens.crl", Issuer::Citizens),
];

impl RevocationLists {
    /// Serves the lists of `pki`, made now, with these certificates (DER) on them.
    ///
    /// # Errors
    /// When one of them is no certificate.
    pub async fn start(pki: &Pki, revoked: &[&[u8]]) -> Result<Self> {
        let serials = revoked.iter().map(|der| serial(der));
        let serials: Vec<_> = serials.collect::<Result<_>>()?;
        let serials: Vec<_> = serials.iter().map(Vec::as_slice).collect();
        let lists = LISTS.map(|(path, issuer)| {
            let list = pki.list(issuer, &serials, SystemTime::now());
            list.map(|list| (path, Bytes::from(list)))
        });
        let [companies, citizens] = lists;
        let lists = [companies?, citizens?];
        let web = Web::start((Ipv4Addr::LOCALHOST, 0).into(), None, move |request| {
            let found = lists.iter().find(|(path, _)| *path == request.uri().path());
            let mut answer = Response::new(Full::new(Bytes::new()));
            match found {
                Some((_, list)) => *answer.body_mut() = Full::new(list.clone()),
                None => *answer.status_mut() = StatusCode::NOT_FOUND,
            }
            answer
        });
        Ok(Self { web: web.await? })
    }

    /// Where they are.
    #[must_use]
    pub fn addresses(&self) -> Vec<String> {
        let address = self.web.address();
        let paths = LISTS.iter();
        paths
            .map(|(path, _)| format!("http://{address}{path}"))
            .collect()
    }
}

/// A certificate's serial number.
fn serial(der: &[u8]) -> Result<Vec<u8>> {
    let hex = Certificate::from_der(der)?.serial();
    let digits = hex.as_bytes().chunks(2);
    digits
        .map(|pair| Ok(u8::from_str_radix(std::str::from_utf8(pair)?, 16)?))
        .collect::<Result<_>>()
        .context("a serial number is hexadecimal")
}
