//! Every path and method there is.

use hyper::Method;

use crate::Error;

/// What is asked for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Route {
    /// That an agent is here.
    Info,
    /// A signature.
    SignIn,
    /// The popup page.
    Bridge,
    /// A ticket for the popup page.
    Tickets,
    /// Whether a page may send the method of this route.
    Preflight(&'static str),
}

/// The whole surface.
///
/// Spec: docs/protocol.md, "Who asks".
const ROUTES: [(&str, &str, Route); 6] = [
    ("GET", "/v1/info", Route::Info),
    ("OPTIONS", "/v1/info", Route::Preflight("GET")),
    ("POST", "/v1/sign-in", Route::SignIn),
    ("OPTIONS", "/v1/sign-in", Route::Preflight("POST")),
    ("GET", "/v1/bridge", Route::Bridge),
    ("POST", "/v1/bridge/tickets", Route::Tickets),
];

/// Finds the route.
///
/// # Errors
/// [`Error::NotFound`], [`Error::MethodNotAllowed`].
pub(crate) fn find(method: &Method, path: &str) -> Result<Route, Error> {
    let mut known = ROUTES.iter().filter(|(_, at, _)| *at == path).peekable();
    if known.peek().is_none() {
        return Err(Error::NotFound);
    }
    let fits = known.find(|(takes, _, _)| takes == method);
    fits.map(|(_, _, route)| *route)
        .ok_or(Error::MethodNotAllowed {
            allow: allowed(path),
        })
}

fn allowed(path: &str) -> &'static str {
    match path {
        "/v1/info" => "GET, OPTIONS",
        "/v1/sign-in" => "OPTIONS, POST",
        "/v1/bridge" => "GET",
        _ => "POST",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_path_allows_is_what_the_table_has() {
        for (_, path, _) in ROUTES {
            let mut takes: Vec<_> = ROUTES
                .iter()
                .filter(|(_, at, _)| *at == path)
                .map(|(method, ..)| *method)
                .collect();
            takes.sort_unstable();
            assert_eq!(allowed(path), takes.join(", "), "{path}");
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
        assert!(matches!(
            find(&Method::HEAD, "/v1/info"),
            Err(Error::MethodNotAllowed { .. })
        ));
    }
}
