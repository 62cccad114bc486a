//! Reads the whole body of a request before anything else happens: so much of it, and so soon, and
//! of everybody together no more than fits into memory.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

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
    client::Client,
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

/// Of that, what those of one client may take: 64 of the largest; of a larger IPv6 network twice and
/// four times that. Else one machine that sends its bodies but for their last byte would keep
/// everybody out.
const EACH: usize = 4 << 20;

/// What all bodies together may take, and those of each client.
#[derive(Clone, Debug)]
pub(crate) struct Bodies {
    all: Arc<Semaphore>,
    each: usize,
    /// What clients have; whoever has nothing is not in it.
    shares: Shares,
}

/// Bytes by network, and by which of the sizes in [`networks`](Client::networks) that has.
type Shares = Arc<Mutex<HashMap<(usize, String), usize>>>;

/// What a body takes, until dropped.
struct Kept {
    permit: Option<OwnedSemaphorePermit>,
    networks: [String; 3],
    bytes: usize,
    shares: Shares,
}

impl Kept {
    fn keys(&self) -> impl Iterator<Item = (usize, String)> {
        self.networks.iter().cloned().enumerate()
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        let mut shares = self.shares.lock().unwrap_or_else(PoisonError::into_inner);
        for key in self.keys() {
            if let Some(share) = shares.get_mut(&key) {
                *share = share.saturating_sub(self.bytes);
                if *share == 0 {
                    shares.remove(&key);
                }
            }
        }
    }
}

/// Why there is no body.
enum Fault {
    TooLarge,
    TooSlow,
    Broken,
    /// Too many are there, of everybody or of this client.
    Full,
}

impl Default for Bodies {
    fn default() -> Self {
        Self::of(BUDGET, EACH)
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
    match site.bodies.of_client(site, request, largest).await {
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
    match site.bodies.of_client(&site, request, LARGEST).await {
        Ok((request, _kept)) => next.run(request).await,
        Err(Fault::TooLarge) => PageError::TooLarge.into_response(),
        Err(Fault::TooSlow) => PageError::TooSlow.into_response(),
        Err(Fault::Broken) => PageError::BadRequest.into_response(),
        Err(Fault::Full) => PageError::Unavailable.into_response(),
    }
}

impl Bodies {
    fn of(all: usize, each: usize) -> Self {
        Self {
            all: Arc::new(Semaphore::new(all)),
            each,
            shares: Arc::default(),
        }
    }

    async fn of_client(
        &self,
        site: &Site,
        request: Request,
        largest: usize,
    ) -> Result<(Request, Kept), Fault> {
        let (mut parts, body) = request.into_parts();
        let Ok(client) = Client::from_request_parts(&mut parts, site).await;
        let request = Request::from_parts(parts, body);
        self.read(request, largest, client.networks()).await
    }

    /// A request with its body read, and what the body takes of the budget until dropped.
    async fn read(
        &self,
        request: Request,
        largest: usize,
        networks: [String; 3],
    ) -> Result<(Request, Kept), Fault> {
        let length = request.headers().get(header::CONTENT_LENGTH);
        let length = length.and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
        if length.is_some_and(|length| length > largest) {
            return Err(Fault::TooLarge);
        }
        let (parts, body) = request.into_parts();
        let read = timeout(PATIENCE, self.collect(body, largest, networks)).await;
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
        networks: [String; 3],
    ) -> Result<(Bytes, Kept), Fault> {
        let mut whole = Vec::new();
        let mut kept = Kept {
            permit: None,
            networks,
            bytes: 0,
            shares: Arc::clone(&self.shares),
        };
        while let Some(part) = body.frame().await {
            let Ok(part) = part.map_err(|_| Fault::Broken)?.into_data() else {
                continue;
            };
            if whole.len() + part.len() > largest {
                return Err(Fault::TooLarge);
            }
            // Only what came: a body that is announced and does not come keeps nobody out.
            self.take(&mut kept, part.len())?;
            whole.extend_from_slice(&part);
        }
        Ok((whole.into(), kept))
    }

    fn take(&self, kept: &mut Kept, bytes: usize) -> Result<(), Fault> {
        let size = u32::try_from(bytes).map_err(|_| Fault::TooLarge)?;
        {
            let mut shares = self.shares.lock().unwrap_or_else(PoisonError::into_inner);
            let share = |key: &_| shares.get(key).copied().unwrap_or_default() + bytes;
            if kept.keys().any(|key| share(&key) > self.each << key.0) {
                return Err(Fault::Full);
            }
            for key in kept.keys() {
                *shares.entry(key).or_default() += bytes;
            }
        }
        kept.bytes += bytes;
        let taken = Arc::clone(&self.all).try_acquire_many_owned(size);
        let taken = taken.map_err(|_| Fault::Full)?;
        match &mut kept.permit {
            Some(permit) => permit.merge(taken),
            None => kept.permit = Some(taken),
        }
        Ok(())
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

    async fn read(
        bodies: &Bodies,
        body: &'static str,
        client: &str,
    ) -> Result<(Request, Kept), Fault> {
        let client = Client::of_address(client);
        bodies.read(request(body), 10, client.networks()).await
    }

    #[tokio::test]
    async fn all_bodies_together_take_no_more_than_there_is() {
        let bodies = Bodies::of(10, 10);
        let first = read(&bodies, "1234567", "a").await.ok().unwrap();
        let second = read(&bodies, "1234", "b").await;
        assert!(matches!(second, Err(Fault::Full)));
        let third = read(&bodies, "123", "b").await;
        assert!(third.is_ok());
        drop((first, third));
        assert!(read(&bodies, "1234567890", "a").await.is_ok());
        assert!(bodies.shares.lock().unwrap().is_empty());
    }

    #[tokio::test]
    async fn one_client_leaves_room_for_the_others() {
        let bodies = Bodies::of(10, 6);
        let first = read(&bodies, "12345", "a").await;
        assert!(first.is_ok());
        assert!(matches!(read(&bodies, "12", "a").await, Err(Fault::Full)));
        let other = read(&bodies, "12345", "b").await;
        assert!(other.is_ok());
        drop(first);
        assert!(read(&bodies, "12345", "a").await.is_ok());
    }

    /// Whoever has a whole network takes no more by that than a few who have one address.
    #[tokio::test]
    async fn nor_does_one_that_has_many_addresses_take_it() {
        let bodies = Bodies::of(100, 6);
        let mut kept = Vec::new();
        for address in ["2001:db8:0:1::1", "2001:db8:0:2::1"] {
            kept.push(read(&bodies, "123456", address).await.ok().unwrap());
        }
        let same = read(&bodies, "1", "2001:db8:0:3::1").await;
        assert!(matches!(same, Err(Fault::Full)));
        for address in ["2001:db8:0:100::1", "2001:db8:0:200::1"] {
            kept.push(read(&bodies, "123456", address).await.ok().unwrap());
        }
        let same = read(&bodies, "1", "2001:db8:0:300::1").await;
        assert!(matches!(same, Err(Fault::Full)));
        assert!(read(&bodies, "123456", "2001:db8:1::1").await.is_ok());
        drop(kept);
        assert!(bodies.shares.lock().unwrap().is_empty());
    }

    #[tokio::test]
    async fn one_that_says_that_it_is_too_long_is_not_read() {
        let bodies = Bodies::default();
        let mut long = Request::post("/").body(Body::new(Unread)).unwrap();
        long.headers_mut().insert(header::CONTENT_LENGTH, 11.into());
        let read = bodies.read(long, 10, Default::default()).await;
        assert!(matches!(read, Err(Fault::TooLarge)));
    }

    #[tokio::test]
    async fn nul_is_in_no_address_and_in_no_form() {
        let bodies = Bodies::default();
        for odd in ["a=%00", "a=\0"] {
            assert!(matches!(read(&bodies, odd, "a").await, Err(Fault::Broken)));
        }
        let odd = Request::get("/?q=%00").body(Body::empty()).unwrap();
        assert!(bodies.read(odd, 10, Default::default()).await.is_err());
        assert!(read(&bodies, "a=%2500", "a").await.is_ok());
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
