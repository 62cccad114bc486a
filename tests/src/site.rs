//! A public web site, as the browser sees it: https on an address that is not of this machine's
//! kind, with a login page that uses the real bridge.
//!
//! A page on 127.0.0.1 may reach loopback without asking, so a test with one proves nothing. The
//! namespace of a test has [`PUBLIC_ADDRESS`] on its loopback device, and browsers judge by address.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Result;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use http_body_util::Full;
use hyper::body::Bytes;
use hyper::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use hyper::{Request, Response, StatusCode};
use ring::rand::{SecureRandom as _, SystemRandom};
use serde_json::{Value, json};

use crate::authority::Authority;
use crate::web::Web;

/// The address of all sites; every namespace has it.
pub const PUBLIC_ADDRESS: IpAddr = IpAddr::V4(Ipv4Addr::new(93, 184, 216, 34));

/// The site that people want to sign in to.
pub const SITE: &str = "https://site.test";

/// Its name without the scheme.
pub const HOST: &str = "site.test";

/// Names that lead to [`PUBLIC_ADDRESS`] in every namespace, all served alike: the site, a
/// sub-domain of it, look-alikes, and a stranger.
pub const HOSTS: [&str; 5] = [
    HOST,
    "a.site.test",
    "site.test.evil.test",
    "evil-site.test",
    "other.test",
];

/// The running site, under all its names.
///
/// `/` is the login page; it keeps what happens in `window.login` (see `site/login.js`), for tests
/// to read. `/blank` is an empty page with a button `#go`; so has each page below `/hipki/`, which
/// are written for HiCOS and keep what comes of it in `window.result`. Either takes response headers from the
/// query, `?h={"Content-Security-Policy":"…"}`, percent-encoded: [`with_headers`] writes it.
#[derive(Debug)]
pub struct Site {
    challenges: Arc<Mutex<Vec<String>>>,
    /// Over https, and over http, which no site should offer and no agent should serve.
    _webs: [Web; 2],
}

impl Site {
    /// Serves the site on ports 443 and 80 of [`PUBLIC_ADDRESS`], with a certificate of `authority`.
    ///
    /// # Errors
    /// Outside a test's namespace, which owns that address.
    pub async fn start(authority: &Authority) -> Result<Self> {
        let challenges = Arc::new(Mutex::new(Vec::new()));
        let serve = async |port, tls| {
            let issued = Arc::clone(&challenges);
            let address = SocketAddr::new(PUBLIC_ADDRESS, port);
            Web::start(address, tls, move |request| answer(&request, &issued)).await
        };
        let https = serve(443, Some(authority.server(&HOSTS)?)).await?;
        let http = serve(80, None).await?;
        Ok(Self {
            challenges,
            _webs: [https, http],
        })
    }

    /// The challenges that pages have fetched so far, oldest first: base64 of 32 bytes each.
    pub fn challenges(&self) -> Vec<String> {
        let challenges = self.challenges.lock();
        challenges.unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// `url` with a query that makes the site answer with these headers as well.
pub fn with_headers(url: &str, headers: &[(&str, &str)]) -> String {
    let headers: serde_json::Map<_, _> = headers
        .iter()
        .map(|(name, value)| ((*name).to_owned(), Value::from(*value)))
        .collect();
    let mut query = String::new();
    for byte in Value::Object(headers).to_string().bytes() {
        if byte.is_ascii_alphanumeric() {
            query.push(byte.into());
        } else {
            query.push_str(&format!("%{byte:02X}"));
        }
    }
    format!("{url}?h={query}")
}

fn answer(request: &Request<Bytes>, challenges: &Mutex<Vec<String>>) -> Response<Full<Bytes>> {
    let path = request.uri().path();
    let mut response = match path {
        "/" => page(
            "text/html; charset=utf-8",
            include_str!("site/login.html").into(),
        ),
        "/login.js" => page("text/javascript", include_str!("site/login.js").into()),
        "/blank" => page(
            "text/html; charset=utf-8",
            include_str!("site/blank.html").into(),
        ),
        "/challenge" => challenge(challenges),
        _ => file(path).unwrap_or_else(|| status(StatusCode::NOT_FOUND)),
    };
    if add_headers(request, &mut response).is_none() {
        return status(StatusCode::BAD_REQUEST);
    }
    response
}

/// A new challenge, remembered. This is the site's part of the road, not the verifier's.
fn challenge(challenges: &Mutex<Vec<String>>) -> Response<Full<Bytes>> {
    let mut bytes = [0; 32];
    if SystemRandom::new().fill(&mut bytes).is_err() {
        return status(StatusCode::INTERNAL_SERVER_ERROR);
    }
    let text = BASE64_STANDARD.encode(bytes);
    let answer = json!({ "challenge": text }).to_string();
    challenges
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .push(text);
    page("application/json", answer.into())
}

/// A file of the built bridge, or a page written for HiCOS; read anew each time, so that the tests
/// always have the latest.
fn file(path: &str) -> Option<Response<Full<Bytes>>> {
    let (folder, kind, name) = match path.strip_prefix("/bridge/") {
        Some(name) => ("../bridge-js/dist", "text/javascript", name),
        None => {
            let name = path.strip_prefix("/hipki/")?;
            ("src/site/hipki", "text/html; charset=utf-8", name)
        }
    };
    let plain = |c: char| c.is_ascii_alphanumeric() || "-._".contains(c);
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(folder);
    let content = name.chars().all(plain).then(|| folder.join(name))?;
    Some(page(kind, std::fs::read(content).ok()?.into()))
}

/// Adds the headers that the query asks for; `None` when it cannot be understood.
fn add_headers(request: &Request<Bytes>, response: &mut Response<Full<Bytes>>) -> Option<()> {
    let Some(query) = request
        .uri()
        .query()
        .and_then(|query| query.strip_prefix("h="))
    else {
        return Some(());
    };
    let headers: serde_json::Map<String, Value> = serde_json::from_slice(&decoded(query)?).ok()?;
    for (name, value) in headers {
        let name = HeaderName::try_from(name).ok()?;
        response
            .headers_mut()
            .insert(name, HeaderValue::from_str(value.as_str()?).ok()?);
    }
    Some(())
}

/// Undoes the percent-encoding of [`with_headers`].
fn decoded(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let pair = [rest.next()?, rest.next()?];
            bytes.push(u8::from_str_radix(std::str::from_utf8(&pair).ok()?, 16).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    Some(bytes)
}

fn page(kind: &'static str, body: Bytes) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(body));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}

fn status(status: StatusCode) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::new()));
    *response.status_mut() = status;
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_in_the_query_come_back_as_headers() {
        let url = with_headers(
            "/blank",
            &[("Content-Security-Policy", "connect-src 'self'")],
        );
        let request = Request::get(url).body(Bytes::new()).unwrap();

        let response = answer(&request, &Mutex::default());

        assert_eq!(
            response.headers()["content-security-policy"],
            "connect-src 'self'"
        );
    }
}
