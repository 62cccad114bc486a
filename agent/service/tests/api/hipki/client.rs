//! Who calls the room: a page through the popup, a page by itself, a program.

use http_body_util::{BodyExt as _, Full};
use hyper::{Request, body::Bytes, client::conn::http1};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpStream;

use crate::{client::Reply, scene::Stage};

/// A caller, by the headers that come with what it asks.
pub(super) struct Client<'a> {
    stage: &'a Stage,
    host: String,
    headers: Vec<(&'static str, String)>,
}

pub(super) const SITE: &str = "https://bank.example";

impl<'a> Client<'a> {
    /// A program: it sends what it must.
    pub(super) fn program(stage: &'a Stage) -> Self {
        Self {
            stage,
            host: format!("localhost:{}", stage.hipki),
            headers: Vec::new(),
        }
    }

    /// A page that asks by itself.
    pub(super) fn page(stage: &'a Stage, origin: &str) -> Self {
        Self::program(stage)
            .with("origin", origin)
            .with("sec-fetch-site", "cross-site")
            .with("sec-fetch-mode", "cors")
    }

    /// Our own page.
    pub(super) fn own(stage: &'a Stage) -> Self {
        Self::program(stage)
            .with("origin", &format!("http://localhost:{}", stage.hipki))
            .with("sec-fetch-site", "same-origin")
    }

    pub(super) fn with(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }

    pub(super) fn named(mut self, host: &str) -> Self {
        host.clone_into(&mut self.host);
        self
    }

    pub(super) async fn ask(&self, method: &str, path: &str, body: &[u8]) -> Reply {
        let stream = TcpStream::connect(("127.0.0.1", self.stage.hipki)).await;
        let stream = TokioIo::new(stream.unwrap());
        let (mut sender, connection) = http1::handshake(stream).await.unwrap();
        let task = tokio::spawn(async { _ = connection.await });
        let mut request = Request::builder().method(method).uri(path);
        request = request.header("host", &self.host);
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        let body = Full::new(Bytes::copy_from_slice(body));
        let answer = sender.send_request(request.body(body).unwrap()).await;
        let (head, body) = answer.unwrap().into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        task.abort();
        Reply {
            status: head.status,
            headers: head.headers,
            body,
        }
    }

    pub(super) async fn get(&self, path: &str) -> Reply {
        self.ask("GET", path, b"").await
    }

    /// A package, as the pages of old send it.
    pub(super) async fn post(&self, path: &str, package: &Value) -> Value {
        let body = format!("tbsPackage={package}");
        self.ask("POST", path, body.as_bytes()).await.json()
    }
}

/// What the popup does for a page of this origin.
pub(super) async fn popup(stage: &Stage, origin: &str, package: &Value) -> Value {
    popup_text(stage, origin, &package.to_string()).await
}

/// The same with any text.
pub(super) async fn popup_text(stage: &Stage, origin: &str, text: &str) -> Value {
    let reply = through(stage, origin, "/chop/popup", text).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    reply.json()
}

/// One of our pages asks for a site.
pub(super) async fn through(stage: &Stage, origin: &str, path: &str, text: &str) -> Reply {
    let ticket = ticket(stage, origin).await;
    let own = Client::own(stage).with("chop-ticket", &ticket);
    own.ask("POST", path, text.as_bytes()).await
}

/// A ticket for a site.
pub(super) async fn ticket(stage: &Stage, origin: &str) -> String {
    let body = serde_json::json!({ "origin": origin }).to_string();
    let own = Client::own(stage).with("content-type", "application/json");
    let reply = own.ask("POST", "/chop/ticket", body.as_bytes()).await;
    let ticket = &reply.json()["ticket"];
    ticket
        .as_str()
        .unwrap_or_else(|| panic!("{reply:?}"))
        .to_owned()
}
