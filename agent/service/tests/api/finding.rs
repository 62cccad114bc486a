//! That an agent is here, and nothing more.
//!
//! Spec: docs/protocol.md, "Finding the agent"; docs/threat-model.md, C-5.

use chop_token::{Inventory, Readers};

use crate::{
    client::{Http, raw},
    scene::{Scene, card_in_reader, readers, token},
};

#[tokio::test]
async fn the_greeting_is_the_same_whatever_is_plugged_in() {
    let mut locked = token();
    locked.pin.locked = true;
    for inventory in [
        Inventory::default(),
        Inventory {
            readers: Readers::ServiceDown,
            ..card_in_reader()
        },
        Inventory {
            settled: true,
            readers: readers(&[]),
            ..Inventory::default()
        },
        Inventory {
            settled: true,
            readers: readers(&[false, true]),
            ..Inventory::default()
        },
        Inventory {
            tokens: vec![locked],
            ..card_in_reader()
        },
        card_in_reader(),
    ] {
        let stage = Scene::new().inventory(inventory).start().await;
        let mut reply = stage.page().get("/v1/info").await;
        reply.headers.remove("date");
        let mut headers: Vec<_> = reply
            .headers
            .iter()
            .map(|(name, value)| format!("{name}: {}", value.to_str().unwrap()))
            .collect();
        headers.sort();
        assert_eq!(reply.body, r#"{"agent":"chop","protocol":[1,1]}"#);
        assert_eq!(
            headers,
            [
                "access-control-allow-origin: https://bank.example",
                "cache-control: no-store",
                "content-length: 33",
                "content-type: application/json",
                "cross-origin-resource-policy: same-origin",
                "referrer-policy: no-referrer",
                "vary: origin",
                "x-content-type-options: nosniff",
            ]
        );
        assert!(stage.nothing_happened());
    }
}

#[tokio::test]
async fn it_answers_on_both_addresses_of_loopback() {
    for address in ["127.0.0.1:0", "[::1]:0"] {
        let stage = Scene::new().on(address).start().await;
        let host = if address.starts_with('[') {
            "::1"
        } else {
            "127.0.0.1"
        };
        let stream = tokio::net::TcpStream::connect((host, stage.port))
            .await
            .unwrap();
        assert!(
            crate::client::secure(&stage, stream, Http::One)
                .await
                .is_ok()
        );
    }
}

#[tokio::test]
async fn info_needs_an_origin_too() {
    let stage = Scene::new().start().await;
    let reply = raw(
        &stage,
        "GET /v1/info HTTP/1.1\r\nHost: localhost:PORT\r\n\r\n",
    )
    .await;
    assert_eq!(reply.code(), "origin_refused");
}

#[tokio::test]
async fn a_preflight_allows_exactly_this_site_and_what_is_needed() {
    let stage = Scene::new().start().await;
    for (path, method) in [("/v1/info", "GET"), ("/v1/sign-in", "POST")] {
        let page = stage
            .page()
            .with("access-control-request-method", method)
            .with("access-control-request-headers", "content-type")
            .with("access-control-request-private-network", "true");
        let reply = page.ask("OPTIONS", path, "").await;
        assert_eq!((reply.status.as_u16(), reply.body.len()), (204, 0));
        for (name, value) in [
            ("access-control-allow-origin", Some("https://bank.example")),
            ("access-control-allow-methods", Some(method)),
            ("access-control-allow-headers", Some("content-type")),
            ("access-control-max-age", Some("7200")),
            ("access-control-allow-credentials", None),
            ("access-control-allow-private-network", None),
            ("vary", Some("origin")),
        ] {
            assert_eq!(reply.header(name), value, "{path} {name}");
        }
    }
}
