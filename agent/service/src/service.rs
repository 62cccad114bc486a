//! The protocol, without sockets: a request in, an answer out.

use std::time::Instant;

use chop_protocol::{
    BridgeTicketRequest, CertificatesRequest, DecryptRequest, Greeting, MAX_BODY, Origin,
    SignInRequest, SignRequest,
};
use hyper::{
    HeaderMap, Request, StatusCode,
    body::{Body as _, Bytes, Incoming},
    http::request::Parts,
};
use serde::Serialize;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio_util::sync::CancellationToken;

use crate::{
    Act, Caller, Consent, Error, Keys, Memory, Outcome, Recent, ServiceSettings,
    answer::{self, Answer},
    body,
    bridge::{Page, Tickets},
    certificates::ReadCertificates,
    decrypt::Decrypt,
    documents::SignDocuments,
    guard::{self, Asker},
    operation::Operation,
    route::{Kind, Route},
    sign_in::SignIn,
};

/// Where the popup page puts its ticket.
const TICKET: &str = "chop-ticket";

/// So many bodies of more than [`MAX_BODY`] bytes are read at once.
const LARGE_BODIES: usize = 2;

/// The protocol: who asks, a person's consent, a card's signature.
pub struct Service<C, K> {
    pub(crate) consent: C,
    pub(crate) keys: K,
    pub(crate) memory: Memory,
    pub(crate) settings: ServiceSettings,
    /// One window at a time.
    pub(crate) turn: Semaphore,
    large_bodies: Semaphore,
    page: Page,
    tickets: Tickets,
    ending: CancellationToken,
    pub(crate) recent: Recent,
}

impl<C: Consent, K: Keys> Service<C, K> {
    /// Puts it together; nothing runs until a request comes.
    #[must_use]
    pub fn new(consent: C, keys: K, memory: Memory, settings: ServiceSettings) -> Self {
        Self {
            consent,
            keys,
            memory,
            turn: Semaphore::new(1),
            large_bodies: Semaphore::new(LARGE_BODIES),
            page: Page::popup(),
            tickets: Tickets::new(settings.ticket_life),
            settings,
            ending: CancellationToken::new(),
            recent: Recent::default(),
        }
    }

    /// What was asked lately.
    #[must_use]
    pub fn recent(&self) -> &Recent {
        &self.recent
    }

    /// What is remembered of sites.
    #[must_use]
    pub fn memory(&self) -> &Memory {
        &self.memory
    }

    /// The cards.
    #[must_use]
    pub fn keys(&self) -> &K {
        &self.keys
    }

    /// Ends what waits for a person or a card: each page has its answer.
    pub(crate) fn end(&self) {
        self.ending.cancel();
    }

    /// Waits until [`Service::end`].
    pub(crate) async fn ending(&self) {
        self.ending.cancelled().await;
    }

    /// Answers a request that came in on `port`.
    pub(crate) async fn answer(&self, request: Request<Incoming>, port: u16) -> Answer {
        marked::<K>(self.unmarked(request, port).await).await
    }

    async fn unmarked(&self, request: Request<Incoming>, port: u16) -> Answer {
        let (head, body) = request.into_parts();
        let passed = match guard::check(&head, port, self.settings.plain) {
            Ok(passed) => passed,
            Err(refused) => {
                tracing::debug!(error = %refused.error, "refused");
                let answer = answer::refusal(&refused.error);
                return match refused.site {
                    Some(site) => answer::readable_by(answer, &site),
                    None => answer,
                };
            }
        };
        let answered = self.route(passed.route, &passed.asker, &head, body).await;
        let answer = answered.unwrap_or_else(|error| answer::refusal(&error));
        match &passed.asker {
            Asker::Site(site) => answer::readable_by(answer, site),
            Asker::OwnPage | Asker::Navigation => answer,
        }
    }

    async fn route(
        &self,
        route: Route,
        asker: &Asker,
        head: &Parts,
        body: Incoming,
    ) -> Result<Answer, Error> {
        match route {
            Route::Info => Ok(answer::json(StatusCode::OK, &Greeting::OURS)),
            Route::Preflight(method) => Ok(answer::preflight(method)),
            Route::Bridge => Ok(self.page.answer()),
            Route::Tickets => {
                let body = body::read(body, MAX_BODY, self.settings.limits.body).await?;
                let request = BridgeTicketRequest::parse(&body, self.settings.plain)?;
                let ticket = self.tickets.issue(request.origin, Instant::now())?;
                Ok(answer::json(StatusCode::OK, &ticket))
            }
            Route::Operation(kind) => {
                // Step 1: for whom. A ticket is spent before anything can fail.
                let site = self.site(asker, &head.headers)?;
                let body = self.body(kind, body).await?;
                let caller = Caller::Site(site.clone());
                let work = self.operate_until_the_end(kind, &site, &body);
                let answered = self.noted(&caller, kind.into(), work, |it| it.into());
                let answered = answered.await;
                answered.inspect_err(|error| log(&site, error))
            }
        }
    }

    /// Does what is asked, and has the person see later that it was: also where whoever asked goes
    /// away meanwhile, and the work is dropped.
    pub(crate) async fn noted<T>(
        &self,
        caller: &Caller,
        act: Act,
        work: impl Future<Output = T>,
        outcome: impl FnOnce(&T) -> Outcome,
    ) -> T {
        let mut noting = Noting {
            service: self,
            caller,
            act,
            came: Outcome::Left,
        };
        let done = work.await;
        noting.came = outcome(&done);
        done
    }

    /// Has the person see later that this was asked.
    pub(crate) fn note(&self, caller: &Caller, act: Act, outcome: Outcome) {
        let now = self.settings.clock.now();
        self.recent.add(caller, act, outcome, now);
    }

    async fn body(&self, kind: Kind, body: Incoming) -> Result<Bytes, Error> {
        let most = kind.largest_body();
        let _place = self.place_for(&body, most)?;
        body::read(body, most, self.settings.limits.body).await
    }

    /// Large bodies have their own queue, so that a few of them do not fill the memory.
    ///
    /// # Errors
    /// [`Error::TooManyBodies`].
    pub(crate) fn place_for(
        &self,
        body: &Incoming,
        most: usize,
    ) -> Result<Option<SemaphorePermit<'_>>, Error> {
        // One that does not say how long it is may be large.
        let small = |length| length <= MAX_BODY as u64;
        if most <= MAX_BODY || body.size_hint().upper().is_some_and(small) {
            return Ok(None);
        }
        let place = self.large_bodies.try_acquire();
        place.map(Some).map_err(|_| Error::TooManyBodies)
    }

    /// The site that an operation is for.
    fn site(&self, asker: &Asker, headers: &HeaderMap) -> Result<Origin, Error> {
        let mut tickets = headers.get_all(TICKET).iter();
        match (asker, tickets.next(), tickets.next()) {
            (Asker::Site(site), None, None) => Ok(site.clone()),
            (Asker::OwnPage, Some(ticket), None) => {
                let ticket = ticket.to_str().map_err(|_| Error::TicketRefused)?;
                self.tickets.spend(ticket, Instant::now())
            }
            _ => Err(Error::TicketRefused),
        }
    }

    async fn operate_until_the_end(
        &self,
        kind: Kind,
        site: &Origin,
        body: &[u8],
    ) -> Result<Answer, Error> {
        tokio::select! {
            biased;
            done = self.understood(kind, site, body) => done,
            () = self.ending.cancelled() => Err(Error::Ending),
        }
    }

    /// Step 2: what is asked for; then the rest.
    async fn understood(&self, kind: Kind, site: &Origin, body: &[u8]) -> Result<Answer, Error> {
        let ServiceSettings { issuers, clock, .. } = &self.settings;
        match kind {
            Kind::SignIn => {
                let request = SignInRequest::parse(body)?;
                self.done(site, &SignIn::new(site, &request, issuers)).await
            }
            Kind::Certificates => {
                let request = CertificatesRequest::parse(body)?;
                self.done(site, &ReadCertificates::new(&request, issuers))
                    .await
            }
            Kind::Sign => {
                let request = SignRequest::parse(body)?;
                self.done(site, &SignDocuments::new(&request, issuers, clock))
                    .await
            }
            Kind::Decrypt => {
                let request = DecryptRequest::parse(body)?;
                self.done(site, &Decrypt::new(&request, issuers)?).await
            }
        }
    }

    async fn done<O>(&self, site: &Origin, operation: &O) -> Result<Answer, Error>
    where
        O: Operation,
        O::Answer: Serialize,
    {
        let answer = self.operate(&site.into(), operation).await?;
        Ok(answer::json(StatusCode::OK, &answer))
    }
}

/// Has the person see what came of something when it is dropped.
struct Noting<'a, C: Consent, K: Keys> {
    service: &'a Service<C, K>,
    caller: &'a Caller,
    act: Act,
    came: Outcome,
}

impl<C: Consent, K: Keys> Drop for Noting<'_, C, K> {
    fn drop(&mut self) {
        self.service.note(self.caller, self.act, self.came);
    }
}

impl From<Kind> for Act {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::SignIn => Self::SignIn,
            Kind::Certificates => Self::Read,
            Kind::Sign => Self::Sign,
            Kind::Decrypt => Self::Decrypt,
        }
    }
}

/// The answer, which says that the cards are simulated where they are.
pub(crate) async fn marked<K: Keys>(answer: Answer) -> Answer {
    match K::SIMULATED {
        true => answer::simulated(answer).await,
        false => answer,
    }
}

/// Faults are logged here, once; what people and pages do is no fault. Never the challenge.
fn log(site: &Origin, error: &Error) {
    use chop_token::Error as Token;
    let error_chain = error as &dyn std::error::Error;
    match error {
        Error::Token(Token::CardRemoved | Token::KeyGone) => {}
        Error::Consent(_)
        | Error::WindowLate
        | Error::NoRandom
        | Error::Token(_)
        | Error::OtherCertificate => tracing::warn!(%site, error = error_chain, "not done"),
        _ => {}
    }
}
