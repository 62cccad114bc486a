//! Who asks. The first thing that happens to a request; nothing else of it is read before.
//!
//! Spec: docs/protocol.md, "Who asks"; docs/threat-model.md, C-1, C-3, C-4, C-18, C-31.

use chop_protocol::{Origin, Plain};
use hyper::{
    HeaderMap, Method,
    header::{CONTENT_TYPE, HOST, HeaderName, HeaderValue, ORIGIN},
    http::{request::Parts, uri::Authority},
};

use crate::{
    Error,
    route::{self, Route},
};

/// What a request has shown when it has passed.
#[derive(Debug)]
pub(crate) struct Passed {
    pub(crate) route: Route,
    pub(crate) asker: Asker,
}

/// Who asks, as the browser says.
#[derive(Debug, Eq, PartialEq)]
pub(crate) enum Asker {
    /// A site's page.
    Site(Origin),
    /// The agent's own popup page.
    OwnPage,
    /// Nobody: a navigation to the popup page.
    Navigation,
}

/// A refusal, and who may read why.
pub(crate) struct Refused {
    pub(crate) error: Error,
    pub(crate) site: Option<Origin>,
}

/// The most bytes that names and values of all headers have together.
const HEADER_BYTES: usize = 32 * 1024;
/// The most headers.
const HEADERS: usize = 100;

/// Checks a request that came in on `port`.
pub(crate) fn check(head: &Parts, port: u16, plain: Plain) -> Result<Passed, Refused> {
    let unread = |error| Refused { error, site: None };

    // 2. Host. (1, the peer, was checked before the connection was read.)
    let host = host(head, port).map_err(unread)?;
    // 3. Size of the headers.
    size(&head.headers).map_err(unread)?;
    // 4. Kind.
    kind(&head.headers).map_err(unread)?;
    // 5. Origin.
    let asker = asker(head, host, plain).map_err(unread)?;

    // From here on a site may read why it was refused.
    let rest = || {
        // 6. Fetch metadata.
        metadata(&head.headers, &asker)?;
        // 7. Route.
        let route = route::find(&head.method, head.uri.path())?;
        // An own page has business with the popup's routes alone.
        let own = matches!(route, Route::Tickets | Route::Operation(_));
        if (asker == Asker::OwnPage && !own) || (route == Route::Tickets && asker != Asker::OwnPage)
        {
            return Err(Error::OriginRefused {
                cause: "not for this origin",
            });
        }
        // 8. Content type.
        content_type(head)?;
        Ok(route)
    };
    match (rest(), asker) {
        (Ok(route), asker) => Ok(Passed { route, asker }),
        (Err(error), Asker::Site(site)) => Err(Refused {
            error,
            site: Some(site),
        }),
        (Err(error), _) => Err(unread(error)),
    }
}

/// The one host that the request names, if it is ours: `Host`, `:authority` or an absolute target.
pub(crate) fn host(head: &Parts, port: u16) -> Result<&str, Error> {
    let authority = head.uri.authority().map(Authority::as_str);
    let mut named = head.headers.get_all(HOST).iter().map(HeaderValue::to_str);
    let host = match (named.next(), named.next(), authority) {
        (Some(Ok(host)), None, None) => host,
        (Some(Ok(host)), None, Some(authority)) if host == authority => host,
        (None, None, Some(authority)) => authority,
        _ => return Err(Error::WrongHost),
    };
    let at = ["localhost:", "127.0.0.1:", "[::1]:"]
        .iter()
        .find_map(|name| host.strip_prefix(name));
    // `021443` and `+21443` are numbers to a parser, but not our port as a browser writes it.
    let as_written = |at: &&str| at.starts_with(|first| matches!(first, '1'..='9'));
    if at.filter(as_written).and_then(|at| at.parse().ok()) == Some(port) {
        Ok(host)
    } else {
        Err(Error::WrongHost)
    }
}

pub(crate) fn size(headers: &HeaderMap) -> Result<(), Error> {
    let bytes: usize = headers
        .iter()
        .map(|(name, value)| name.as_str().len() + value.len())
        .sum();
    if bytes > HEADER_BYTES || headers.len() > HEADERS {
        return Err(Error::HeadersTooLarge);
    }
    Ok(())
}

/// A service worker would answer in our place from then on; a prefetch is not a person's doing.
pub(crate) fn kind(headers: &HeaderMap) -> Result<(), Error> {
    let refused = |cause| Err(Error::OriginRefused { cause });
    if headers.contains_key("service-worker") {
        return refused("a service worker");
    }
    if headers.contains_key("sec-purpose") || headers.contains_key("purpose") {
        return refused("a prefetch");
    }
    Ok(())
}

fn asker(head: &Parts, host: &str, plain: Plain) -> Result<Asker, Error> {
    if head.method == Method::GET && head.uri.path() == "/v1/bridge" {
        return Ok(Asker::Navigation);
    }
    let refused = |cause| Error::OriginRefused { cause };
    let text = only(&head.headers, &ORIGIN)
        .map_err(|()| refused("more than one origin"))?
        .ok_or_else(|| refused("no origin"))?;
    let text = text
        .to_str()
        .map_err(|_| refused("the origin is not text"))?;

    let own = text
        .strip_prefix("https://")
        .is_some_and(|from| from == host);
    if own {
        return Ok(Asker::OwnPage);
    }
    let site = Origin::parse(text, plain).map_err(|_| refused("not an origin that may ask"))?;
    // Our page by another of our names: it has no business across names.
    let (_, port) = host.rsplit_once(':').unwrap_or_default();
    let ours = ["https://localhost:", "https://127.0.0.1:", "https://[::1]:"];
    if ours
        .iter()
        .any(|name| text.strip_prefix(name) == Some(port))
    {
        return Err(refused("the agent's own page by another name"));
    }
    Ok(Asker::Site(site))
}

/// `Sec-Fetch-*`, where the browser sends it. Its absence proves nothing, and allows nothing.
fn metadata(headers: &HeaderMap, asker: &Asker) -> Result<(), Error> {
    let (modes, destination): (&[&str], _) = match asker {
        Asker::Navigation => (&["navigate"], "document"),
        Asker::OwnPage => (&["cors", "same-origin"], "empty"),
        Asker::Site(_) => (&["cors"], "empty"),
    };
    let fits = |name, fits: &dyn Fn(&str) -> bool| {
        let value = only(headers, &HeaderName::from_static(name))?;
        value
            .is_none_or(|value| value.to_str().is_ok_and(fits))
            .then_some(())
            .ok_or(())
    };
    fits("sec-fetch-mode", &|mode| modes.contains(&mode))
        .and_then(|()| fits("sec-fetch-dest", &|dest| dest == destination))
        .and_then(|()| {
            fits("sec-fetch-site", &|site| {
                *asker != Asker::OwnPage || site == "same-origin"
            })
        })
        .map_err(|()| Error::OriginRefused {
            cause: "not a fetch that a page may make",
        })
}

/// Only `application/json` cannot be sent without a preflight.
fn content_type(head: &Parts) -> Result<(), Error> {
    if head.method != Method::POST {
        return Ok(());
    }
    let said = only(&head.headers, &CONTENT_TYPE).ok().flatten();
    let said = said
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let (kind, parameter) = said.split_once(';').unwrap_or((said, "charset=utf-8"));
    let json = kind.trim_end().eq_ignore_ascii_case("application/json");
    if json && parameter.trim().eq_ignore_ascii_case("charset=utf-8") {
        Ok(())
    } else {
        Err(Error::UnsupportedMediaType)
    }
}

/// The header's value; an error if it is there twice.
pub(crate) fn only<'a>(
    headers: &'a HeaderMap,
    name: &HeaderName,
) -> Result<Option<&'a HeaderValue>, ()> {
    let mut values = headers.get_all(name).iter();
    let value = values.next();
    if values.next().is_some() {
        Err(())
    } else {
        Ok(value)
    }
}

#[cfg(test)]
mod tests;
