//! The checks alone; `tests/api` sends the same refusals over real connections.

use chop_protocol::{ErrorCode, Plain};
use hyper::Request;

use super::*;
use crate::problem::problem;

const PORT: u16 = 21443;

/// A sign-in that passes, for a test to spoil.
fn sign_in() -> Vec<(&'static str, &'static str)> {
    vec![
        ("host", "localhost:21443"),
        ("origin", "https://bank.example"),
        ("content-type", "application/json"),
    ]
}

fn head(method: &str, target: &str, headers: &[(&'static str, &'static str)]) -> Parts {
    let mut request = Request::builder().method(method).uri(target);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(()).unwrap().into_parts().0
}

fn asked(
    method: &str,
    target: &str,
    headers: &[(&'static str, &'static str)],
) -> Result<Asker, ErrorCode> {
    check(&head(method, target, headers), PORT, Plain::Never)
        .map(|passed| passed.asker)
        .map_err(|refused| problem(&refused.error).1.code)
}

fn with(name: &'static str, value: &'static str) -> Vec<(&'static str, &'static str)> {
    let mut headers = sign_in();
    headers.retain(|(known, _)| *known != name);
    headers.push((name, value));
    headers
}

fn and(name: &'static str, value: &'static str) -> Vec<(&'static str, &'static str)> {
    let mut headers = sign_in();
    headers.push((name, value));
    headers
}

#[test]
fn each_of_our_names_passes_with_our_port_alone() {
    for host in ["localhost:21443", "127.0.0.1:21443", "[::1]:21443"] {
        assert!(
            asked("POST", "/v1/sign-in", &with("host", host)).is_ok(),
            "{host}"
        );
    }
    for host in [
        "localhost",
        "localhost:21444",
        "localhost:021443",
        "localhost:+21443",
        "localhost.:21443",
        "LOCALHOST:21443",
        "127.0.0.1",
        "127.1:21443",
        "[::1]",
        "::1:21443",
        "localhost:21443 ",
        "a@localhost:21443",
        "rebind.example:21443",
        "",
    ] {
        let code = asked("POST", "/v1/sign-in", &with("host", host)).unwrap_err();
        assert_eq!(code, ErrorCode::WrongHost, "{host}");
    }
}

#[test]
fn two_hosts_or_none_are_refused() {
    let two = and("host", "localhost:21443");
    assert_eq!(
        asked("POST", "/v1/sign-in", &two),
        Err(ErrorCode::WrongHost)
    );
    let none = &sign_in()[1..];
    assert_eq!(
        asked("POST", "/v1/sign-in", none),
        Err(ErrorCode::WrongHost)
    );
}

#[test]
fn an_absolute_target_agrees_with_the_host() {
    let target = "https://localhost:21443/v1/sign-in";
    assert!(asked("POST", target, &sign_in()).is_ok());
    assert!(
        asked("POST", target, &sign_in()[1..]).is_ok(),
        "as HTTP/2 has it"
    );
    for other in [
        "https://127.0.0.1:21443/v1/sign-in",
        "https://a@localhost:21443/v1/sign-in",
    ] {
        assert_eq!(
            asked("POST", other, &sign_in()),
            Err(ErrorCode::WrongHost),
            "{other}"
        );
    }
}

#[test]
fn our_page_is_recognised_by_its_exact_origin() {
    let own = with("origin", "https://localhost:21443");
    assert_eq!(asked("POST", "/v1/sign-in", &own), Ok(Asker::OwnPage));
    assert_eq!(
        asked("POST", "/v1/bridge/tickets", &own),
        Ok(Asker::OwnPage)
    );
    for other in [
        "https://127.0.0.1:21443",
        "https://[::1]:21443",
        "http://localhost:21443",
    ] {
        let headers = with("origin", other);
        assert_eq!(
            asked("POST", "/v1/sign-in", &headers),
            Err(ErrorCode::OriginRefused),
            "{other}"
        );
    }
    let refused = Err(ErrorCode::OriginRefused);
    assert_eq!(asked("GET", "/v1/info", &own), refused);
    assert_eq!(asked("OPTIONS", "/v1/sign-in", &own), refused);
    assert_eq!(asked("POST", "/v1/bridge/tickets", &sign_in()), refused);
}

#[test]
fn plain_localhost_asks_with_the_development_setting_alone() {
    let head = head(
        "POST",
        "/v1/sign-in",
        &with("origin", "http://localhost:8080"),
    );
    assert!(check(&head, PORT, Plain::Never).is_err());
    assert!(check(&head, PORT, Plain::Localhost).is_ok());
}

#[test]
fn a_site_may_read_why_it_was_refused_and_nobody_else_may() {
    let refused = |headers: &[_]| {
        check(&head("POST", "/v1/nothing", headers), PORT, Plain::Never)
            .unwrap_err()
            .site
    };
    assert_eq!(
        refused(&sign_in()).unwrap().as_str(),
        "https://bank.example"
    );
    assert_eq!(refused(&with("origin", "null")), None);
    assert_eq!(refused(&with("host", "rebind.example:21443")), None);
}

#[test]
fn json_is_recognised_and_nothing_else() {
    for kind in [
        "application/json",
        "application/json; charset=utf-8",
        "Application/JSON;charset=UTF-8",
    ] {
        assert!(
            asked("POST", "/v1/sign-in", &with("content-type", kind)).is_ok(),
            "{kind}"
        );
    }
    for kind in [
        "text/plain",
        "text/plain; application/json",
        "application/json; charset=utf-16",
        "application/json, text/plain",
        "application/jsonx",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "",
    ] {
        let code = asked("POST", "/v1/sign-in", &with("content-type", kind)).unwrap_err();
        assert_eq!(code, ErrorCode::UnsupportedMediaType, "{kind}");
    }
}
