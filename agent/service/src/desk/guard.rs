//! Who asks. The peer was found before the connection was read; what comes here is of the person's
//! own programs, among which is a browser that shows sites.
//!
//! A browser that does not say where a request comes from (`Sec-Fetch-Site`) is refused: every one
//! of the last years does.
//!
//! Spec: docs/protocol.md, "The desk"; Fetch Metadata Request Headers; RFC 6265bis.

use hyper::{
    HeaderMap, Method,
    header::{CONTENT_TYPE, COOKIE, HeaderName, HeaderValue, ORIGIN},
    http::request::Parts,
};

use super::visits::Key;
use crate::{
    Error,
    guard::{host, kind, only, size},
};

/// What is asked for.
#[derive(Debug, Eq, PartialEq)]
pub(super) enum Asked<'a> {
    /// The link was followed.
    Open { link: &'a str },
    /// A page.
    Page { key: Key, name: &'a str },
    /// A file that pages use.
    File { key: Key, name: &'a str },
    /// A form was sent.
    Form { key: Key, name: &'a str },
}

/// Checks a request that came in on `port`.
///
/// # Errors
/// [`Error::WrongHost`], [`Error::HeadersTooLarge`], [`Error::OriginRefused`],
/// [`Error::UnsupportedMediaType`], [`Error::MethodNotAllowed`], [`Error::NotFound`]; and
/// [`Error::TicketRefused`] for a page without its cookie.
pub(super) fn check(head: &Parts, port: u16) -> Result<Asked<'_>, Error> {
    // 1. Host: the one name that links have. Another could be rebound.
    if host(head, port)? != format!("127.0.0.1:{port}") {
        return Err(Error::WrongHost);
    }
    // 2. Size and kind.
    size(&head.headers)?;
    kind(&head.headers)?;
    // 3. From where, and into what.
    let from = From::read(&head.headers)?;
    // 4. What for.
    let path = head.uri.path().strip_prefix('/').ok_or(Error::NotFound)?;
    let (room, name) = path.split_once('/').ok_or(Error::NotFound)?;
    let is_get = match head.method {
        Method::GET => true,
        Method::POST => false,
        _ => return Err(Error::MethodNotAllowed { allow: "GET, POST" }),
    };
    if is_get && head.headers.contains_key(ORIGIN) {
        return Err(refused("a fetch"));
    }
    if room == "open" {
        // A person has typed it or a program of theirs has opened it: no page leads here.
        return match is_get && from == From::NOBODY {
            true => Ok(Asked::Open { link: name }),
            false => Err(refused("a link is for the person")),
        };
    }
    if let Some(name) = name.strip_prefix("files/") {
        return match is_get && from.is_part_of_a_page() {
            true => Ok(Asked::File {
                key: key(room, &head.headers)?,
                name,
            }),
            false => Err(refused("not a part of our page")),
        };
    }
    if is_get {
        return match from.is_navigation() {
            true => Ok(Asked::Page {
                key: key(room, &head.headers)?,
                name,
            }),
            false => Err(refused("not a navigation of ours")),
        };
    }
    if from != From::OUR_PAGE || !is_ours(&head.headers, port) {
        return Err(refused("not a form of ours"));
    }
    let form = head.headers.get(CONTENT_TYPE);
    if form
        != Some(&HeaderValue::from_static(
            "application/x-www-form-urlencoded",
        ))
    {
        return Err(Error::UnsupportedMediaType);
    }
    Ok(Asked::Form {
        key: key(room, &head.headers)?,
        name,
    })
}

/// From where the browser says that a request comes, and into what its answer goes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
struct From<'a> {
    site: &'a str,
    mode: &'a str,
    destination: &'a str,
}

impl<'a> From<'a> {
    const NOBODY: From<'static> = From {
        site: "none",
        mode: "navigate",
        destination: "document",
    };
    const OUR_PAGE: From<'static> = From {
        site: "same-origin",
        ..Self::NOBODY
    };

    fn read(headers: &'a HeaderMap) -> Result<Self, Error> {
        let one = |name| {
            let value = only(headers, &HeaderName::from_static(name)).ok().flatten();
            let value = value.and_then(|value| value.to_str().ok());
            value.ok_or_else(|| refused("it does not say where it comes from"))
        };
        Ok(Self {
            site: one("sec-fetch-site")?,
            mode: one("sec-fetch-mode")?,
            destination: one("sec-fetch-dest")?,
        })
    }

    fn is_navigation(self) -> bool {
        self == Self::NOBODY || self == Self::OUR_PAGE
    }

    fn is_part_of_a_page(self) -> bool {
        self.site == "same-origin"
            && self.mode == "no-cors"
            && matches!(self.destination, "style" | "script" | "image")
    }
}

/// The form's page says that it is ours.
fn is_ours(headers: &HeaderMap, port: u16) -> bool {
    let origin = only(headers, &ORIGIN).ok().flatten();
    origin.is_some_and(|origin| origin.as_bytes() == format!("http://127.0.0.1:{port}").as_bytes())
}

/// The visit's key: the room of the path, and the one cookie of that path.
fn key(room: &str, headers: &HeaderMap) -> Result<Key, Error> {
    let cookies = headers.get_all(COOKIE).iter();
    let cookies = cookies.filter_map(|value| value.to_str().ok());
    let mut ours = cookies
        .flat_map(|value| value.split(';'))
        .filter_map(|cookie| cookie.trim_start().strip_prefix("chop="));
    match (ours.next(), ours.next()) {
        (Some(secret), None) => Ok(Key {
            room: room.to_owned(),
            secret: secret.to_owned(),
        }),
        _ => Err(Error::TicketRefused),
    }
}

fn refused(cause: &'static str) -> Error {
    Error::OriginRefused { cause }
}
