//! The popup page and its tickets.
//!
//! Spec: docs/protocol.md, "The popup"; docs/threat-model.md, C-17, C-24.

use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use ring::digest;

use crate::{
    client::{Http, Page},
    scene::{Scene, Stage},
};

async fn ticket(stage: &Stage) -> String {
    let reply = Page::own(stage)
        .post("/v1/bridge/tickets", r#"{"origin":"https://bank.example"}"#)
        .await;
    assert_eq!(reply.status, 200, "{reply:?}");
    reply.json()["ticket"].as_str().unwrap().to_owned()
}

fn navigation(stage: &Stage) -> Page<'_> {
    stage
        .page()
        .without("origin")
        .without("content-type")
        .with("sec-fetch-mode", "navigate")
        .with("sec-fetch-dest", "document")
}

#[tokio::test]
async fn a_ticket_lets_our_own_page_ask_for_the_origin_that_opened_it() {
    for http in [Http::One, Http::Two] {
        let stage = Scene::willing().start().await;
        let ticket = ticket(&stage).await;

        let reply = Page::own(&stage)
            .over(http)
            .with("chop-ticket", &ticket)
            .sign_in()
            .await;

        assert_eq!(reply.status, 200);
        assert_eq!(stage.happened()[0], "window for https://bank.example");
        assert_eq!(reply.header("access-control-allow-origin"), None);
    }
}

#[tokio::test]
async fn a_ticket_is_good_once_even_for_a_request_that_fails() {
    let stage = Scene::willing().start().await;
    let spent = ticket(&stage).await;
    let page = Page::own(&stage).with("chop-ticket", &spent);
    assert_eq!(
        page.post("/v1/sign-in", "{}").await.code(),
        "invalid_request"
    );
    assert_eq!(page.sign_in().await.code(), "ticket_refused");
    assert!(stage.nothing_happened());
}

#[tokio::test]
async fn a_late_ticket_is_refused() {
    let scene = Scene::willing().settings(|settings| settings.ticket_life = Duration::ZERO);
    let stage = scene.start().await;
    let late = ticket(&stage).await;
    let page = Page::own(&stage).with("chop-ticket", &late);
    assert_eq!(page.sign_in().await.code(), "ticket_refused");
    assert!(stage.nothing_happened());
}

#[tokio::test]
async fn a_missing_foreign_or_second_ticket_is_refused() {
    let (stage, other) = (
        Scene::willing().start().await,
        Scene::willing().start().await,
    );
    assert_eq!(Page::own(&stage).sign_in().await.code(), "ticket_refused");
    for odd in ["", "x", &ticket(&other).await] {
        let page = Page::own(&stage).with("chop-ticket", odd);
        assert_eq!(page.sign_in().await.code(), "ticket_refused", "{odd}");
    }
    let good = ticket(&stage).await;
    let twice = Page::own(&stage)
        .and("chop-ticket", &good)
        .and("chop-ticket", &good);
    assert_eq!(twice.sign_in().await.code(), "ticket_refused");
    assert!(stage.nothing_happened());
}

#[tokio::test]
async fn a_site_cannot_use_a_ticket_and_our_page_cannot_ask_for_itself() {
    let stage = Scene::willing().start().await;
    let stolen = ticket(&stage).await;
    for origin in ["https://evil.example", "https://bank.example"] {
        let thief = stage
            .page()
            .with("origin", origin)
            .with("chop-ticket", &stolen);
        assert_eq!(thief.sign_in().await.code(), "ticket_refused");
    }
    let cross = Page::own(&stage)
        .with("sec-fetch-site", "cross-site")
        .with("chop-ticket", &stolen);
    assert_eq!(cross.sign_in().await.code(), "origin_refused");
    let by_address = format!("https://127.0.0.1:{}", stage.port);
    let page = stage
        .page()
        .with("origin", &by_address)
        .with("chop-ticket", &stolen);
    assert_eq!(page.sign_in().await.code(), "origin_refused");
    assert!(stage.nothing_happened());
}

#[tokio::test]
async fn only_our_own_page_gets_tickets_and_only_for_origins_that_may_ask() {
    let stage = Scene::willing().start().await;
    let body = r#"{"origin":"https://bank.example"}"#;
    for origin in ["https://bank.example", "null", "https://localhost:1"] {
        let reply = stage
            .page()
            .with("origin", origin)
            .post("/v1/bridge/tickets", body)
            .await;
        assert_eq!(reply.code(), "origin_refused", "{origin}");
    }
    for origin in [
        "null",
        "http://bank.example",
        "https://bank.example/",
        "https://bank.example.",
    ] {
        let body = format!(r#"{{"origin":"{origin}"}}"#);
        let reply = Page::own(&stage).post("/v1/bridge/tickets", &body).await;
        assert_eq!(reply.code(), "origin_refused", "{origin}");
    }
    for body in [
        "",
        "{}",
        r#"{"origin":1}"#,
        r#"{"origin":"https://a.example","more":1}"#,
    ] {
        let reply = Page::own(&stage).post("/v1/bridge/tickets", body).await;
        assert_eq!(reply.code(), "invalid_request", "{body}");
    }
    let simple = Page::own(&stage).with("content-type", "text/plain");
    let reply = simple.post("/v1/bridge/tickets", body).await;
    assert_eq!(reply.code(), "unsupported_media_type");
    assert!(stage.nothing_happened());
}

#[tokio::test]
async fn sixteen_tickets_may_be_outstanding() {
    let stage = Scene::willing().start().await;
    let page = Page::own(&stage);
    let mut line = page.line().await;
    let body = r#"{"origin":"https://bank.example"}"#;
    for _ in 0..16 {
        assert_eq!(
            line.ask(&page, "POST", "/v1/bridge/tickets", body)
                .await
                .status,
            200
        );
    }
    let more = line.ask(&page, "POST", "/v1/bridge/tickets", body).await;
    assert_eq!((more.status.as_u16(), more.code().as_str()), (409, "busy"));
}

#[tokio::test]
async fn the_page_is_static_pinned_and_cannot_be_framed() {
    let stage = Scene::new().start().await;
    let page = navigation(&stage).get("/v1/bridge").await;
    let other = navigation(&stage)
        .get("/v1/bridge?challenge=%3Cscript%3E")
        .await;

    assert_eq!(
        (page.status.as_u16(), page.header("x-frame-options")),
        (200, Some("DENY"))
    );
    assert_eq!(
        page.header("content-type"),
        Some("text/html; charset=utf-8")
    );
    assert_eq!(page.header("cross-origin-opener-policy"), None);
    assert_eq!(page.body, other.body);
    let document = str::from_utf8(&page.body).unwrap();
    let pinned = |tag: &str| {
        let (_, rest) = document.split_once(&format!("<{tag}>")).unwrap();
        let (text, _) = rest.split_once(&format!("</{tag}>")).unwrap();
        STANDARD.encode(digest::digest(&digest::SHA256, text.as_bytes()))
    };
    let (script, style) = (pinned("script"), pinned("style"));
    assert_eq!(
        page.header("content-security-policy").unwrap(),
        format!(
            "default-src 'none'; script-src 'sha256-{script}'; style-src 'sha256-{style}'; \
             connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
        )
    );
    assert!(stage.nothing_happened());
}

#[tokio::test]
async fn the_page_is_for_navigations_alone() {
    let stage = Scene::new().start().await;
    for (name, value) in [
        ("sec-fetch-mode", "no-cors"),
        ("sec-fetch-mode", "cors"),
        ("sec-fetch-dest", "iframe"),
        ("sec-fetch-dest", "script"),
        ("sec-purpose", "prefetch"),
        ("service-worker", "script"),
    ] {
        let reply = navigation(&stage).with(name, value).get("/v1/bridge").await;
        assert_eq!(reply.code(), "origin_refused", "{name}: {value}");
    }
    let rebound = navigation(&stage)
        .named("rebind.example")
        .get("/v1/bridge")
        .await;
    assert_eq!(rebound.code(), "wrong_host");
    let foreign = navigation(&stage).with("origin", "https://evil.example");
    let posted = foreign.post("/v1/bridge", "{}").await;
    assert_eq!(posted.code(), "origin_refused", "as a form would post it");
}
