//! Every answer says that the cards are simulated.

use chop_service::Door;
use chop_simulate::{Answer, Kind};

use crate::scene::{SITE, Said, Scene};

#[track_caller]
fn is_marked(said: &Said, what: &str) {
    assert!(
        said.headers.contains("\r\nchop-simulated: true"),
        "{what}: {said:?}"
    );
    let exposed = "\r\naccess-control-expose-headers: chop-simulated";
    assert!(said.headers.contains(exposed), "{what}: {said:?}");
    if said.headers.contains("content-type: application/json") {
        assert_eq!(said.json()["simulated"], true, "{what}");
    }
}

#[tokio::test]
async fn every_answer_of_the_native_protocol_is_marked() {
    let scene = Scene::new(&[Kind::Company], &[Answer::Allow]);
    let origin = format!("origin: {SITE}");
    let post = format!("{origin}\r\ncontent-type: application/json");
    for (head, body, status) in [
        (format!("GET /v1/info HTTP/1.1\r\n{origin}"), "", 200),
        ("GET /v1/info HTTP/1.1".to_owned(), "", 403),
        (format!("OPTIONS /v1/sign-in HTTP/1.1\r\n{origin}"), "", 204),
        (format!("GET /v1/nothing HTTP/1.1\r\n{origin}"), "", 404),
        (format!("PUT /v1/info HTTP/1.1\r\n{origin}"), "", 405),
        ("GET /v1/bridge HTTP/1.1".to_owned(), "", 200),
        (format!("POST /v1/sign-in HTTP/1.1\r\n{origin}"), "{}", 415),
        (format!("POST /v1/sign-in HTTP/1.1\r\n{post}"), "{}", 400),
        (
            format!("POST /v1/certificates HTTP/1.1\r\n{post}"),
            "{}",
            200,
        ),
        (
            format!("POST /v1/bridge/tickets HTTP/1.1\r\n{post}"),
            "{}",
            403,
        ),
    ] {
        let said = scene.send(Door::Native, &head, body).await;
        assert_eq!(said.status, status, "{head}: {said:?}");
        is_marked(&said, &head);
    }
    is_marked(&scene.sign_in().await, "sign-in");
}

#[tokio::test]
async fn every_answer_of_the_room_for_hicos_pages_is_marked() {
    let scene = Scene::new(&[Kind::Company], &[Answer::Allow]);
    for path in [
        "/",
        "/pkcs11info",
        "/popupForm",
        "/selfTest.htm",
        "/nothing",
        "/p11Image.bmp",
    ] {
        let head = format!("GET {path} HTTP/1.1\r\norigin: {SITE}");
        is_marked(&scene.send(Door::Hipki, &head, "").await, path);
    }
}

#[tokio::test]
async fn what_is_signed_is_what_it_always_is_beside_the_mark() {
    let scene = Scene::new(&[Kind::Company], &[Answer::Allow]);
    let said = scene.sign_in().await.json();
    let keys: Vec<_> = said.as_object().unwrap().keys().cloned().collect();
    let expected = [
        "algorithm",
        "appVersion",
        "format",
        "signature",
        "simulated",
        "unverifiedCertificate",
    ];
    assert_eq!(keys, expected);
}
