//! Clients: one that sends any bytes, one that speaks HTTP/1.1 and HTTP/2 as browsers do.

use std::{sync::Arc, time::Duration};

use http_body_util::{BodyExt as _, Full};
use hyper::{
    HeaderMap, Request, StatusCode,
    body::Bytes,
    client::conn::{http1, http2},
};
use hyper_util::rt::{TokioExecutor, TokioIo};
use rustls::{ClientConfig, RootCertStore, pki_types::ServerName};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};
use tokio_rustls::{TlsConnector, client::TlsStream};

use crate::scene::{Stage, sign_in_body};

/// An answer.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Reply {
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// The problem's code; empty where the answer is none.
    pub(crate) fn code(&self) -> String {
        self.json()["code"].as_str().unwrap_or_default().to_owned()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }
}

/// A service that has not answered by then never will.
const PATIENCE: Duration = Duration::from_secs(30);

/// The version of HTTP that a client offers.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Http {
    One,
    Two,
}

/// A TLS connection to the service.
pub(crate) async fn connect(stage: &Stage, http: Http) -> TlsStream<TcpStream> {
    let stream = TcpStream::connect(("127.0.0.1", stage.port)).await.unwrap();
    // As browsers do; else headers and body of one HTTP/2 request are 40 ms apart.
    stream.set_nodelay(true).unwrap();
    secure(stage, stream, http).await.unwrap()
}

pub(crate) async fn secure(
    stage: &Stage,
    stream: TcpStream,
    http: Http,
) -> std::io::Result<TlsStream<TcpStream>> {
    let mut roots = RootCertStore::empty();
    roots.add(stage.certificate.clone()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = match http {
        Http::One => vec![b"http/1.1".to_vec()],
        Http::Two => vec![b"h2".to_vec()],
    };
    let name = ServerName::try_from("localhost").unwrap();
    TlsConnector::from(Arc::new(config))
        .connect(name, stream)
        .await
}

/// Sends these bytes and reads one answer. `PORT` in them is the service's.
pub(crate) async fn raw(stage: &Stage, request: &str) -> Reply {
    let mut stream = connect(stage, Http::One).await;
    stream
        .write_all(request.replace("PORT", &stage.port.to_string()).as_bytes())
        .await
        .unwrap();
    read(&mut stream).await.expect("an answer")
}

/// Reads one HTTP/1.1 answer; `None` when the connection ends before.
pub(crate) async fn read(stream: &mut TlsStream<TcpStream>) -> Option<Reply> {
    let mut text = Vec::new();
    loop {
        if let Some(reply) = parse(&text) {
            return Some(reply);
        }
        if stream.read_buf(&mut text).await.ok()? == 0 {
            return None;
        }
    }
}

pub(crate) fn parse(text: &[u8]) -> Option<Reply> {
    let end = text.windows(4).position(|part| part == b"\r\n\r\n")?;
    let mut lines = str::from_utf8(&text[..end]).unwrap().split("\r\n");
    let status = lines
        .next()
        .unwrap()
        .split(' ')
        .nth(1)
        .unwrap()
        .parse()
        .unwrap();
    let mut headers = HeaderMap::new();
    for line in lines {
        let (name, value) = line.split_once(": ").unwrap();
        headers.append(
            name.parse::<hyper::header::HeaderName>().unwrap(),
            value.parse().unwrap(),
        );
    }
    let length = headers
        .get("content-length")
        .map_or(0, |it| it.to_str().unwrap().parse().unwrap());
    let body = text.get(end + 4..end + 4 + length)?;
    Some(Reply {
        status,
        headers,
        body: Bytes::copy_from_slice(body),
    })
}

/// A page, as a browser lets it ask.
pub(crate) struct Page<'a> {
    stage: &'a Stage,
    http: Http,
    host: String,
    headers: Vec<(String, String)>,
}

impl<'a> Page<'a> {
    pub(crate) fn new(stage: &'a Stage, origin: &str) -> Self {
        let headers = [
            ("origin", origin),
            ("content-type", "application/json"),
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-mode", "cors"),
            ("sec-fetch-dest", "empty"),
        ];
        let headers = headers
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .to_vec();
        let host = format!("localhost:{}", stage.port);
        Self {
            stage,
            http: Http::One,
            host,
            headers,
        }
    }

    /// The agent's own popup page.
    pub(crate) fn own(stage: &'a Stage) -> Self {
        Self::new(stage, &format!("https://localhost:{}", stage.port))
            .with("sec-fetch-site", "same-origin")
    }

    pub(crate) fn over(mut self, http: Http) -> Self {
        self.http = http;
        self
    }

    /// Calls the service by another name.
    pub(crate) fn named(mut self, host: &str) -> Self {
        host.clone_into(&mut self.host);
        self
    }

    /// Replaces a header.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self = self.without(name);
        self.and(name, value)
    }

    /// Adds a header, also a second one of the name.
    pub(crate) fn and(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(known, _)| known != name);
        self
    }

    pub(crate) async fn sign_in(&self) -> Reply {
        self.post("/v1/sign-in", &sign_in_body()).await
    }

    pub(crate) async fn post(&self, path: &str, body: &str) -> Reply {
        self.ask("POST", path, body).await
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        self.ask("GET", path, "").await
    }

    /// One request on a connection of its own.
    pub(crate) async fn ask(&self, method: &str, path: &str, body: &str) -> Reply {
        self.line().await.ask(self, method, path, body).await
    }

    /// A connection for several requests.
    pub(crate) async fn line(&self) -> Line {
        let stream = TokioIo::new(connect(self.stage, self.http).await);
        match self.http {
            Http::One => {
                let (sender, connection) = http1::handshake(stream).await.unwrap();
                Line {
                    sender: Sender::One(sender),
                    task: tokio::spawn(async { _ = connection.await }),
                }
            }
            Http::Two => {
                let (sender, connection) = http2::handshake(TokioExecutor::new(), stream)
                    .await
                    .unwrap();
                Line {
                    sender: Sender::Two(sender),
                    task: tokio::spawn(async { _ = connection.await }),
                }
            }
        }
    }

    fn request(&self, method: &str, path: &str, body: &str) -> Request<Full<Bytes>> {
        let host = &self.host;
        let mut request = match self.http {
            Http::One => Request::builder().uri(path).header("host", host),
            Http::Two => Request::builder().uri(format!("https://{host}{path}")),
        };
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        request
            .method(method)
            .body(Full::new(Bytes::copy_from_slice(body.as_bytes())))
            .unwrap()
    }
}

/// A connection; dropping it closes it.
pub(crate) struct Line {
    sender: Sender,
    task: tokio::task::JoinHandle<()>,
}

enum Sender {
    One(http1::SendRequest<Full<Bytes>>),
    Two(http2::SendRequest<Full<Bytes>>),
}

impl Line {
    pub(crate) async fn ask(
        &mut self,
        page: &Page<'_>,
        method: &str,
        path: &str,
        body: &str,
    ) -> Reply {
        let request = page.request(method, path, body);
        let answer = async {
            match &mut self.sender {
                Sender::One(sender) => sender.send_request(request).await,
                Sender::Two(sender) => sender.send_request(request).await,
            }
        };
        let answer = timeout(PATIENCE, answer).await.expect("an answer");
        let (head, body) = answer.unwrap().into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        Reply {
            status: head.status,
            headers: head.headers,
            body,
        }
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.task.abort();
    }
}
