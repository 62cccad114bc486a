//! Every path and method there is.

use chop_protocol::{MAX_BODY, MAX_LARGE_BODY};
use hyper::Method;

use crate::Error;

/// What is asked for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Route {
    /// That an agent is here.
    Info,
    /// Something that has a window.
    Operation(Kind),
    /// The popup page.
    Bridge,
    /// A ticket for the popup page.
    Tickets,
    /// Whether a page may send the method of this route.
    Preflight(&'static str),
}

/// The operations.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Kind {
    SignIn,
    Certificates,
    Sign,
    Decrypt,
}

impl Kind {
    /// The largest body, in bytes.
    pub(crate) fn largest_body(self) -> usize {
        match self {
            Self::SignIn | Self::Certificates => MAX_BODY,
            Self::Sign | Self::Decrypt => MAX_LARGE_BODY,
        }
    }
}

/// The whole surface. A route that sites may ask has a preflight; the agent's own page needs none.
///
/// Spec: docs/protocol.md, "Who asks".
const ROUTES: [(&str, &str, Route); 7] = [
    ("GET", "/v1/info", Route::Info),
    ("POST", "/v1/sign-in", Route::Operation(Kind::SignIn)),
    (
        "POST",
        "/v1/certificates",
        Route::Operation(Kind::Certificates),
    ),
    ("POST", "/v1/sign", Route::Operation(Kind::Sign)),
    ("POST", "/v1/decrypt", Route::Operation(Kind::Decrypt)),
    ("GET", "/v1/bridge", Route::Bridge),
    ("POST", "/v1/bridge/tickets", Route::Tickets),
];

/// Finds the route.
///
/// # Errors
/// [`Error::NotFound`], [`Error::MethodNotAllowed`].
pub(crate) fn find(method: &Method, path: &str) -> Result<Route, Error> {
    let known = ROUTES.iter().find(|(_, at, _)| *at == path);
    let (takes, _, route) = known.ok_or(Error::NotFound)?;
    let for_sites = matches!(route, Route::Info | Route::Operation(_));
    match method {
        method if method == takes => Ok(*route),
        &Method::OPTIONS if for_sites => Ok(Route::Preflight(takes)),
        _ => Err(Error::MethodNotAllowed {
            allow: match (*takes, for_sites) {
                ("GET", true) => "GET, OPTIONS",
                ("GET", false) => "GET",
                (_, true) => "OPTIONS, POST",
                (_, false) => "POST",
            },
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_takes_its_method_and_for_sites_a_preflight() {
        for (takes, path, route) in ROUTES {
            for method in ["GET", "POST", "OPTIONS", "PUT", "DELETE", "HEAD"] {
                let found = find(&method.parse().unwrap(), path);
                match found {
                    Ok(found) if method == takes => assert_eq!(found, route),
                    Ok(found) => assert_eq!(
                        (method, found),
                        ("OPTIONS", Route::Preflight(takes)),
                        "{path}"
                    ),
                    Err(Error::MethodNotAllowed { allow }) => {
                        assert!(allow.contains(takes) && !allow.contains(method), "{path}");
                    }
                    Err(other) => panic!("{path}: {other}"),
                }
            }
        }
    }

    #[test]
    fn a_path_is_taken_exactly() {
        for path in [
            "/",
            "",
            "*",
            "/v1/sign-in/",
            "/v1/Sign-In",
            "//v1/sign-in",
            "/v1/%69nfo",
        ] {
            assert!(
                matches!(find(&Method::GET, path), Err(Error::NotFound)),
                "{path}"
            );
        }
    }
}
