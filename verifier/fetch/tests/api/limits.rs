//! What a server cannot make us do.

use std::time::{Duration, Instant};

use chop_fetch::Error;
use chop_testpki::{Holder, KeyKind, Request};
use chop_verifier::{Certificate, Verifier};

use crate::{
    scene::{Scene, anchors, list, now, pki},
    server::{Page, Server},
};

#[tokio::test]
async fn more_bytes_than_allowed_are_not_read() {
    let (scene, server) = (Scene::new(), Server::start().await);
    server.says(Page::of(vec![0; 100_000]));
    let fetcher = scene.fetcher_with(|settings| settings.list_size = 50_000);
    let found = fetcher.list(&server.url("/a.crl"), now()).await;
    assert!(matches!(found, Err(Error::TooLarge { limit: 50_000, .. })));
}

#[tokio::test]
async fn a_server_that_takes_too_long_is_left() {
    let (scene, server) = (Scene::new(), Server::start().await);
    server.says(Page::of(list(now(), 1)).after(Duration::from_secs(60)));
    let limit = Duration::from_millis(200);
    let fetcher = scene.fetcher_with(|settings| settings.list_limit = limit);
    let start = Instant::now();
    let found = fetcher.list(&server.url("/a.crl"), now()).await;
    assert!(matches!(found, Err(Error::TooSlow { .. })));
    assert!(start.elapsed() < Duration::from_secs(10));
}

#[tokio::test]
async fn a_server_that_never_answers_a_connection_is_left() {
    let scene = Scene::new();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!(
        "https://localhost:{}/",
        listener.local_addr().unwrap().port()
    );
    let fetcher =
        scene.fetcher_with(|settings| settings.connect_limit = Duration::from_millis(200));
    let found = fetcher.list(&url, now()).await;
    assert!(matches!(found, Err(Error::TooSlow { .. })), "{found:?}");
}

#[tokio::test]
async fn redirects_on_the_same_host_are_followed_three_times() {
    let (scene, server) = (Scene::new(), Server::start().await);
    let body = list(now(), 2);
    server.answers(move |seen| match seen.target.as_str() {
        "/1" => Page::redirect("/2"),
        "/2" => Page::redirect("3"),
        "/3" => Page::redirect("/4"),
        "/0" => Page::redirect("/1"),
        _ => Page::of(body.clone()),
    });
    let fetcher = scene.fetcher();
    assert!(fetcher.list(&server.url("/1"), now()).await.is_ok());
    let found = fetcher.list(&server.url("/0"), now()).await;
    assert!(matches!(found, Err(Error::Redirect { .. })));
}

#[tokio::test]
async fn redirects_to_other_hosts_are_not_followed() {
    let (scene, server) = (Scene::new(), Server::start().await);
    let elsewhere = Server::start().await;
    elsewhere.says(Page::of(list(now(), 2)));
    // The same machine under another name is another host.
    let by_address = format!("http://127.0.0.1:{}/", elsewhere.port());
    server.says(Page::redirect(&by_address));
    let found = scene.fetcher().list(&server.url("/a"), now()).await;
    assert!(matches!(found, Err(Error::Redirect { .. })));
    assert!(elsewhere.seen().is_empty());
}

#[tokio::test]
async fn a_redirect_without_a_place_is_refused() {
    let (scene, server) = (Scene::new(), Server::start().await);
    server.says(Page::status(302));
    let found = scene.fetcher().list(&server.url("/a"), now()).await;
    assert!(matches!(found, Err(Error::Redirect { .. })));
}

#[tokio::test]
async fn other_schemes_are_not_fetched() {
    for odd in ["ldap://l.example/a", "file:///etc/passwd", "l.example", ""] {
        let found = Scene::new().fetcher().list(odd, now()).await;
        assert!(matches!(found, Err(Error::Address { .. })), "{odd}");
    }
}

#[tokio::test]
async fn what_does_not_speak_http_is_refused() {
    use tokio::io::AsyncWriteExt as _;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!(
        "http://localhost:{}/",
        listener.local_addr().unwrap().port()
    );
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        stream.write_all(b"SSH-2.0-OpenSSH\r\n").await.unwrap();
    });
    let found = Scene::new().fetcher().list(&url, now()).await;
    assert!(matches!(found, Err(Error::Http { .. })), "{found:?}");
}

/// A certificate must not send us into our own network.
#[tokio::test]
async fn an_address_in_a_certificate_that_leads_home_is_refused() {
    let (scene, server) = (Scene::new(), Server::start().await);
    server.says(Page::of(list(now(), 2)));
    let company = Holder::company();
    let request = Request::of(&company)
        .lists_at(&server.url("/lists.crl"))
        .ocsp_at(&server.url("/ocsp"));
    let card = pki().credential(&request, KeyKind::P256).unwrap();
    let certificate = Certificate::from_der(card.certificate).unwrap();
    let sources = Verifier::new(anchors())
        .sources(&certificate, now())
        .unwrap();

    let fetcher = scene.fetcher();
    let answer = fetcher.answer(&certificate, &sources).await;
    assert!(matches!(answer, Err(Error::Private { .. })));
    fetcher.evidence(&certificate, &sources, now()).await;
    assert!(server.seen().is_empty());

    let fetcher = scene.fetcher_with(|settings| settings.allow_private_addresses = true);
    fetcher.evidence(&certificate, &sources, now()).await;
    assert_eq!(server.seen().len(), 2);
}
