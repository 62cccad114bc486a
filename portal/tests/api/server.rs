//! The listener: https with our own certificate, http for a proxy, and an end to both.

use std::{fs, sync::Arc};

use portal::{Portal, Settings, Tls};
use rcgen::generate_simple_self_signed;
use rustls::{ClientConfig, RootCertStore};
use rustls_pki_types::CertificateDer;
use tempfile::TempDir;
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::oneshot,
    task::JoinHandle,
};
use tokio_rustls::TlsConnector;

const REQUEST: &[u8] = b"GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";

/// Serves on a free port; the sender ends it.
async fn serve(settings: Settings) -> (std::net::SocketAddr, oneshot::Sender<()>, JoinHandle<()>) {
    let portal = Portal::open(settings).await.unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let task = tokio::spawn(portal.serve(listener, async { drop(stopped.await) }));
    (address, stop, task)
}

fn settings() -> Settings {
    let mut settings = Settings::default();
    settings.database = "sqlite::memory:".to_owned();
    settings
}

async fn ask(mut stream: impl AsyncRead + AsyncWrite + Unpin) -> String {
    stream.write_all(REQUEST).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

/// Settings with a certificate for `localhost`, and the certificate.
fn secured(folder: &TempDir) -> (Settings, CertificateDer<'static>) {
    let made = generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let tls = Tls {
        certificate: folder.path().join("a.pem"),
        key: folder.path().join("a.key"),
    };
    fs::write(&tls.certificate, made.cert.pem()).unwrap();
    fs::write(&tls.key, made.signing_key.serialize_pem()).unwrap();
    let mut settings = settings();
    settings.tls = Some(tls);
    (settings, made.cert.der().clone())
}

#[tokio::test]
async fn the_site_is_served_over_https() {
    let folder = tempfile::tempdir().unwrap();
    let (settings, certificate) = secured(&folder);
    let (address, stop, task) = serve(settings).await;

    let mut roots = RootCertStore::empty();
    roots.add(certificate).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let stream = TcpStream::connect(address).await.unwrap();
    let name = "localhost".try_into().unwrap();
    let stream = TlsConnector::from(Arc::new(config))
        .connect(name, stream)
        .await
        .unwrap();
    let answer = ask(stream).await;

    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
    drop(stop);
    task.await.unwrap();
}

#[tokio::test]
async fn without_a_certificate_it_is_plain_http_for_a_proxy_and_ends_when_told() {
    let (address, stop, task) = serve(settings()).await;

    let answer = ask(TcpStream::connect(address).await.unwrap()).await;
    drop(stop);
    task.await.unwrap();

    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
    assert!(TcpStream::connect(address).await.is_err());
}

#[tokio::test]
async fn a_key_that_does_not_fit_is_named_before_anything_is_served() {
    let folder = tempfile::tempdir().unwrap();
    let mut settings = settings();
    let missing = folder.path().join("missing.pem");
    settings.tls = Some(Tls {
        certificate: missing.clone(),
        key: missing,
    });
    let error = Portal::open(settings).await.err().unwrap();
    assert!(error.to_string().contains("missing.pem"));
}

#[tokio::test]
async fn an_anchor_that_is_no_authority_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("leaf.pem");
    fs::write(
        &path,
        generate_simple_self_signed(["a".to_owned()])
            .unwrap()
            .cert
            .pem(),
    )
    .unwrap();
    let mut settings = settings();
    settings.anchors = vec![folder.path().to_owned()];
    let error = Portal::open(settings).await.err().unwrap();
    assert!(error.to_string().contains("leaf.pem"));
}

#[tokio::test]
async fn sockets_that_say_nothing_keep_nobody_out() {
    let (address, _stop, _task) = serve(settings()).await;
    let mut silent = Vec::new();
    for _ in 0..200 {
        silent.push(TcpStream::connect(address).await.unwrap());
    }

    let answer = ask(TcpStream::connect(address).await.unwrap()).await;

    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
    // The longest idle ones gave way: one address has 128 places.
    let mut byte = [0; 1];
    let first = silent[0].read(&mut byte);
    let first = tokio::time::timeout(std::time::Duration::from_secs(5), first);
    assert_eq!(first.await.unwrap().unwrap_or(0), 0);
}

/// Also before a handshake, for which nobody has said a word yet.
#[tokio::test]
async fn sockets_that_shake_no_hands_hold_no_more_places_than_others() {
    let folder = tempfile::tempdir().unwrap();
    let (address, _stop, _task) = serve(secured(&folder).0).await;
    let mut silent = Vec::new();
    for _ in 0..300 {
        silent.push(TcpStream::connect(address).await.unwrap());
    }

    tokio::time::sleep(std::time::Duration::from_secs(1)).await;

    let is_open = |stream: &&TcpStream| {
        let read = stream.try_read(&mut [0; 1]);
        read.is_err_and(|error| error.kind() == std::io::ErrorKind::WouldBlock)
    };
    let open = silent.iter().filter(is_open).count();
    assert!((1..=128).contains(&open), "{open}");
}

/// A program that would run out of files in the middle of the day does not start in the morning.
#[cfg(unix)]
#[tokio::test]
async fn with_too_few_files_the_program_does_not_start_and_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let output = tokio::process::Command::new("sh")
        .arg("-c")
        .arg("ulimit -n 1024 && exec \"$0\" \"$@\"")
        .arg(env!("CARGO_BIN_EXE_portal"))
        .args(["serve", "--listen", "127.0.0.1:0"])
        .current_dir(folder.path())
        .kill_on_drop(true)
        .output();
    let output = tokio::time::timeout(std::time::Duration::from_secs(20), output);
    let output = output.await.unwrap().unwrap();
    assert!(!output.status.success());
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        said.contains("1024") && said.contains("LimitNOFILE"),
        "{said}"
    );
}

#[tokio::test]
async fn a_body_that_does_not_come_is_not_waited_for() {
    let scene = crate::scene::Scene::new().await;
    let browser = scene.browser();
    tokio::time::pause();
    for (path, status) in [("/sign-in", 408), ("/login/company", 400)] {
        let start = tokio::time::Instant::now();
        let request = axum::http::Request::post(path)
            .header("origin", crate::scene::ORIGIN)
            .body(axum::body::Body::new(Never))
            .unwrap();
        let answer = browser.send(request).await;
        assert_eq!(answer.status, status);
        assert_eq!(start.elapsed().as_secs(), 10);
    }
}

/// A signature may be long: of nobody in particular so much is not even waited for.
#[tokio::test]
async fn a_signature_of_nobody_is_not_read() {
    let scene = crate::scene::Scene::new().await;
    let browser = scene.browser();
    let request = axum::http::Request::post("/account/exemptions/TX0123456789/signature")
        .header("origin", crate::scene::ORIGIN)
        .header("x-csrf-token", "a")
        .body(axum::body::Body::new(Never))
        .unwrap();
    let answer = browser.send(request).await;
    // Waited for, it would be a bad request after ten seconds.
    answer.is_code(403, "signed_out");
}

/// A body of which nothing comes.
struct Never;

impl hyper::body::Body for Never {
    type Data = axum::body::Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<hyper::body::Frame<Self::Data>, Self::Error>>> {
        std::task::Poll::Pending
    }
}
