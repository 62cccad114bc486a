//! One request and its answer, within limits.

use std::{sync::Arc, time::Duration};

use http_body_util::{BodyExt as _, Full};
use hyper::{
    Method, Request, Response,
    body::{Bytes, Incoming},
    client::conn::http1,
    header::{self, HeaderMap},
};

use crate::{
    Error, Settings,
    address::{Address, NamedBy},
    connect::Connector,
};

/// Redirects that are followed.
const MOST_REDIRECTS: usize = 3;

/// Asks.
pub(crate) struct Client {
    connector: Connector,
    connect_limit: Duration,
}

/// What is asked for.
#[derive(Clone, Debug)]
pub(crate) struct Question<'a> {
    pub(crate) address: Address,
    pub(crate) named_by: NamedBy,
    /// A body and its type; then it is a POST.
    pub(crate) body: Option<(&'static str, Bytes)>,
    /// What was sent with the copy that we have.
    pub(crate) validators: Option<&'a Validators>,
    pub(crate) size: u64,
    pub(crate) limit: Duration,
}

/// By which a server tells whether a copy is still the newest.
#[derive(Clone, Debug, Default, Eq, PartialEq, serde::Deserialize, serde::Serialize)]
pub(crate) struct Validators {
    etag: Option<String>,
    last_modified: Option<String>,
}

/// An answer.
#[derive(Debug)]
pub(crate) enum Reply {
    Body(Vec<u8>, Validators),
    /// The copy that we have is the newest.
    Unchanged,
}

impl Client {
    pub(crate) fn new(settings: &Settings) -> Result<Self, Error> {
        Ok(Self {
            connector: Connector::new(settings)?,
            connect_limit: settings.connect_limit,
        })
    }

    /// Asks, follows redirects, reads the answer to its end.
    pub(crate) async fn ask(self: &Arc<Self>, question: Question<'_>) -> Result<Reply, Error> {
        let (host, limit) = (question.address.host().to_owned(), question.limit);
        match tokio::time::timeout(limit, self.follow(question)).await {
            Ok(reply) => reply,
            Err(_) => Err(Error::TooSlow { host, limit }),
        }
    }

    async fn follow(&self, mut question: Question<'_>) -> Result<Reply, Error> {
        for _ in 0..=MOST_REDIRECTS {
            let (response, _driver) = self.send(&question).await?;
            let host = question.address.host().to_owned();
            match response.status().as_u16() {
                200 => return read(response, question.size, host).await,
                304 if question.validators.is_some() => return Ok(Reply::Unchanged),
                301 | 302 | 303 | 307 | 308 if question.body.is_none() => {
                    let location = text(response.headers(), &header::LOCATION);
                    let next = location.and_then(|to| question.address.redirected(&to));
                    question.address = next.ok_or(Error::Redirect { host })?;
                }
                status => return Err(Error::Status { host, status }),
            }
        }
        let host = question.address.host().to_owned();
        Err(Error::Redirect { host })
    }

    async fn send(&self, question: &Question<'_>) -> Result<(Response<Incoming>, Driver), Error> {
        let address = &question.address;
        let http = |source| Error::Http {
            host: address.host().to_owned(),
            source,
        };
        let connecting = self.connector.connect(address, question.named_by);
        let connected = tokio::time::timeout(self.connect_limit, connecting).await;
        let connected = connected.map_err(|_| Error::TooSlow {
            host: address.host().to_owned(),
            limit: self.connect_limit,
        })??;
        let (mut sender, connection) = http1::handshake(connected.stream).await.map_err(http)?;
        let driver = Driver(tokio::spawn(async move {
            // How it ends, whoever asks learns from the answer.
            let _ = connection.await;
        }));
        let request = request(question, connected.absolute).map_err(|_| Error::Address {
            address: address.as_str().to_owned(),
        })?;
        let response = sender.send_request(request).await.map_err(http)?;
        Ok((response, driver))
    }
}

/// The task that moves the bytes; it ends with whoever asked.
struct Driver(tokio::task::JoinHandle<()>);

impl Drop for Driver {
    fn drop(&mut self) {
        self.0.abort();
    }
}

fn request(
    question: &Question<'_>,
    absolute: bool,
) -> Result<Request<Full<Bytes>>, hyper::http::Error> {
    let address = &question.address;
    let target = if absolute {
        address.as_str().to_owned()
    } else {
        address.path()
    };
    let mut request = Request::builder()
        .uri(target)
        .header(header::HOST, address.authority())
        .header(header::USER_AGENT, "chop-fetch")
        .header(header::CONNECTION, "close");
    if let Some(known) = question.validators {
        for (name, value) in [
            (header::IF_NONE_MATCH, &known.etag),
            (header::IF_MODIFIED_SINCE, &known.last_modified),
        ] {
            if let Some(value) = value {
                request = request.header(name, value);
            }
        }
    }
    match &question.body {
        Some((kind, body)) => request
            .method(Method::POST)
            .header(header::CONTENT_TYPE, *kind)
            .body(Full::new(body.clone())),
        None => request.method(Method::GET).body(Full::default()),
    }
}

async fn read(response: Response<Incoming>, limit: u64, host: String) -> Result<Reply, Error> {
    let validators = Validators {
        etag: text(response.headers(), &header::ETAG),
        last_modified: text(response.headers(), &header::LAST_MODIFIED),
    };
    let mut body = response.into_body();
    let mut bytes = Vec::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|source| Error::Http {
            host: host.clone(),
            source,
        })?;
        if let Some(data) = frame.data_ref() {
            if (bytes.len() + data.len()) as u64 > limit {
                return Err(Error::TooLarge { host, limit });
            }
            bytes.extend_from_slice(data);
        }
    }
    Ok(Reply::Body(bytes, validators))
}

fn text(headers: &HeaderMap, name: &header::HeaderName) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}
