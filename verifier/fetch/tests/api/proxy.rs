//! https, and proxies.

use std::sync::Arc;

use chop_fetch::{Error, Fetcher};
use chop_testpki::{Holder, KeyKind, Request};
use chop_verifier::{Certificate, Verifier};
use rcgen::{CertificateParams, CertifiedIssuer, KeyPair};
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _, copy_bidirectional},
    net::{TcpListener, TcpStream},
};
use tokio_rustls::TlsAcceptor;

use crate::{
    scene::{Scene, anchors, list, now, pki},
    server::{Page, Server},
};

/// A server certificate for localhost, and whom to trust for it.
fn tls() -> (TlsAcceptor, CertificateDer<'static>) {
    let mut root = CertificateParams::default();
    root.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    let root = CertifiedIssuer::self_signed(root, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    let certificate = params.signed_by(&key, &root).unwrap().der().clone();
    let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    (TlsAcceptor::from(Arc::new(config)), root.der().clone())
}

#[tokio::test]
async fn https_is_fetched_from_a_server_that_is_trusted() {
    let (acceptor, root) = tls();
    let (scene, server) = (Scene::new(), Server::start_with(Some(acceptor)).await);
    server.says(Page::of(list(now(), 3)));
    let url = server.url("/a.crl");
    let found = scene.fetcher().list(&url, now()).await;
    assert!(matches!(found, Err(Error::Connect { .. })), "{found:?}");
    let fetcher = scene.fetcher_with(|settings| settings.tls_roots = vec![root]);
    assert_eq!(fetcher.list(&url, now()).await.unwrap().entries(), 3);
}

#[tokio::test]
async fn http_goes_to_the_proxy_with_its_whole_address() {
    let (scene, proxy) = (Scene::new(), Server::start().await);
    proxy.says(Page::of(list(now(), 3)));
    let at = format!("http://127.0.0.1:{}", proxy.port());
    let fetcher = scene.fetcher_with(|settings| settings.proxy = Some(at));
    // Nobody of that name is there; the proxy would know.
    let found = fetcher.list("http://lists.invalid/a.crl", now()).await;
    assert_eq!(found.unwrap().entries(), 3);
    let seen = &proxy.seen()[0];
    assert_eq!(seen.target, "http://lists.invalid/a.crl");
    assert_eq!(seen.headers["host"], "lists.invalid");
}

#[tokio::test]
async fn https_goes_through_the_proxy_in_a_tunnel() {
    let (acceptor, root) = tls();
    let (scene, server) = (Scene::new(), Server::start_with(Some(acceptor)).await);
    server.says(Page::of(list(now(), 3)));
    let (proxy, asked) = tunnel("HTTP/1.1 200 Connection established\r\n\r\n").await;
    let fetcher = scene.fetcher_with(|settings| {
        settings.proxy = Some(proxy);
        settings.tls_roots = vec![root];
    });
    let found = fetcher.list(&server.url("/a.crl"), now()).await;
    assert_eq!(found.unwrap().entries(), 3);
    let head = asked.await.unwrap();
    let target = format!("localhost:{}", server.port());
    assert!(
        head.starts_with(&format!("CONNECT {target} HTTP/1.1\r\n")),
        "{head}"
    );
}

#[tokio::test]
async fn a_proxy_that_says_no_is_an_error() {
    let (proxy, _asked) =
        tunnel("HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n").await;
    let fetcher = Scene::new().fetcher_with(|settings| settings.proxy = Some(proxy));
    let found = fetcher.list("https://lists.invalid/a.crl", now()).await;
    assert!(
        matches!(found, Err(Error::Proxy { status: 407 })),
        "{found:?}"
    );
}

#[tokio::test]
async fn a_proxys_address_that_cannot_be_used_is_refused_at_once() {
    for odd in ["", "proxy", "https://proxy:1", "socks5://proxy:1080"] {
        let mut settings = Scene::new().settings();
        settings.proxy = Some(odd.to_owned());
        let found = Fetcher::new(settings, anchors());
        assert!(matches!(found, Err(Error::ProxyAddress)), "{odd}");
    }
}

/// Behind a proxy, too, a certificate must not send us home.
#[tokio::test]
async fn a_proxy_is_not_asked_for_private_addresses_of_certificates() {
    let (scene, proxy) = (Scene::new(), Server::start().await);
    proxy.says(Page::of(list(now(), 3)));
    let at = format!("http://127.0.0.1:{}", proxy.port());
    let fetcher = scene.fetcher_with(|settings| settings.proxy = Some(at));
    let company = Holder::company();
    for home in [
        "http://169.254.169.254/latest",
        "http://2130706433/",
        "http://[::1]/",
        "https://10.0.0.1/",
        "http://localhost/",
        "http://a.LocalHost./",
    ] {
        let request = Request::of(&company).lists_at(home).ocsp_at(home);
        let card = pki().credential(&request, KeyKind::P256).unwrap();
        let certificate = Certificate::from_der(card.certificate).unwrap();
        let sources = Verifier::new(anchors())
            .sources(&certificate, now())
            .unwrap();
        let answer = fetcher.answer(&certificate, &sources).await;
        assert!(
            matches!(answer, Err(Error::Private { .. })),
            "{home}: {answer:?}"
        );
        let evidence = fetcher.evidence(&certificate, &sources, now()).await;
        assert_eq!(evidence.lists().count(), 0, "{home}");
    }
    assert!(proxy.seen().is_empty());
    // What the operator has written down may be anywhere.
    let found = fetcher.list("http://10.0.0.1/a.crl", now()).await;
    assert_eq!(found.unwrap().entries(), 3);
}

/// A proxy for one tunnel, which answers so; its address, and what it was asked.
async fn tunnel(answer: &'static str) -> (String, tokio::task::JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let asked = tokio::spawn(async move {
        let (mut client, _) = listener.accept().await.unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(client.read_u8().await.unwrap());
        }
        let head = String::from_utf8(head).unwrap();
        client.write_all(answer.as_bytes()).await.unwrap();
        if answer.contains("200") {
            let target = head.split(' ').nth(1).unwrap().to_owned();
            let mut server = TcpStream::connect(target).await.unwrap();
            let _ = copy_bidirectional(&mut client, &mut server).await;
        }
        head
    });
    (address, asked)
}
