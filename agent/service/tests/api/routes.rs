//! The whole surface: every method on every path.
//!
//! Spec: docs/protocol.md, "Who asks"; docs/threat-model.md, C-33.

use crate::{client::Page, scene::Scene};

const METHODS: [&str; 9] = [
    "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND",
];

const PATHS: [&str; 19] = [
    "/v1/info",
    "/v1/sign-in",
    "/v1/certificates",
    "/v1/sign",
    "/v1/decrypt",
    "/v1/bridge",
    "/v1/bridge/tickets",
    "/",
    "/v1",
    "/v1/",
    "/v1/info/",
    "/v1/sign-in/",
    "/v1/bridge/page.js",
    "/v1/sign/",
    "/v1/signatures",
    "/v1/pin",
    "/v2/info",
    "/favicon.ico",
    "/robots.txt",
];

/// What is there for a site's page, for our own page and for a navigation. A new line here is a
/// new way in: it needs a reason and its own tests.
const SURFACE: &str = "\
site GET /v1/info 200
site OPTIONS /v1/info 204
site POST /v1/sign-in 400
site OPTIONS /v1/sign-in 204
site POST /v1/certificates 400
site OPTIONS /v1/certificates 204
site POST /v1/sign 400
site OPTIONS /v1/sign 204
site POST /v1/decrypt 400
site OPTIONS /v1/decrypt 204
own POST /v1/sign-in 403 ticket_refused
own POST /v1/certificates 403 ticket_refused
own POST /v1/sign 403 ticket_refused
own POST /v1/decrypt 403 ticket_refused
own POST /v1/bridge/tickets 400
navigation GET /v1/bridge 200
";

#[tokio::test]
async fn this_is_the_whole_surface() {
    let stage = Scene::new().start().await;
    let site = stage.page();
    let own = Page::own(&stage);
    let navigation = stage
        .page()
        .without("origin")
        .with("sec-fetch-mode", "navigate")
        .with("sec-fetch-dest", "document");
    let mut surface = String::new();
    for (who, page) in [("site", site), ("own", own), ("navigation", navigation)] {
        for path in PATHS {
            for method in METHODS {
                let reply = page.ask(method, path, "").await;
                let (status, code) = (reply.status.as_u16(), reply.code());
                match (status, code.as_str()) {
                    (404 | 405, _) | (403, "origin_refused") => {}
                    // An answer to HEAD has no body.
                    (403, "") if method == "HEAD" => {}
                    (403, code) => surface += &format!("{who} {method} {path} 403 {code}\n"),
                    _ => surface += &format!("{who} {method} {path} {status}\n"),
                }
            }
        }
    }
    assert_eq!(surface, SURFACE);
    assert!(stage.nothing_happened());
}

#[tokio::test]
async fn a_path_says_which_methods_it_has() {
    let stage = Scene::new().start().await;
    for (path, allow) in [
        ("/v1/info", "GET, OPTIONS"),
        ("/v1/sign-in", "OPTIONS, POST"),
    ] {
        let reply = stage.page().ask("DELETE", path, "").await;
        assert_eq!(
            (reply.status.as_u16(), reply.header("allow")),
            (405, Some(allow))
        );
        assert_eq!(reply.code(), "method_not_allowed");
    }
    let reply = stage.page().get("/v1/nothing").await;
    assert_eq!(
        (reply.status.as_u16(), reply.code().as_str()),
        (404, "not_found")
    );
}
