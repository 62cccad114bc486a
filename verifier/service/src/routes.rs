//! What can be asked, and what is done around each question.

mod challenges;
mod documents;
mod health;
mod hipki;
mod sign_ins;

use std::time::Instant;

use axum::{
    Router,
    body::Bytes,
    extract::{DefaultBodyLimit, FromRequest, Request, State},
    http::header,
    middleware::{Next, from_fn_with_state},
    response::{IntoResponse as _, Response},
    routing::{get, post},
};
use chop_protocol::{Challenge, Origin};
use serde::de::DeserializeOwned;

use crate::{
    problem::{Code, Problem},
    service::Site,
};

/// Every path, as the description has it.
pub(crate) const PATHS: [&str; 8] = [
    "/v1/challenges",
    "/v1/sign-ins",
    "/v1/hipki-sign-ins",
    "/v1/documents",
    "/health/live",
    "/health/ready",
    "/metrics",
    "/openapi.json",
];

/// The largest body: a document in base64, with its signature.
const BODY: usize = 32 * 1024 * 1024;

pub(crate) fn router(site: Site) -> Router {
    Router::new()
        .route("/v1/challenges", post(challenges::issue))
        .route("/v1/sign-ins", post(sign_ins::check))
        .route("/v1/hipki-sign-ins", post(hipki::check))
        .route("/v1/documents", post(documents::check))
        .route("/health/live", get(health::live))
        .route("/health/ready", get(health::ready))
        .route("/metrics", get(health::metrics))
        .route("/openapi.json", get(health::description))
        .fallback(async || Problem::NotFound)
        .method_not_allowed_fallback(async || Problem::Method)
        .layer(DefaultBodyLimit::max(BODY))
        .layer(from_fn_with_state(site.clone(), watched))
        .with_state(site)
}

/// Refuses pages, counts, and writes a line: path, outcome and time, nothing of a person.
async fn watched(State(site): State<Site>, request: Request, next: Next) -> Response {
    let start = Instant::now();
    let path = request.uri().path();
    let path = PATHS.iter().find(|known| **known == path).copied();
    // A browser says where a request comes from; a server has no reason to.
    let from_a_page = request.headers().contains_key(header::ORIGIN);
    let response = if from_a_page {
        Problem::Browser.into_response()
    } else {
        next.run(request).await
    };
    let code = response
        .extensions()
        .get::<Code>()
        .map_or("ok", |code| code.0);
    let (path, took) = (path.unwrap_or("other"), start.elapsed());
    site.metrics.count(path, code, took);
    let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
    let status = response.status().as_u16();
    if path.starts_with("/v1/") {
        tracing::info!(path, status, code, micros, "answered");
    } else {
        tracing::debug!(path, status, code, micros, "answered");
    }
    response
}

/// A body in JSON; what is wrong with it is said without quoting it.
pub(crate) struct Json<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let kind = request.headers().get(header::CONTENT_TYPE);
        let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        if kind.split(';').next().map(str::trim) != Some("application/json") {
            let why = "the body has to be application/json".to_owned();
            return Err(Problem::Request(why));
        }
        let bytes = Bytes::from_request(request, state).await;
        let bytes = bytes.map_err(|_| Problem::TooLarge)?;
        serde_json::from_slice(&bytes).map(Self).map_err(|error| {
            let (line, column) = (error.line(), error.column());
            let what = match error.classify() {
                serde_json::error::Category::Data => {
                    "a field is missing, unknown or of a wrong type"
                }
                _ => "it is no JSON",
            };
            Problem::Request(format!("{what} (line {line}, column {column})"))
        })
    }
}

/// Which of the site's origins is meant: the one that is named, or the only one.
pub(crate) fn origin<'a>(site: &'a Site, named: Option<&str>) -> Result<&'a Origin, Problem> {
    let found = match (named, site.origins.as_slice()) {
        (None, [only]) => Some(only),
        (None, _) => None,
        (Some(named), origins) => origins.iter().find(|origin| origin.as_str() == named),
    };
    found.ok_or_else(|| {
        Problem::Request("`origin` has to be one of those in the service's settings".to_owned())
    })
}

/// How a request names its challenge: by session and identifier, or, where that is allowed, itself.
#[derive(Debug, serde::Deserialize)]
pub(crate) struct Answered {
    session: Option<String>,
    id: Option<String>,
    challenge: Option<String>,
}

impl Answered {
    /// Takes the challenge out, before anything else is looked at.
    pub(crate) async fn take(
        &self,
        site: &Site,
        now: std::time::SystemTime,
    ) -> Result<Challenge, Problem> {
        match (&self.session, &self.id, &self.challenge) {
            (Some(session), Some(id), None) => {
                let session = challenges::session(session)?;
                let taken = site.store.take(&session, id, now).await?;
                taken.ok_or(Problem::ChallengeGone)
            }
            (None, None, Some(challenge)) if site.callers_challenges => {
                let read = challenge.parse();
                read.map_err(|_| Problem::Request("`challenge` is not one".to_owned()))
            }
            _ => Err(Problem::Request(
                "`session` and `id` have to be there, as strings".to_owned(),
            )),
        }
    }
}
