//! Requests that are not as the description has them, and what surrounds all of them.

use http_body_util::Full;
use hyper::{Request, body::Bytes};
use serde_json::json;

use crate::{
    client::Answer,
    scene::{Files, Running, SESSION, card, sign_in},
};

async fn send(service: &Running, request: hyper::http::request::Builder, body: &str) -> Answer {
    let body = Full::from(Bytes::copy_from_slice(body.as_bytes()));
    service
        .connect()
        .await
        .send(request.body(body).unwrap())
        .await
}

#[tokio::test]
async fn what_is_not_as_described_is_refused_without_quoting_it() {
    let service = Running::new(Files::new()).await;
    for body in [
        "",
        "[]",
        "null",
        "{",
        "{\"session\":7}",
        "{\"session\":\"short secret 1\"}",
        "{\"session\":\"0123456789abcdef\",\"admin\":true}",
        "{\"session\":\"0123456789abcdef\",\"session\":\"0123456789abcdef\"}",
        "\u{0}",
    ] {
        let request = Request::post("/v1/challenges").header("content-type", "application/json");
        let answer = send(&service, request, body).await;
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (400, "invalid_request"),
            "{body}"
        );
        assert!(!answer.text.contains("secret"), "{}", answer.text);
    }
}

#[tokio::test]
async fn only_json_is_read() {
    let service = Running::new(Files::new()).await;
    let body = json!({ "session": SESSION }).to_string();
    for kind in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/jsonp",
    ] {
        let request = Request::post("/v1/challenges").header("content-type", kind);
        assert_eq!(send(&service, request, &body).await.status, 400, "{kind}");
    }
    let kind = "application/json; charset=utf-8";
    let request = Request::post("/v1/challenges").header("content-type", kind);
    assert_eq!(send(&service, request, &body).await.status, 201);
}

#[tokio::test]
async fn a_web_page_cannot_ask() {
    let service = Running::new(Files::new()).await;
    for path in ["/v1/challenges", "/metrics"] {
        let request = Request::post(path)
            .header("content-type", "application/json")
            .header("origin", "https://evil.example");
        let answer = send(
            &service,
            request,
            &json!({ "session": SESSION }).to_string(),
        )
        .await;
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (403, "browser_refused")
        );
    }
}

#[tokio::test]
async fn other_paths_and_methods_are_said_not_to_be_there() {
    let service = Running::new(Files::new()).await;
    let mut caller = service.connect().await;
    assert_eq!(caller.get("/").await.code(), "not_found");
    assert_eq!(
        caller.get("/v1/sign-ins").await.code(),
        "method_not_allowed"
    );
    assert_eq!(caller.post("/health/live", &json!({})).await.status, 405);
}

#[tokio::test]
async fn a_body_that_is_too_large_is_not_read() {
    let service = Running::new(Files::new()).await;
    let request = Request::post("/v1/documents").header("content-type", "application/json");
    let answer = send(&service, request, &" ".repeat(33 * 1024 * 1024)).await;
    assert_eq!((answer.status, answer.code().as_str()), (413, "too_large"));
}

#[tokio::test]
async fn health_and_metrics_tell_operators_what_is_going_on() {
    let service = Running::new(Files::new()).await;
    let mut caller = service.connect().await;
    for path in ["/health/live", "/health/ready"] {
        assert_eq!(caller.get(path).await.json(), json!({ "status": "ok" }));
    }
    let holder = chop_testpki::Holder::company();
    assert_eq!(sign_in(&mut caller, &card(&holder)).await.status, 200);
    let gone = json!({ "session": SESSION, "id": "none", "assertion": {} });
    caller.post("/v1/sign-ins", &gone).await;
    let metrics = caller.get("/metrics").await;
    assert!(metrics.kind.starts_with("text/plain; version=0.0.4"));
    for line in [
        "chop_verify_requests_total{path=\"/v1/challenges\",code=\"ok\"} 1",
        "chop_verify_requests_total{path=\"/v1/sign-ins\",code=\"ok\"} 1",
        "chop_verify_requests_total{path=\"/v1/sign-ins\",code=\"challenge_gone\"} 1",
        "chop_verify_lists 5",
    ] {
        assert!(
            metrics.text.lines().any(|one| one == line),
            "{line}\n{}",
            metrics.text
        );
    }
    assert!(!metrics.text.contains(&holder.number));
}

#[tokio::test]
async fn it_ends_when_it_is_told_to_and_lets_requests_end() {
    let service = Running::new(Files::new()).await;
    let mut caller = service.connect().await;
    assert_eq!(caller.get("/health/live").await.status, 200);
    let address = service.address.clone();
    service.stop().await;
    assert!(tokio::net::TcpStream::connect(address).await.is_err());
}
