//! The protocol, without sockets: a request in, an answer out.

use std::time::Instant;

use chop_protocol::{Assertion, BridgeTicketRequest, Greeting, Origin};
use hyper::{HeaderMap, Request, StatusCode, body::Incoming, http::request::Parts};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use crate::{
    Consent, CoolDown, Error, Keys, ServiceSettings,
    answer::{self, Answer},
    body,
    bridge::{Page, Tickets},
    guard::{self, Asker},
    route::Route,
};

/// Where the popup page puts its ticket.
const TICKET: &str = "chop-ticket";

/// The protocol: who asks, a person's consent, a card's signature.
pub struct Service<C, K> {
    pub(crate) consent: C,
    pub(crate) keys: K,
    pub(crate) cool_down: CoolDown,
    pub(crate) settings: ServiceSettings,
    /// One window at a time.
    pub(crate) turn: Semaphore,
    page: Page,
    tickets: Tickets,
    ending: CancellationToken,
}

impl<C: Consent, K: Keys> Service<C, K> {
    /// Puts it together; nothing runs until a request comes.
    #[must_use]
    pub fn new(consent: C, keys: K, cool_down: CoolDown, settings: ServiceSettings) -> Self {
        Self {
            consent,
            keys,
            cool_down,
            turn: Semaphore::new(1),
            page: Page::new(),
            tickets: Tickets::new(settings.ticket_life),
            settings,
            ending: CancellationToken::new(),
        }
    }

    /// Ends what waits for a person or a card: each page has its answer.
    pub(crate) fn end(&self) {
        self.ending.cancel();
    }

    /// Answers a request that came in on `port`.
    pub(crate) async fn answer(&self, request: Request<Incoming>, port: u16) -> Answer {
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
                let body = body::read(body, self.settings.limits.body).await?;
                let request = BridgeTicketRequest::parse(&body, self.settings.plain)?;
                let ticket = self.tickets.issue(request.origin, Instant::now())?;
                Ok(answer::json(StatusCode::OK, &ticket))
            }
            Route::SignIn => {
                // Step 1: for whom. A ticket is spent before anything can fail.
                let site = self.site(asker, &head.headers)?;
                let body = body::read(body, self.settings.limits.body).await?;
                let assertion = self.sign_in_until_the_end(&site, &body).await;
                let assertion = assertion.inspect_err(|error| log(&site, error))?;
                Ok(answer::json(StatusCode::OK, &assertion))
            }
        }
    }

    /// The site that a sign-in is for.
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

    async fn sign_in_until_the_end(&self, site: &Origin, body: &[u8]) -> Result<Assertion, Error> {
        tokio::select! {
            biased;
            done = self.sign_in(site, body) => done,
            () = self.ending.cancelled() => Err(Error::Ending),
        }
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
        | Error::OtherCertificate => tracing::warn!(%site, error = error_chain, "no signature"),
        _ => {}
    }
}
