//! A web server that answers as a test says, and counts.

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use http_body_util::{BodyExt as _, Full};
use hyper::{
    Request, Response,
    body::{Bytes, Incoming},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpListener,
    task::JoinHandle,
};
use tokio_rustls::TlsAcceptor;

/// What a path answers.
#[derive(Clone, Debug, Default)]
pub(crate) struct Page {
    pub(crate) status: Option<u16>,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Vec<u8>,
    /// How long it takes.
    pub(crate) delay: Duration,
}

impl Page {
    pub(crate) fn of(body: Vec<u8>) -> Self {
        Self {
            body,
            ..Self::default()
        }
    }

    pub(crate) fn status(status: u16) -> Self {
        Self {
            status: Some(status),
            ..Self::default()
        }
    }

    pub(crate) fn redirect(to: &str) -> Self {
        Self::status(302).with("location", to)
    }

    pub(crate) fn with(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }

    pub(crate) fn after(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }
}

/// A request as it came in.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) method: String,
    pub(crate) target: String,
    pub(crate) headers: HashMap<String, String>,
    pub(crate) body: Vec<u8>,
}

type Answer = dyn Fn(&Seen) -> Page + Send + Sync;

/// A running server; it ends when this is dropped.
pub(crate) struct Server {
    address: SocketAddr,
    scheme: &'static str,
    answer: Arc<Mutex<Arc<Answer>>>,
    seen: Arc<Mutex<Vec<Seen>>>,
    task: JoinHandle<()>,
}

impl Server {
    pub(crate) async fn start() -> Self {
        Self::start_with(None).await
    }

    pub(crate) async fn start_with(tls: Option<TlsAcceptor>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let scheme = if tls.is_some() { "https" } else { "http" };
        let answer: Arc<Answer> = Arc::new(|_| Page::status(404));
        let answer = Arc::new(Mutex::new(answer));
        let seen: Arc<Mutex<Vec<Seen>>> = Arc::default();
        let (says, notes) = (answer.clone(), seen.clone());
        let task = tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let (says, notes, tls) = (says.clone(), notes.clone(), tls.clone());
                tokio::spawn(async move {
                    match tls {
                        Some(tls) => {
                            if let Ok(stream) = tls.accept(stream).await {
                                serve(stream, says, notes).await;
                            }
                        }
                        None => serve(stream, says, notes).await,
                    }
                });
            }
        });
        Self {
            address,
            scheme,
            answer,
            seen,
            task,
        }
    }

    /// From now on every request gets this.
    pub(crate) fn says(&self, page: Page) {
        self.answers(move |_| page.clone());
    }

    pub(crate) fn answers(&self, answer: impl Fn(&Seen) -> Page + Send + Sync + 'static) {
        *self.answer.lock().unwrap() = Arc::new(answer);
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}://localhost:{}{path}", self.scheme, self.address.port())
    }

    pub(crate) fn port(&self) -> u16 {
        self.address.port()
    }

    /// The requests so far.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    /// Waits until there were so many requests.
    pub(crate) async fn was_asked(&self, times: usize) {
        for _ in 0..500 {
            if self.seen().len() >= times {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("asked {} times, not {times}", self.seen().len());
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(
    stream: impl AsyncRead + AsyncWrite + Unpin + 'static,
    says: Arc<Mutex<Arc<Answer>>>,
    notes: Arc<Mutex<Vec<Seen>>>,
) {
    let service = service_fn(move |request: Request<Incoming>| {
        let (says, notes) = (says.clone(), notes.clone());
        async move {
            let seen = read(request).await;
            notes.lock().unwrap().push(seen.clone());
            let answer = says.lock().unwrap().clone();
            let page = answer(&seen);
            tokio::time::sleep(page.delay).await;
            let mut response = Response::builder().status(page.status.unwrap_or(200));
            for (name, value) in &page.headers {
                response = response.header(*name, value);
            }
            response.body(Full::new(Bytes::from(page.body)))
        }
    });
    let _ = http1::Builder::new()
        .serve_connection(TokioIo::new(stream), service)
        .await;
}

async fn read(request: Request<Incoming>) -> Seen {
    let (parts, body) = request.into_parts();
    let headers = parts.headers.iter();
    let headers = headers.map(|(name, value)| {
        let value = value.to_str().unwrap_or_default();
        (name.as_str().to_owned(), value.to_owned())
    });
    Seen {
        method: parts.method.to_string(),
        target: parts.uri.to_string(),
        headers: headers.collect(),
        body: body.collect().await.unwrap().to_bytes().to_vec(),
    }
}
