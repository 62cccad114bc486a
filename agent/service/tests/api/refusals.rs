//! Requests that are refused: each by its code, and none reaches a window or a card.
//!
//! Spec: docs/protocol.md, "Who asks"; docs/threat-model.md, C-1, C-3, C-4, C-18, C-31.

use crate::{
    client::{Http, Page, raw},
    scene::{Scene, Stage, sign_in_body},
};

/// Asks and checks the refusal, over both versions of HTTP.
async fn refused(spoil: impl for<'a> Fn(Page<'a>) -> Page<'a>, code: &str) {
    for http in [Http::One, Http::Two] {
        let stage = Scene::willing().start().await;
        let reply = spoil(stage.page()).over(http).sign_in().await;
        assert_eq!(reply.code(), code, "{http:?} {reply:?}");
        assert!(stage.nothing_happened(), "{:?}", stage.happened());
    }
}

#[tokio::test]
async fn the_same_request_with_nothing_wrong_is_answered() {
    for http in [Http::One, Http::Two] {
        let stage = Scene::willing().start().await;
        assert_eq!(stage.page().over(http).sign_in().await.status, 200);
        assert_eq!(
            (
                stage.count("window for https://bank.example"),
                stage.count("card")
            ),
            (1, 1)
        );
    }
}

#[tokio::test]
async fn an_origin_that_may_not_ask_is_refused() {
    for origin in [
        "null",
        "",
        "http://bank.example",
        "http://localhost:8080",
        "https://bank.example.",
        "https://Bank.example",
        "https://bank.example:443",
        "https://bank.example/",
        "https://user@bank.example",
        "https://bank.example https://other.example",
        "chrome-extension://abcdefghijklmnop",
        "moz-extension://0b1c",
        "file://",
        "wss://bank.example",
    ] {
        refused(|page| page.with("origin", origin), "origin_refused").await;
    }
}

#[tokio::test]
async fn an_absent_or_second_origin_is_refused() {
    refused(|page| page.without("origin"), "origin_refused").await;
    refused(
        |page| page.and("origin", "https://bank.example"),
        "origin_refused",
    )
    .await;
    refused(
        |page| page.and("origin", "https://evil.example"),
        "origin_refused",
    )
    .await;
}

#[tokio::test]
async fn a_look_alike_asks_in_its_own_name() {
    for origin in [
        "https://bank.example.evil.example",
        "https://evil-bank.example",
        "https://login.bank.example",
        "https://bank.example:8443",
        "https://xn--bnk-6cd.example",
    ] {
        let stage = Scene::willing().start().await;
        assert_eq!(
            stage.page().with("origin", origin).sign_in().await.status,
            200
        );
        assert_eq!(stage.happened()[0], format!("window for {origin}"));
    }
}

#[tokio::test]
async fn an_origin_in_the_body_is_refused() {
    let stage = Scene::willing().start().await;
    let body = sign_in_body().replace('}', r#","origin":"https://bank.example"}"#);
    let reply = stage
        .page()
        .with("origin", "https://evil.example")
        .post("/v1/sign-in", &body)
        .await;
    assert_eq!(reply.code(), "invalid_request");
    assert!(stage.nothing_happened());
}

#[tokio::test]
async fn plain_localhost_asks_with_the_development_setting() {
    let stage = Scene::willing().plain_localhost().start().await;
    let page = stage.page().with("origin", "http://localhost:8080");
    assert_eq!(page.sign_in().await.status, 200);
    let page = stage.page().with("origin", "http://bank.example");
    assert_eq!(page.sign_in().await.code(), "origin_refused");
}

/// A sign-in with nothing wrong but what `spoil` does to its text.
async fn refused_text(spoil: impl Fn(String) -> String, code: &str) {
    let stage = Scene::willing().start().await;
    let body = sign_in_body();
    let good = format!(
        "POST /v1/sign-in HTTP/1.1\r\nHost: localhost:PORT\r\nOrigin: https://bank.example\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let request = spoil(good.clone());
    assert_ne!(request, good, "the test spoils nothing");
    let reply = raw(&stage, &request).await;
    assert_eq!(reply.code(), code, "{request}\n{reply:?}");
    assert!(stage.nothing_happened(), "{:?}", stage.happened());

    assert_eq!(raw(&stage, &good).await.status, 200);
}

#[tokio::test]
async fn a_host_that_is_not_ours_is_refused() {
    for host in [
        "rebind.example:PORT",
        "rebind.example",
        "localhost",
        "localhost:1",
        "localhost.:PORT",
        "LOCALHOST:PORT",
        "127.0.0.1",
        "127.0.0.2:PORT",
        "[::]:PORT",
        "user@localhost:PORT",
        "localhost:PORT, localhost:PORT",
        "",
    ] {
        refused_text(
            |text| text.replacen("localhost:PORT", host, 1),
            "wrong_host",
        )
        .await;
    }
}

#[tokio::test]
async fn an_absent_or_second_host_is_refused() {
    refused_text(
        |text| text.replace("Host: localhost:PORT\r\n", ""),
        "wrong_host",
    )
    .await;
    let twice = "Host: localhost:PORT\r\nHost: localhost:PORT\r\n";
    refused_text(
        |text| text.replace("Host: localhost:PORT\r\n", twice),
        "wrong_host",
    )
    .await;
    let other = "Host: localhost:PORT\r\nHost: rebind.example\r\n";
    refused_text(
        |text| text.replace("Host: localhost:PORT\r\n", other),
        "wrong_host",
    )
    .await;
}

#[tokio::test]
async fn an_absolute_target_that_disagrees_with_the_host_is_refused() {
    for target in [
        "https://rebind.example/v1",
        "https://127.0.0.1:PORT/v1",
        "http://localhost/v1",
    ] {
        refused_text(|text| text.replacen("/v1", target, 1), "wrong_host").await;
    }
}

#[tokio::test]
async fn over_http_2_the_authority_must_be_ours_and_a_host_must_agree() {
    let stage = Scene::willing().start().await;
    let page = stage.page().over(Http::Two);
    assert_eq!(
        page.with("host", "rebind.example").sign_in().await.code(),
        "wrong_host"
    );
    let elsewhere = Page::new(&stage, "https://bank.example")
        .over(Http::Two)
        .named("rebind.example");
    assert_eq!(elsewhere.sign_in().await.code(), "wrong_host");
    assert!(stage.nothing_happened());
}

#[tokio::test]
async fn a_post_that_needs_no_preflight_is_refused() {
    for kind in [
        "text/plain",
        "text/plain;charset=UTF-8",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "text/plain; application/json",
        "application/json, text/plain",
        "application/json; charset=latin1",
    ] {
        refused(
            |page| page.with("content-type", kind),
            "unsupported_media_type",
        )
        .await;
    }
    refused(
        |page| page.without("content-type"),
        "unsupported_media_type",
    )
    .await;
    refused(
        |page| page.and("content-type", "text/plain"),
        "unsupported_media_type",
    )
    .await;
}

#[tokio::test]
async fn a_request_that_no_fetch_of_a_page_makes_is_refused() {
    for (name, value) in [
        ("sec-fetch-mode", "no-cors"),
        ("sec-fetch-mode", "navigate"),
        ("sec-fetch-mode", "same-origin"),
        ("sec-fetch-mode", "websocket"),
        ("sec-fetch-dest", "document"),
        ("sec-fetch-dest", "iframe"),
        ("sec-fetch-dest", "image"),
        ("sec-purpose", "prefetch"),
        ("sec-purpose", "prefetch;prerender"),
        ("service-worker", "script"),
    ] {
        refused(|page| page.with(name, value), "origin_refused").await;
    }
}

/// A page of a browser that sends no fetch metadata.
fn bare(stage: &Stage) -> Page<'_> {
    stage
        .page()
        .without("sec-fetch-site")
        .without("sec-fetch-mode")
        .without("sec-fetch-dest")
}

#[tokio::test]
async fn fetch_metadata_proves_nothing_where_it_is_absent() {
    let stage = Scene::willing().start().await;
    assert_eq!(bare(&stage).sign_in().await.status, 200);
    assert_eq!(
        bare(&stage).without("origin").sign_in().await.code(),
        "origin_refused"
    );
    let own = stage
        .page()
        .without("origin")
        .with("sec-fetch-site", "none");
    assert_eq!(own.sign_in().await.code(), "origin_refused");
}

#[tokio::test]
async fn a_body_that_is_not_a_sign_in_is_refused() {
    for body in [
        "",
        "{}",
        "null",
        r#"{"challenge":"AAAA"}"#,
        r#"{"challenge":"\ud800AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}"#,
        &sign_in_body().replace('}', r#","pin":"123456"}"#),
        &sign_in_body().replace('}', r#","challenge":"x"}"#),
        &sign_in_body().replace("BwcH", "Bw\u{7}H"),
    ] {
        let stage = Scene::willing().start().await;
        let reply = stage.page().post("/v1/sign-in", body).await;
        assert_eq!(
            (reply.status.as_u16(), reply.code().as_str()),
            (400, "invalid_request"),
            "{body}"
        );
        assert!(stage.nothing_happened());
    }
}

#[tokio::test]
async fn a_thousand_refused_requests_touch_no_card() {
    let stage = Scene::willing().start().await;
    let page = stage.page().with("origin", "null");
    let mut line = page.line().await;
    for _ in 0..1000 {
        let reply = line
            .ask(&page, "POST", "/v1/sign-in", &sign_in_body())
            .await;
        assert_eq!(reply.code(), "origin_refused");
    }
    assert!(stage.nothing_happened());
}
