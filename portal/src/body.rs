//! Reads the whole body of a request before anything else happens: so much of it, and so soon, and
//! of everybody together no more than fits into memory.

use std::{sync::Arc, time::Duration};

use axum::{
    body::{Body, Bytes},
    extract::{FromRequestParts as _, Request, State},
    http::{Uri, header, uri::PathAndQuery},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use http_body_util::BodyExt as _;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};

use crate::{
    pages::PageError,
    portal::Site,
    problem::{Code, Problem},
    visitor::Holder,
};

/// The largest body: an assertion has at most 10,000 bytes, a form less.
const LARGEST: usize = 16 * 1024;
/// The largest one with a signature: document, certificates, in base64.
const LARGEST_SIGNED: usize = 64 * 1024;
/// For a body. Who sends it more slowly holds a place that others want.
const PATIENCE: Duration = Duration::from_secs(10);
/// Bytes of all bodies that are being read or worked on: those of thousands of requests.
const BUDGET: usize = 64 << 20;

/// What all bodies together may take.
#[derive(Clone, Debug)]
pub(crate) struct Bodies(Arc<Semaphore>);

/// Why there is no body.
enum Fault {
    TooLarge,
    TooSlow,
    Broken,
    /// Too many others are there.
    Full,
}

impl Default for Bodies {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(BUDGET)))
    }
}

/// Refuses in JSON.
pub(crate) async fn read_for_json(
    State(site): State<Site>,
    request: Request,
    next: Next,
) -> Response {
    read_then(&site, request, next, LARGEST).await
}

/// The same for bodies with a signature, of whoever is signed in: of nobody else is so much read.
pub(crate) async fn read_signed(
    State(site): State<Site>,
    request: Request,
    next: Next,
) -> Response {
    let (mut parts, body) = request.into_parts();
    if let Err(error) = Holder::from_request_parts(&mut parts, &site).await {
        return error.into_response();
    }
    let request = Request::from_parts(parts, body);
    read_then(&site, request, next, LARGEST_SIGNED).await
}

async fn read_then(site: &Site, request: Request, next: Next, largest: usize) -> Response {
    match site.bodies.read(request, largest).await {
        Ok((request, _kept)) => next.run(request).await,
        Err(Fault::Full) => Problem::from(Code::SiteUnavailable).into_response(),
        Err(_) => Problem::from(Code::BadRequest).into_response(),
    }
}

/// Refuses with a page.
pub(crate) async fn read_for_page(
    State(site): State<Site>,
    request: Request,
    next: Next,
) -> Response {
    match site.bodies.read(request, LARGEST).await {
        Ok((request, _kept)) => next.run(request).await,
        Err(Fault::TooLarge) => PageError::TooLarge.into_response(),
        Err(Fault::TooSlow) => PageError::TooSlow.into_response(),
        Err(Fault::Broken) => PageError::BadRequest.into_response(),
        Err(Fault::Full) => PageError::Unavailable.into_response(),
    }
}

impl Bodies {
    /// A request with its body read, and what the body takes of the budget until dropped.
    async fn read(
        &self,
        request: Request,
        largest: usize,
    ) -> Result<(Request, Option<OwnedSemaphorePermit>), Fault> {
        let length = request.headers().get(header::CONTENT_LENGTH);
        let length = length.and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
        if length.is_some_and(|length| length > largest) {
            return Err(Fault::TooLarge);
        }
        let (parts, body) = request.into_parts();
        let read = timeout(PATIENCE, self.collect(body, largest)).await;
        let (body, kept) = read.map_err(|_| Fault::TooSlow)??;
        if has_nul(&parts.uri, &body) {
            return Err(Fault::Broken);
        }
        Ok((Request::from_parts(parts, Body::from(body)), kept))
    }

    async fn collect(
        &self,
        mut body: Body,
        largest: usize,
    ) -> Result<(Bytes, Option<OwnedSemaphorePermit>), Fault> {
        let (mut whole, mut kept) = (Vec::new(), None::<OwnedSemaphorePermit>);
        while let Some(part) = body.frame().await {
            let Ok(part) = part.map_err(|_| Fault::Broken)?.into_data() else {
                continue;
            };
            if whole.len() + part.len() > largest {
                return Err(Fault::TooLarge);
            }
            // Only what came: a body that is announced and does not come keeps nobody out.
            let size = u32::try_from(part.len()).map_err(|_| Fault::TooLarge)?;
            let budget = Arc::clone(&self.0);
            let taken = budget.try_acquire_many_owned(size);
            let taken = taken.map_err(|_| Fault::Full)?;
            match &mut kept {
                Some(kept) => kept.merge(taken),
                None => kept = Some(taken),
            }
            whole.extend_from_slice(&part);
        }
        Ok((whole.into(), kept))
    }
}

/// A NUL in an address or a form. PostgreSQL keeps none in a text, and nobody types one.
fn has_nul(uri: &Uri, body: &[u8]) -> bool {
    let encoded = |bytes: &[u8]| bytes.windows(3).any(|three| three == b"%00");
    let uri = uri.path_and_query().map(PathAndQuery::as_str);
    uri.is_some_and(|uri| encoded(uri.as_bytes())) || encoded(body) || body.contains(&0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(body: &'static str) -> Request {
        Request::post("/").body(Body::from(body)).unwrap()
    }

    #[tokio::test]
    async fn all_bodies_together_take_no_more_than_there_is() {
        let bodies = Bodies(Arc::new(Semaphore::new(10)));
        let first = bodies.read(request("1234567"), 10).await.ok().unwrap();
        let second = bodies.read(request("1234"), 10).await;
        assert!(matches!(second, Err(Fault::Full)));
        let third = bodies.read(request("123"), 10).await;
        assert!(third.is_ok());
        drop((first, third));
        assert!(bodies.read(request("1234567890"), 10).await.is_ok());
    }

    #[tokio::test]
    async fn one_that_says_that_it_is_too_long_is_not_read() {
        let bodies = Bodies::default();
        let mut long = Request::post("/").body(Body::new(Unread)).unwrap();
        long.headers_mut().insert(header::CONTENT_LENGTH, 11.into());
        assert!(matches!(bodies.read(long, 10).await, Err(Fault::TooLarge)));
    }

    #[tokio::test]
    async fn nul_is_in_no_address_and_in_no_form() {
        let bodies = Bodies::default();
        for odd in ["a=%00", "a=\0"] {
            assert!(matches!(
                bodies.read(request(odd), 10).await,
                Err(Fault::Broken)
            ));
        }
        let odd = Request::get("/?q=%00").body(Body::empty()).unwrap();
        assert!(bodies.read(odd, 10).await.is_err());
        assert!(bodies.read(request("a=%2500"), 10).await.is_ok());
    }

    /// A body that nobody may ask for a part.
    struct Unread;

    impl hyper::body::Body for Unread {
        type Data = Bytes;
        type Error = std::convert::Infallible;

        fn poll_frame(
            self: std::pin::Pin<&mut Self>,
            _: &mut std::task::Context<'_>,
        ) -> std::task::Poll<Option<Result<hyper::body::Frame<Bytes>, Self::Error>>> {
            unreachable!("it is not read")
        }
    }
}
