//! Reads the whole body of a request before anything else happens: so much of it, and so soon.

use std::time::Duration;

use axum::{
    body::{Body, Bytes},
    extract::Request,
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use tokio::time::timeout;

use crate::{
    pages::PageError,
    problem::{Code, Problem},
};

/// The largest body: an assertion has at most 10,000 bytes, a form less.
const LARGEST: usize = 16 * 1024;
/// The largest one with a signature: document, certificates, in base64.
const LARGEST_SIGNED: usize = 64 * 1024;
/// For a body. Who sends it more slowly holds a place that others want.
const PATIENCE: Duration = Duration::from_secs(10);

/// Why there is no body.
enum Fault {
    TooLarge,
    TooSlow,
    Broken,
}

/// Refuses in JSON.
pub(crate) async fn read_for_json(request: Request, next: Next) -> Response {
    read_then(request, next, LARGEST).await
}

/// The same for bodies with a signature.
pub(crate) async fn read_signed(request: Request, next: Next) -> Response {
    read_then(request, next, LARGEST_SIGNED).await
}

async fn read_then(request: Request, next: Next, largest: usize) -> Response {
    match read(request, largest).await {
        Ok(request) => next.run(request).await,
        Err(_) => Problem::from(Code::BadRequest).into_response(),
    }
}

/// Refuses with a page.
pub(crate) async fn read_for_page(request: Request, next: Next) -> Response {
    match read(request, LARGEST).await {
        Ok(request) => next.run(request).await,
        Err(Fault::TooLarge) => PageError::TooLarge.into_response(),
        Err(Fault::TooSlow) => PageError::TooSlow.into_response(),
        Err(Fault::Broken) => PageError::BadRequest.into_response(),
    }
}

async fn read(request: Request, largest: usize) -> Result<Request, Fault> {
    let (parts, body) = request.into_parts();
    let read = timeout(PATIENCE, Limited::new(body, largest).collect()).await;
    let body: Bytes = match read {
        Ok(Ok(body)) => body.to_bytes(),
        Ok(Err(error)) if error.is::<LengthLimitError>() => return Err(Fault::TooLarge),
        Ok(Err(_)) => return Err(Fault::Broken),
        Err(_) => return Err(Fault::TooSlow),
    };
    Ok(Request::from_parts(parts, Body::from(body)))
}
