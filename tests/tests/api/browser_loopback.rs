//! A stand-in for the agent: a program on loopback that answers everything and keeps what it saw.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};

use e2e::authority::Authority;
use e2e::web::Web;
use http_body_util::Full;
use hyper::body::Bytes;
use hyper::{Request, Response};

/// A request as it came in.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) path: String,
    pub(crate) host: String,
    pub(crate) origin: Option<String>,
    pub(crate) mode: Option<String>,
}

/// The program, on https at a free port of 127.0.0.1.
pub(crate) struct Loopback {
    web: Web,
    seen: Arc<Mutex<Vec<Seen>>>,
}

/// A page for popups: it greets its opener, then sends back whatever comes with the origin it saw.
const POPUP: &str = "<!doctype html><title>agent</title><script>
    addEventListener('message', (event) =>
      event.source.postMessage({ echo: event.data, origin: event.origin }, event.origin));
    opener?.postMessage('ready', '*');
</script>the agent's page";

impl Loopback {
    pub(crate) async fn start(authority: &Authority) -> Self {
        let tls = authority.server(&["localhost", "127.0.0.1"]).unwrap();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&seen);
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let web = Web::start(address, Some(tls), move |request| answer(&request, &log)).await;
        let web = web.unwrap();
        Self { web, seen }
    }

    pub(crate) fn host(&self) -> String {
        format!("localhost:{}", self.web.address().port())
    }

    /// An expression for the page: what a fetch of `path` gives, or `failed`.
    pub(crate) fn fetch(&self, path: &str) -> String {
        format!(
            "fetch('https://{}{path}').then((answer) => answer.text(), () => 'failed')",
            self.host()
        )
    }

    /// The requests for `path`, in order.
    pub(crate) fn seen(&self, path: &str) -> Vec<Seen> {
        let seen = self.seen.lock().unwrap();
        seen.iter()
            .filter(|request| request.path == path)
            .cloned()
            .collect()
    }
}

fn answer(request: &Request<Bytes>, log: &Mutex<Vec<Seen>>) -> Response<Full<Bytes>> {
    let header = |name| {
        request
            .headers()
            .get(name)?
            .to_str()
            .ok()
            .map(str::to_owned)
    };
    // HTTP/2 has the host in the address, HTTP/1.1 in a header.
    let authority = request.uri().authority().map(ToString::to_string);
    let origin = header("origin");
    log.lock().unwrap().push(Seen {
        path: request.uri().path().to_owned(),
        host: authority.or_else(|| header("host")).unwrap_or_default(),
        origin: origin.clone(),
        mode: header("sec-fetch-mode"),
    });
    let (kind, body) = match request.uri().path() {
        "/popup" => ("text/html", POPUP),
        _ => ("text/plain", "the agent"),
    };
    let mut response = Response::builder().header("content-type", kind);
    if let Some(origin) = origin {
        response = response.header("access-control-allow-origin", origin);
    }
    response
        .body(Full::new(Bytes::from_static(body.as_bytes())))
        .unwrap()
}
