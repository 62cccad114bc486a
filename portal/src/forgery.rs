//! Requests that another site made a browser send.
//!
//! Browsers say where a POST comes from, and a page cannot change what they say. Signing in and
//! out also need a token that only our own page was given.
//!
//! Spec: threats C-4, C-25.

use axum::{
    extract::{Request, State},
    http::{HeaderMap, Method, header},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use chop_protocol::Origin;

use crate::{
    pages::PageError,
    portal::Site,
    problem::{Code, Problem},
};

/// Refuses in JSON what does not come from our own pages.
pub(crate) async fn refuse_as_json(
    State(site): State<Site>,
    request: Request,
    next: Next,
) -> Response {
    if is_ours(&request, &site.origin) {
        next.run(request).await
    } else {
        Problem::from(Code::RequestRefused).into_response()
    }
}

/// Refuses with a page what does not come from our own pages.
pub(crate) async fn refuse_as_page(
    State(site): State<Site>,
    request: Request,
    next: Next,
) -> Response {
    if is_ours(&request, &site.origin) {
        next.run(request).await
    } else {
        PageError::RequestRefused.into_response()
    }
}

/// Whether a request changes nothing, or comes from a page of this origin.
fn is_ours(request: &Request, origin: &Origin) -> bool {
    matches!(*request.method(), Method::GET | Method::HEAD) || says_ours(request.headers(), origin)
}

/// Exactly one `Origin`, ours; and `Sec-Fetch-Site`, where there is one, agrees.
fn says_ours(headers: &HeaderMap, origin: &Origin) -> bool {
    let mut origins = headers.get_all(header::ORIGIN).iter();
    let named = origins
        .next()
        .is_some_and(|value| value.as_bytes() == origin.as_str().as_bytes());
    let site = headers
        .get("sec-fetch-site")
        .is_none_or(|value| value == "same-origin");
    named && origins.next().is_none() && site
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ours(headers: &[(&'static str, &str)]) -> bool {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, value.parse().unwrap());
        }
        says_ours(&map, &"https://portal.example".parse().unwrap())
    }

    #[test]
    fn our_own_origin_is_ours() {
        assert!(ours(&[("origin", "https://portal.example")]));
        assert!(ours(&[
            ("origin", "https://portal.example"),
            ("sec-fetch-site", "same-origin")
        ]));
    }

    #[test]
    fn everything_else_is_not() {
        for headers in [
            &[][..],
            &[("sec-fetch-site", "same-origin")],
            &[("origin", "null")],
            &[("origin", "http://portal.example")],
            &[("origin", "https://portal.example.evil.example")],
            &[("origin", "https://evil.portal.example")],
            &[("origin", "https://portal.example:8443")],
            &[
                ("origin", "https://portal.example"),
                ("origin", "https://evil.example"),
            ],
            &[
                ("origin", "https://portal.example"),
                ("sec-fetch-site", "cross-site"),
            ],
            &[
                ("origin", "https://portal.example"),
                ("sec-fetch-site", "same-site"),
            ],
            &[
                ("origin", "https://portal.example"),
                ("sec-fetch-site", "none"),
            ],
        ] {
            assert!(!ours(headers), "{headers:?}");
        }
    }
}
