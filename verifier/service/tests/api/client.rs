//! A caller.

use http_body_util::{BodyExt as _, Full};
use hyper::{Request, body::Bytes, client::conn::http1};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpStream, UnixStream},
};

/// An answer.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) kind: String,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap()
    }

    pub(crate) fn code(&self) -> String {
        self.json()["code"].as_str().unwrap_or("ok").to_owned()
    }
}

/// A stream of any kind.
pub(crate) trait Stream: AsyncRead + AsyncWrite + Send + Unpin + 'static {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin + 'static> Stream for T {}

/// A connection that is kept.
pub(crate) struct Connection(http1::SendRequest<Full<Bytes>>);

impl Connection {
    /// To `ADDRESS:PORT` or `unix:/path`.
    pub(crate) async fn to(address: &str) -> Self {
        match address.strip_prefix("unix:") {
            Some(path) => Self::over(UnixStream::connect(path).await.unwrap()).await,
            None => {
                let stream = TcpStream::connect(address).await.unwrap();
                stream.set_nodelay(true).unwrap();
                Self::over(stream).await
            }
        }
    }

    pub(crate) async fn over(stream: impl Stream) -> Self {
        let (sender, connection) = http1::handshake(TokioIo::new(stream)).await.unwrap();
        tokio::spawn(connection);
        Self(sender)
    }

    pub(crate) async fn post(&mut self, path: &str, body: &Value) -> Answer {
        let body = body.to_string();
        let request = Request::post(path).header("content-type", "application/json");
        self.send(request.body(Full::from(body)).unwrap()).await
    }

    pub(crate) async fn get(&mut self, path: &str) -> Answer {
        self.send(Request::get(path).body(Full::default()).unwrap())
            .await
    }

    pub(crate) async fn send(&mut self, mut request: Request<Full<Bytes>>) -> Answer {
        let host = "localhost".parse().unwrap();
        request.headers_mut().insert("host", host);
        self.0.ready().await.unwrap();
        let response = self.0.send_request(request).await.unwrap();
        let status = response.status().as_u16();
        let kind = response.headers().get("content-type");
        let kind = kind.map(|kind| kind.to_str().unwrap().to_owned());
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        Answer {
            status,
            kind: kind.unwrap_or_default(),
            text: String::from_utf8(bytes.to_vec()).unwrap(),
        }
    }
}
