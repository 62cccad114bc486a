//! The room for pages that were written for the HiCOS component: they call it as they always did,
//! and are asked after as they never were.
//!
//! It has listeners of its own (plain http, because that is what those pages call), and takes the
//! same road through consent and cards as the native protocol. A grant never carries over between
//! the two.
//!
//! Spec: docs/hicos.md; docs/architecture.md, D7.

mod access;
mod chosen;
mod code;
mod decrypt;
mod fields;
mod guard;
mod image;
mod info;
pub(crate) mod package;
mod pages;
mod programs;
mod question;
mod reply;
mod route;
mod run;
mod settings;
mod shown;
mod sign;

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use chop_protocol::{BridgeTicketRequest, MAX_BODY, Origin, Plain};
use hyper::{
    Method, Request, StatusCode,
    body::Incoming,
    header::{ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue},
    http::request::Parts,
};
use serde_json::Value;
use tokio::time::timeout;
use zeroize::Zeroizing;

use crate::{
    Act, Caller, Consent, Error, Keys, Outcome, Scope, Service,
    answer::{self, Answer},
    body,
    bridge::Tickets,
    memory::Standing,
    server::Ends,
    service::marked,
};
use access::Refusal;
use code::Major;
use fields::Fields;
use guard::Asker;
use info::Info;
use package::NotAPackage;
use question::Questions;
use route::{Function, Route};
use shown::Shown;

#[cfg(any(fuzzing, test))]
pub(crate) use Room as HipkiRoom;
pub use settings::{HipkiSettings, PinFrom, Unknown};

/// The largest body: a package of 16 MiB, percent-encoded here and there.
const LARGEST: usize = 24 * 1024 * 1024;
/// How long a request waits for cards to be known that have just been plugged in.
const SETTLING: Duration = Duration::from_secs(5);
/// And how long the image does, for which pages have less patience.
const AT_ONCE: Duration = Duration::from_secs(1);
/// Where our pages put their ticket.
const TICKET: &str = "chop-ticket";

/// The room.
pub(crate) struct Room<C, K> {
    service: Arc<Service<C, K>>,
    settings: HipkiSettings,
    tickets: Tickets,
    pages: pages::Pages,
    questions: Arc<Questions<C, K>>,
    shown: Mutex<Shown>,
}

impl<C: Consent, K: Keys> Room<C, K> {
    pub(crate) fn new(service: Arc<Service<C, K>>, settings: HipkiSettings) -> Self {
        Self {
            tickets: Tickets::new(service.settings.ticket_life),
            pages: pages::Pages::new(&settings.version),
            questions: Arc::new(Questions::new(Arc::clone(&service))),
            service,
            settings,
            shown: Mutex::default(),
        }
    }

    /// Answers a request that came in on `port`.
    pub(crate) async fn answer(
        &self,
        request: Request<Incoming>,
        port: u16,
        ends: Option<Ends>,
    ) -> Answer {
        let (head, body) = request.into_parts();
        let posted = head.method == Method::POST;
        let answer = match guard::check(&head, port) {
            Ok(asker) => {
                let answered = self.route(&head, body, asker, ends).await;
                answered.unwrap_or_else(|error| answer::refusal(&error))
            }
            Err(error) => {
                tracing::debug!(%error, "refused");
                answer::refusal(&error)
            }
        };
        let answer = marked::<K>(answer).await;
        match posted {
            // There may be a PIN in what the connection has read: it goes with the connection.
            true => answer::last(answer),
            false => answer,
        }
    }

    async fn route(
        &self,
        head: &Parts,
        body: Incoming,
        asker: Asker,
        ends: Option<Ends>,
    ) -> Result<Answer, Error> {
        let route = route::find(&head.method, head.uri.path());
        if let Some(page) = self.pages.answer(route) {
            return Ok(page);
        }
        Ok(match route {
            Route::Image => self.image(&asker).await,
            Route::Ticket => return self.ticket(&asker, body).await,
            Route::FromPopup => {
                let caller = Caller::Site(self.spend(&asker, head)?);
                let body = self.body(body).await?;
                let text = str::from_utf8(&body).unwrap_or_default();
                reply::json(&self.until_the_end(self.packaged(&caller, text)).await?)
            }
            Route::LetIn => {
                let caller = Caller::Site(self.spend(&asker, head)?);
                reply::json(&self.until_the_end(self.add_domain(&caller)).await?)
            }
            Route::Info => {
                let query = head.uri.query().unwrap_or_default();
                let with_certificates = query.split('&').any(|it| it == "withcert=true");
                let function = Function::Info { with_certificates };
                let answer = self.by_request(function, head, body, &asker, ends).await?;
                self.readable(answer, &asker)
            }
            Route::Function(function) => {
                let answer = self.by_request(function, head, body, &asker, ends).await?;
                self.readable(answer, &asker)
            }
            _ if head.method == Method::OPTIONS => self.preflight(&asker),
            _ => reply::json(&self.refused("", Major::Unsupported)),
        })
    }

    /// A request that did not come through the popup: of a program, or of a page that a policy
    /// lets ask so.
    async fn by_request(
        &self,
        function: Function,
        head: &Parts,
        body: Incoming,
        asker: &Asker,
        ends: Option<Ends>,
    ) -> Result<Answer, Error> {
        let func = function.answer();
        let caller = match asker {
            Asker::Site(site) if self.settings.direct.contains(site) => Caller::Site(site.clone()),
            Asker::Program => match ends.and_then(Ends::program) {
                Some(file) if !programs::is_browser(&file) => Caller::Program(file),
                _ => return Ok(self.to_nobody(function, asker).await),
            },
            _ => return Ok(self.to_nobody(function, asker).await),
        };
        let body = match head.method {
            Method::POST => self.body(body).await?,
            _ => Zeroizing::default(),
        };
        let answer = match package::from_body(&body) {
            Ok(fields) => {
                self.until_the_end(self.run(&caller, function, fields))
                    .await?
            }
            Err(NotAPackage) => self.refused(func, Major::Json),
        };
        Ok(reply::json(&answer))
    }

    /// Whoever it is may not know what there is, and may have nothing done.
    async fn to_nobody(&self, function: Function, asker: &Asker) -> Answer {
        match function {
            Function::Info { .. } => reply::json(&self.shown_to(asker).await),
            _ => reply::json(&self.refused(function.answer(), Major::Untrusted)),
        }
    }

    /// A text that a page gave to the popup.
    pub(crate) async fn packaged(&self, caller: &Caller, text: &str) -> Value {
        let fields = match package::from_popup(text) {
            Ok(fields) => fields,
            Err(NotAPackage) => return self.refused("sign", Major::Json),
        };
        match function(&fields) {
            Some(function) => self.run(caller, function, fields).await,
            None => self.refused("sign", Major::Unsupported),
        }
    }

    /// Does what is asked for, if the caller may.
    async fn run(&self, caller: &Caller, function: Function, fields: Fields) -> Value {
        let work = self.work(caller, function, fields);
        let done = match function.act() {
            Some(act) => self.service.noted(caller, act, work, outcome).await,
            None => work.await,
        };
        done.unwrap_or_else(|refusal| self.refused(function.answer(), refusal))
    }

    async fn work(
        &self,
        caller: &Caller,
        function: Function,
        fields: Fields,
    ) -> Result<Value, Refusal> {
        match function {
            Function::Info { with_certificates } => self.info(caller, with_certificates).await,
            Function::Sign => self.sign(caller, fields).await,
            Function::Decrypt => self.decrypt(caller, fields).await,
            Function::ChangePin => self.change_pin(caller, fields).await,
            Function::Unsupported(_) => Err(Major::Unsupported.into()),
        }
    }

    async fn info(&self, caller: &Caller, with_certificates: bool) -> Result<Value, Refusal> {
        self.let_in(caller, Scope::Read).await?;
        let inventory = self.inventory(SETTLING).await;
        let info = Info::of(&inventory, with_certificates, &self.settings.version);
        let knows_one = |site: &Origin| self.shown().knows_one(site, Instant::now());
        Ok(reply::value(match caller {
            Caller::Site(site) if knows_one(site) => info.named_as_before(),
            _ => info,
        }))
    }

    /// The person came to our page to let a site in.
    async fn add_domain(&self, caller: &Caller) -> Value {
        let asked = match self.standing(caller, Scope::Sign) {
            Standing::Allowed => Ok(()),
            Standing::Blocked => Err(Major::Untrusted.into()),
            Standing::Unknown => self.questions.ask(caller, Scope::Sign).await,
        };
        let code = asked.map_or_else(|refusal| refusal.fault.major.code(), |()| 0);
        serde_json::json!({ "ret_code": code })
    }

    /// At once, whatever the cards do: pages have no patience for it.
    async fn image(&self, asker: &Asker) -> Answer {
        let info = self.shown_to(asker).await;
        let image = image::of(&info, &self.settings.version);
        let answer = answer::content(StatusCode::OK, "image/bmp", image);
        let mut answer = answer::embeddable(answer);
        let headers = answer.headers_mut();
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
        answer
    }

    /// What there is, to who may see it; else what is said to everybody.
    async fn shown_to(&self, asker: &Asker) -> Info {
        let version = &self.settings.version;
        let mut may = self.settings.unknown == Unknown::True;
        if let Asker::Site(site) = asker {
            let caller = Caller::Site(site.clone());
            if self.standing(&caller, Scope::Read) == Standing::Allowed {
                self.service.note(&caller, Act::Read, Outcome::Done);
                may = true;
            }
            let now = Instant::now();
            match may {
                true => self.shown().the_true_ones(site),
                false => self.shown().one_for_all(site, now),
            }
        }
        match may {
            true => Info::of(&*self.inventory(AT_ONCE).await, false, version),
            false => Info::constant(version),
        }
    }

    async fn ticket(&self, asker: &Asker, body: Incoming) -> Result<Answer, Error> {
        if *asker != Asker::OwnPage {
            return Err(Error::TicketRefused);
        }
        let body = body::read(body, MAX_BODY, self.service.settings.limits.body).await?;
        let request = BridgeTicketRequest::parse(&body, Plain::Everywhere)?;
        let ticket = self.tickets.issue(request.origin, Instant::now())?;
        Ok(answer::json(StatusCode::OK, &ticket))
    }

    /// The site that one of our pages speaks for.
    fn spend(&self, asker: &Asker, head: &Parts) -> Result<Origin, Error> {
        let mut tickets = head.headers.get_all(TICKET).iter();
        match (asker, tickets.next(), tickets.next()) {
            (Asker::OwnPage, Some(ticket), None) => {
                let ticket = ticket.to_str().map_err(|_| Error::TicketRefused)?;
                self.tickets.spend(ticket, Instant::now())
            }
            _ => Err(Error::TicketRefused),
        }
    }

    /// There may be a PIN in it.
    async fn body(&self, body: Incoming) -> Result<Zeroizing<Vec<u8>>, Error> {
        let _place = self.service.place_for(&body, LARGEST)?;
        body::read_secret(body, LARGEST, self.service.settings.limits.body).await
    }

    /// A page that a policy lets ask by requests of its own may read the answers.
    fn readable(&self, answer: Answer, asker: &Asker) -> Answer {
        match asker {
            Asker::Site(site) if self.settings.direct.contains(site) => {
                answer::readable_by(answer, site)
            }
            _ => answer,
        }
    }

    fn preflight(&self, asker: &Asker) -> Answer {
        match asker {
            Asker::Site(site) if self.settings.direct.contains(site) => {
                let mut answer = answer::preflight("GET, POST");
                // Pages of that time send headers that are answers' by right.
                answer.headers_mut().insert(
                    hyper::header::ACCESS_CONTROL_ALLOW_HEADERS,
                    HeaderValue::from_static(
                        "accept, cache-control, content-type, pragma, x-requested-with, \
                         access-control-allow-origin, access-control-allow-headers, \
                         access-control-allow-methods",
                    ),
                );
                answer::readable_by(answer, site)
            }
            _ => reply::json(&self.refused("", Major::Unsupported)),
        }
    }

    /// What is plugged in, once the modules have said so.
    async fn inventory(&self, patience: Duration) -> Arc<chop_token::Inventory> {
        let keys = &self.service.keys;
        keys.look();
        let mut inventory = keys.inventory();
        let settled = timeout(patience, inventory.wait_for(|it| it.settled)).await;
        drop(settled);
        Arc::clone(&inventory.borrow())
    }

    async fn until_the_end<T>(&self, work: impl Future<Output = T>) -> Result<T, Error> {
        tokio::select! {
            biased;
            done = work => Ok(done),
            () = self.service.ending() => Err(Error::Ending),
        }
    }

    fn refused(&self, func: &'static str, refusal: impl Into<Refusal>) -> Value {
        reply::refused(func, refusal.into(), &self.settings.version)
    }

    fn shown(&self) -> MutexGuard<'_, Shown> {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn outcome(done: &Result<Value, Refusal>) -> Outcome {
    match done {
        Ok(_) => Outcome::Done,
        Err(refusal) => Outcome::Failed(refusal.fault.as_error_code()),
    }
}

/// What a package asks for. Some pages leave `func` out.
fn function(fields: &Fields) -> Option<Function> {
    match fields.or_empty("func") {
        "" if fields.text("tbs").is_some() => Some(Function::Sign),
        "" if fields.text("cipher").is_some() => Some(Function::Decrypt),
        // A page that calls the answer's name.
        "pkcs11info" => Some(Function::Info {
            with_certificates: fields.truth("withcert", false),
        }),
        func => Function::named(func),
    }
}
