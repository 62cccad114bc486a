//! Answers: their headers are the same for every route.

use chop_protocol::{Origin, SIMULATED_HEADER};
use http_body_util::{BodyExt as _, Full};
use hyper::{
    Response, StatusCode,
    body::Bytes,
    header::{
        ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
        ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ALLOW, CACHE_CONTROL, CONNECTION,
        CONTENT_TYPE, HeaderName, HeaderValue, REFERRER_POLICY, RETRY_AFTER, VARY,
        X_CONTENT_TYPE_OPTIONS,
    },
};
use serde::Serialize;

use crate::{Error, problem::problem};

const JSON: &str = "application/json";

/// A whole answer.
pub(crate) type Answer = Response<Full<Bytes>>;

/// On every answer. What is not here on purpose, because it would reach every other program on
/// localhost: `Set-Cookie`, `Strict-Transport-Security`, `Clear-Site-Data`.
///
/// Spec: docs/protocol.md, "Who asks".
const EVERYWHERE: [(HeaderName, HeaderValue); 4] = [
    (CACHE_CONTROL, HeaderValue::from_static("no-store")),
    (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        HeaderValue::from_static("same-origin"),
    ),
    (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
];

/// An answer with a body of that type.
pub(crate) fn content(status: StatusCode, kind: &'static str, body: impl Into<Bytes>) -> Answer {
    let mut answer = bare(status, body.into());
    answer
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    answer
}

/// An answer in JSON.
pub(crate) fn json(status: StatusCode, body: &impl Serialize) -> Answer {
    // Our own types have string keys and no fallible part: writing them cannot fail.
    content(status, JSON, serde_json::to_vec(body).unwrap_or_default())
}

/// What is answered instead of a success.
pub(crate) fn refusal(error: &Error) -> Answer {
    let (status, problem) = problem(error);
    let mut answer = json(status, &problem);
    if let Error::MethodNotAllowed { allow } = error {
        answer
            .headers_mut()
            .insert(ALLOW, HeaderValue::from_static(allow));
    }
    if let Some(seconds) = problem.retry_after {
        answer.headers_mut().insert(RETRY_AFTER, seconds.into());
    }
    answer
}

/// The answer to a preflight. A browser keeps it for two hours (the longest that Chromium does).
pub(crate) fn preflight(method: &'static str) -> Answer {
    let mut answer = bare(StatusCode::NO_CONTENT, Bytes::new());
    let headers = answer.headers_mut();
    headers.insert(
        ACCESS_CONTROL_ALLOW_METHODS,
        HeaderValue::from_static(method),
    );
    headers.insert(
        ACCESS_CONTROL_ALLOW_HEADERS,
        HeaderValue::from_static("content-type"),
    );
    headers.insert(ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("7200"));
    answer
}

/// Lets exactly this site read the answer.
pub(crate) fn readable_by(mut answer: Answer, site: &Origin) -> Answer {
    // A canonical origin is plain ASCII: always a header value.
    if let Ok(site) = HeaderValue::from_str(site.as_str()) {
        answer
            .headers_mut()
            .insert(ACCESS_CONTROL_ALLOW_ORIGIN, site);
    }
    answer
}

/// The connection ends after this one (RFC 9112 §9.6).
pub(crate) fn last(mut answer: Answer) -> Answer {
    let close = HeaderValue::from_static("close");
    answer.headers_mut().insert(CONNECTION, close);
    answer
}

/// Lets pages of every site show it; they cannot read it by this.
pub(crate) fn embeddable(mut answer: Answer) -> Answer {
    answer.headers_mut().insert(
        HeaderName::from_static("cross-origin-resource-policy"),
        HeaderValue::from_static("cross-origin"),
    );
    answer
}

/// Says of an answer that the cards behind it are simulated: by a header, and in JSON by a key.
///
/// Spec: docs/protocol.md, "Simulated cards".
pub(crate) async fn simulated(answer: Answer) -> Answer {
    let (mut head, body) = answer.into_parts();
    let header = HeaderName::from_static(SIMULATED_HEADER);
    head.headers
        .insert(header.clone(), HeaderValue::from_static("true"));
    head.headers
        .insert(ACCESS_CONTROL_EXPOSE_HEADERS, header.into());
    let Ok(body) = body.collect().await;
    let body = body.to_bytes();
    let is_json = head
        .headers
        .get(CONTENT_TYPE)
        .is_some_and(|kind| kind == JSON);
    let body = match body.strip_prefix(b"{") {
        Some(b"}") if is_json => Bytes::from_static(br#"{"simulated":true}"#),
        Some(rest) if is_json => [br#"{"simulated":true,"#, rest].concat().into(),
        _ => body,
    };
    Response::from_parts(head, Full::new(body))
}

fn bare(status: StatusCode, body: Bytes) -> Answer {
    let mut answer = Response::new(Full::new(body));
    *answer.status_mut() = status;
    answer.headers_mut().extend(EVERYWHERE);
    answer
        .headers_mut()
        .insert(VARY, HeaderValue::from_static("origin"));
    answer
}
