//! Who asks, in this room: pages by our popup, pages by themselves, programs, and browsers on
//! behalf of nobody they name.
//!
//! Spec: docs/hicos.md, "Who asks"; docs/threat-model.md, C-1, C-3, C-4, C-5.

use chop_protocol::{Origin, Plain};
use hyper::{
    HeaderMap,
    header::{HeaderName, ORIGIN},
    http::request::Parts,
};

use crate::{Error, guard};

/// Who asks.
#[derive(Debug, Eq, PartialEq)]
pub(super) enum Asker {
    /// One of our own pages.
    OwnPage,
    /// A site's page, by a request of its own.
    Site(Origin),
    /// A browser that does not say for whom: an image, a navigation, a sandboxed frame.
    Unnamed,
    /// A program that is no browser, as far as its request tells.
    Program,
}

/// Headers that browsers send and programs have no reason to.
const OF_BROWSERS: [&str; 8] = [
    "sec-fetch-site",
    "sec-fetch-mode",
    "sec-fetch-dest",
    "sec-fetch-user",
    "sec-ch-ua",
    "referer",
    "cookie",
    "upgrade-insecure-requests",
];

/// Checks a request that came in on `port`.
///
/// # Errors
/// [`Error::WrongHost`], [`Error::HeadersTooLarge`], [`Error::OriginRefused`].
pub(super) fn check(head: &Parts, port: u16) -> Result<Asker, Error> {
    let host = guard::host(head, port)?;
    guard::size(&head.headers)?;
    guard::kind(&head.headers)?;
    let refused = |cause| Error::OriginRefused { cause };
    let origin = guard::only(&head.headers, &ORIGIN);
    let Some(origin) = origin.map_err(|()| refused("more than one origin"))? else {
        return Ok(match from_browser(&head.headers) {
            true => Asker::Unnamed,
            false => Asker::Program,
        });
    };
    let Ok(origin) = origin.to_str() else {
        return Err(refused("the origin is not text"));
    };
    if origin.strip_prefix("http://") == Some(host) {
        let from = guard::only(&head.headers, &HeaderName::from_static("sec-fetch-site"));
        return match from {
            Ok(None) => Ok(Asker::OwnPage),
            Ok(Some(from)) if from == "same-origin" => Ok(Asker::OwnPage),
            _ => Err(refused("not of the agent's own page")),
        };
    }
    let navigates = head.headers.get("sec-fetch-mode");
    let navigates = navigates.is_some_and(|mode| mode == "navigate");
    Ok(match Origin::parse(origin, Plain::Everywhere) {
        // Our page by another of our names has no business across names.
        Ok(site) if !navigates && !is_ours(&site, port) => Asker::Site(site),
        // Sandboxed frames, files, extensions, forms that a page sends by navigating.
        _ => Asker::Unnamed,
    })
}

fn from_browser(headers: &HeaderMap) -> bool {
    OF_BROWSERS.iter().any(|name| headers.contains_key(*name))
}

fn is_ours(site: &Origin, port: u16) -> bool {
    let ours = ["localhost", "127.0.0.1", "[::1]"].contains(&site.host());
    ours && site.as_str().ends_with(&format!(":{port}"))
}

#[cfg(test)]
mod tests {
    use hyper::Request;

    use super::*;

    fn asker(headers: &[(&str, &str)]) -> Result<Asker, Error> {
        let mut request = Request::builder().method("POST").uri("/sign");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        check(&request.body(()).unwrap().into_parts().0, 61161)
    }

    const HOST: (&str, &str) = ("host", "localhost:61161");

    #[test]
    fn who_asks_is_what_the_browser_says() {
        let site = |text| Asker::Site(Origin::parse(text, Plain::Everywhere).unwrap());
        for (headers, expected) in [
            (&[HOST] as &[_], Asker::Program),
            (&[HOST, ("user-agent", "curl/7.88")], Asker::Program),
            (&[HOST, ("accept-language", "zh-TW")], Asker::Program),
            (
                &[HOST, ("origin", "http://localhost:61161")],
                Asker::OwnPage,
            ),
            (
                &[HOST, ("origin", "https://bank.example")],
                site("https://bank.example"),
            ),
            (
                &[HOST, ("origin", "http://intranet.example")],
                site("http://intranet.example"),
            ),
            (
                &[HOST, ("origin", "http://localhost:8080")],
                site("http://localhost:8080"),
            ),
            (&[HOST, ("origin", "null")], Asker::Unnamed),
            (
                &[HOST, ("origin", "http://127.0.0.1:61161")],
                Asker::Unnamed,
            ),
            (
                &[HOST, ("origin", "chrome-extension://abc")],
                Asker::Unnamed,
            ),
            (
                &[
                    HOST,
                    ("origin", "https://bank.example"),
                    ("sec-fetch-mode", "navigate"),
                ],
                Asker::Unnamed,
            ),
        ] {
            assert_eq!(asker(headers).unwrap(), expected, "{headers:?}");
        }
        for name in OF_BROWSERS {
            assert_eq!(
                asker(&[HOST, (name, "x")]).unwrap(),
                Asker::Unnamed,
                "{name}"
            );
        }
    }

    #[test]
    fn a_host_that_is_not_ours_is_refused_whoever_asks() {
        for host in [
            "evil.example:61161",
            "localhost",
            "localhost:21443",
            "localhost:61161.evil",
        ] {
            let asked = asker(&[("host", host), ("origin", "https://bank.example")]);
            assert!(matches!(asked, Err(Error::WrongHost)), "{host}");
        }
        assert!(matches!(asker(&[]), Err(Error::WrongHost)));
    }

    #[test]
    fn two_origins_and_workers_are_refused() {
        let origin = ("origin", "https://bank.example");
        for more in [
            origin,
            ("service-worker", "script"),
            ("sec-purpose", "prefetch"),
        ] {
            let asked = asker(&[HOST, origin, more]);
            assert!(
                matches!(asked, Err(Error::OriginRefused { .. })),
                "{more:?}"
            );
        }
    }

    #[test]
    fn our_own_origin_on_a_request_of_another_site_is_refused() {
        let own = ("origin", "http://localhost:61161");
        let asked = asker(&[HOST, own, ("sec-fetch-site", "cross-site")]);
        assert!(matches!(asked, Err(Error::OriginRefused { .. })));
    }
}
