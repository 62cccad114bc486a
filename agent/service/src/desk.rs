//! The desk: pages for the person alone (self-test, settings, what was asked lately), which no site
//! reaches.
//!
//! It has a port of its own that is open only while the person looks at it, and that nobody finds
//! the way to but by a link that is good once. What stands on the pages is the business of a
//! [`DeskPages`]; who may see them is decided here.
//!
//! Spec: docs/protocol.md, "The desk"; docs/threat-model.md, C-36.

mod fields;
mod guard;
mod visits;

use std::{
    future::Future,
    io,
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use hyper::{
    Request, StatusCode,
    body::{Bytes, Incoming},
    header::{
        CONTENT_SECURITY_POLICY, HeaderName, HeaderValue, LOCATION, REFERRER_POLICY, SET_COOKIE,
    },
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use tokio::{
    net::{TcpListener, TcpStream},
    time::{Instant, sleep_until},
};
use tokio_util::sync::CancellationToken;

use crate::{
    Error, Limits, Peer,
    answer::{self, Answer},
    body,
    bridge::Page,
    crowd::Crowd,
    server::{
        Door, accept_one,
        connection::{Gone, HEADER_BUFFER, keep},
        heard::Heard,
    },
};
pub use fields::DeskFields;
use guard::Asked;
use visits::{Key, Visits};

/// The largest form, in bytes.
const LARGEST: usize = 4096;
/// Connections at once: a browser makes six.
const CONNECTIONS: usize = 16;

/// What may be loaded, sent and embedded: our own files, our own forms, nothing.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; form-action 'self'; \
     frame-ancestors 'none'; base-uri 'none'",
);

/// What stands on the desk.
pub trait DeskPages: Send + Sync + 'static {
    /// What an action leaves to be said on the next page.
    type Notice: Send + 'static;

    /// The page of this name, whole, in HTML; `None` if there is none.
    fn show(
        &self,
        page: &str,
        notice: Option<Self::Notice>,
    ) -> impl Future<Output = Option<String>> + Send;

    /// Does what a form of a page asks for; `None` if there is no such form, or its fields make no
    /// sense. Dropped when the person closes the page meanwhile.
    fn act(
        &self,
        action: &str,
        fields: &DeskFields,
    ) -> impl Future<Output = Option<Next<Self::Notice>>> + Send;

    /// A file that pages use: its type and its content.
    fn file(&self, name: &str) -> Option<(&'static str, &'static [u8])>;
}

/// Where the person goes after an action.
#[derive(Debug)]
pub struct Next<N> {
    /// The page.
    pub page: &'static str,
    /// What is said there.
    pub notice: Option<N>,
}

/// How long links and visits are good.
#[derive(Clone, Copy, Debug)]
pub struct DeskTimes {
    /// A link that nobody has followed.
    pub link: Duration,
    /// A visit in which nothing is asked.
    pub visit: Duration,
}

impl Default for DeskTimes {
    fn default() -> Self {
        Self {
            link: Duration::from_secs(60),
            visit: Duration::from_secs(30 * 60),
        }
    }
}

/// The desk. Cheap to clone; clones are the same.
pub struct Desk<P: DeskPages> {
    shared: Arc<Shared<P>>,
}

struct Shared<P: DeskPages> {
    pages: P,
    limits: Limits,
    ended: Page,
    crowd: Crowd,
    state: Mutex<State<P::Notice>>,
    ending: CancellationToken,
}

struct State<N> {
    /// The port that is open now.
    port: Option<u16>,
    visits: Visits<N>,
}

impl<P: DeskPages> Clone for Desk<P> {
    fn clone(&self) -> Self {
        Self {
            shared: Arc::clone(&self.shared),
        }
    }
}

impl<P: DeskPages> Desk<P> {
    /// A desk on which nothing is open yet. It ends with `ending`.
    #[must_use]
    pub fn new(pages: P, times: DeskTimes, limits: Limits, ending: CancellationToken) -> Self {
        let state = State {
            port: None,
            visits: Visits::new(times),
        };
        Self {
            shared: Arc::new(Shared {
                pages,
                limits,
                ended: Page::new(include_str!("desk/ended.html"), STYLE, ""),
                crowd: Crowd::new(CONNECTIONS),
                state: Mutex::new(state),
                ending,
            }),
        }
    }

    /// A link to this page for the person's browser: good once, and for a minute. Opens the port if
    /// it is not open. Needs a tokio runtime.
    ///
    /// # Errors
    /// The system's, when there is no port or no randomness.
    pub fn link(&self, page: &'static str) -> io::Result<String> {
        let mut state = self.shared.state();
        let port = match state.port {
            Some(port) => port,
            None => {
                let any = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
                let listener = std::net::TcpListener::bind(any)?;
                listener.set_nonblocking(true)?;
                let listener = TcpListener::from_std(listener)?;
                let port = listener.local_addr()?.port();
                state.port = Some(port);
                tokio::spawn(self.clone().serve(listener));
                port
            }
        };
        let link = state.visits.invite(page, Instant::now());
        let link = link.map_err(|error| io::Error::other(error.to_string()))?;
        Ok(format!("http://127.0.0.1:{port}/open/{link}"))
    }

    /// Serves until nobody can come any more.
    async fn serve(self, listener: TcpListener) {
        loop {
            let Some(until) = self.shared.close_unless_open(Instant::now()) else {
                return;
            };
            tokio::select! {
                () = self.shared.ending.cancelled() => return,
                () = sleep_until(until) => {}
                accepted = accept_one(Door::Native, &listener) => {
                    // One that failed is gone; there is nobody to answer.
                    let Ok((stream, arrival)) = accepted else { continue };
                    if arrival.peer == Peer::Ours {
                        let desk = self.clone();
                        tokio::spawn(async move { desk.converse(stream, arrival.port).await });
                    }
                }
            }
        }
    }

    async fn converse(&self, stream: TcpStream, port: u16) {
        let Shared {
            crowd,
            limits,
            ending,
            ..
        } = &*self.shared;
        let Some(seat) = crowd.seat() else { return };
        let line = &seat.line;
        let stream = Heard::new(stream, Arc::clone(line));
        let watched = stream.clone();
        let mut protocol = http1::Builder::new();
        protocol.max_buf_size(HEADER_BUFFER as usize);
        let answers = service_fn(|request| {
            let (desk, line) = (self.clone(), Arc::clone(line));
            async move {
                let Some(_running) = line.begin() else {
                    return Err(Gone);
                };
                Ok(desk.answer(request, port).await)
            }
        });
        let connection = protocol.serve_connection(TokioIo::new(stream), answers);
        let kept = keep(connection, line, *limits, ending, |cx| {
            watched.poll_gone(cx)
        });
        tokio::select! {
            biased;
            () = line.leaving() => {}
            () = kept => {}
        }
    }

    async fn answer(&self, request: Request<Incoming>, port: u16) -> Answer {
        let (head, body) = request.into_parts();
        let answered = match guard::check(&head, port) {
            Ok(asked) => self.route(asked, body).await,
            Err(error) => Err(error),
        };
        answered.unwrap_or_else(|error| {
            tracing::debug!(%error, "refused");
            match error {
                // The person reads it: a link twice, a page of yesterday, a cookie that is gone.
                Error::TicketRefused => {
                    let mut answer = self.shared.ended.answer();
                    *answer.status_mut() = StatusCode::FORBIDDEN;
                    answer
                }
                error => answer::refusal(&error),
            }
        })
    }

    async fn route(&self, asked: Asked<'_>, body: Incoming) -> Result<Answer, Error> {
        let shared = &self.shared;
        match asked {
            Asked::Open { link } => {
                let (visit, page) = shared.state().visits.enter(link, Instant::now())?;
                let Key { room, secret } = &visit;
                let mut answer = redirect(room, page)?;
                // Its path is one that no other program on this address is asked for.
                let age = shared.state().visits.times().visit.as_secs();
                let cookie = format!(
                    "chop={secret}; Path=/{room}/; Max-Age={age}; HttpOnly; SameSite=Strict"
                );
                let cookie = HeaderValue::try_from(cookie).map_err(|_| Error::NoRandom)?;
                answer.headers_mut().insert(SET_COOKIE, cookie);
                Ok(answer)
            }
            Asked::Page { key, name } => {
                let notice = shared.state().visits.come_back(&key, Instant::now())?;
                let html = shared.pages.show(name, notice).await;
                html.map(page).ok_or(Error::NotFound)
            }
            Asked::File { key, name } => {
                shared.state().visits.check(&key, Instant::now())?;
                let (kind, content) = shared.pages.file(name).ok_or(Error::NotFound)?;
                Ok(answer::content(StatusCode::OK, kind, content))
            }
            Asked::Form { key, name } => {
                shared.state().visits.check(&key, Instant::now())?;
                let body = body::read(body, LARGEST, shared.limits.body).await?;
                let fields = DeskFields::parse(&body);
                let next = tokio::select! {
                    next = shared.pages.act(name, &fields) => next.ok_or(Error::NotFound)?,
                    () = shared.ending.cancelled() => return Err(Error::Ending),
                };
                shared.state().visits.say(&key, next.notice, Instant::now());
                redirect(&key.room, next.page)
            }
        }
    }
}

impl<P: DeskPages> Shared<P> {
    fn state(&self) -> MutexGuard<'_, State<P::Notice>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Until when the port has to stay open; `None` when it may go, and is taken for gone.
    fn close_unless_open(&self, now: Instant) -> Option<Instant> {
        let mut state = self.state();
        let until = state.visits.open_until(now);
        if until.is_none() {
            state.port = None;
        }
        until
    }
}

const STYLE: &str = include_str!("bridge/page.css");

/// See other: a reload asks for the page, and does nothing twice.
fn redirect(room: &str, page: &str) -> Result<Answer, Error> {
    let mut answer = answer::content(StatusCode::SEE_OTHER, "text/plain", Bytes::new());
    let place = HeaderValue::try_from(format!("/{room}/{page}")).map_err(|_| Error::NotFound)?;
    answer.headers_mut().insert(LOCATION, place);
    Ok(secured(answer))
}

fn page(html: String) -> Answer {
    secured(answer::content(
        StatusCode::OK,
        "text/html; charset=utf-8",
        html,
    ))
}

fn secured(mut answer: Answer) -> Answer {
    let headers = answer.headers_mut();
    headers.insert(CONTENT_SECURITY_POLICY, POLICY);
    for (name, value) in [
        ("x-frame-options", "DENY"),
        // Whoever has opened the page has no hold on its window.
        ("cross-origin-opener-policy", "same-origin"),
    ] {
        headers.insert(
            HeaderName::from_static(name),
            HeaderValue::from_static(value),
        );
    }
    // Under `no-referrer` a form would say that its origin is `null`.
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    answer
}
