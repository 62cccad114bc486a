//! The examples in other languages, run with a card in software.

use std::{
    net::TcpListener,
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use chop_testpki::{Credential, Holder};
use http_body_util::{BodyExt as _, Full};
use hyper::{Request, body::Bytes, client::conn::http1};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpStream;

use crate::scene::{Files, Running, card, serial, signed};

/// Where the examples' commands are told, and the folder that these are run from.
const GUIDE: &str = include_str!("../../../../docs/site-integration.md");
const README: &str = include_str!("../../examples/README.md");

/// A running example.
struct Site {
    child: Child,
    port: u16,
}

impl Site {
    /// Starts the example as the documents tell; another port stands for theirs.
    fn start(service: &Running, command: &str) -> Self {
        assert!(GUIDE.contains(&format!("| `{command}` |")), "{command}");
        assert!(README.contains(&format!(" {command}\n")), "{command}");
        let port = {
            let listener = TcpListener::bind("127.0.0.1:0").unwrap();
            listener.local_addr().unwrap().port()
        };
        let command = command.replace(":8000", &format!(":{port}"));
        let mut words = command.split(' ');
        let program = words.next().unwrap();
        let child = Command::new(program)
            .args(words)
            .current_dir(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("examples"))
            .env("CHOP_VERIFY", format!("http://{}", service.address))
            .env("PORT", port.to_string())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("{program}: {error}"));
        let start = Instant::now();
        while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(
                start.elapsed() < Duration::from_secs(60),
                "{program} does not listen"
            );
            std::thread::sleep(Duration::from_millis(50));
        }
        Self { child, port }
    }

    fn browser(&self) -> Browser {
        Browser {
            port: self.port,
            cookie: String::new(),
        }
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// As much of a browser as the site needs.
struct Browser {
    port: u16,
    cookie: String,
}

impl Browser {
    async fn send(&mut self, method: &str, path: &str, id: &str, body: &str) -> (u16, String) {
        let stream = TcpStream::connect(("127.0.0.1", self.port)).await.unwrap();
        let (mut sender, connection) = http1::handshake::<_, Full<Bytes>>(TokioIo::new(stream))
            .await
            .unwrap();
        tokio::spawn(connection);
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("host", "localhost")
            .header("cookie", &self.cookie)
            .header("content-type", "application/json")
            .header("x-challenge-id", id)
            .body(Full::new(Bytes::copy_from_slice(body.as_bytes())));
        let response = sender.send_request(request.unwrap()).await.unwrap();
        for cookie in response.headers().get_all("set-cookie") {
            let cookie = cookie.to_str().unwrap();
            // Never readable by scripts, never over plain http, never to another site.
            for attribute in ["secure", "httponly", "samesite=lax", "path=/"] {
                assert!(cookie.to_lowercase().contains(attribute), "{cookie}");
            }
            let (pair, _) = cookie.split_once(';').unwrap();
            self.cookie = pair.to_owned();
        }
        let status = response.status().as_u16();
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        (status, String::from_utf8(bytes.to_vec()).unwrap())
    }

    /// The challenge and its identifier.
    async fn challenge(&mut self) -> (String, String) {
        let (status, text) = self.send("POST", "/login/challenge", "", "").await;
        assert_eq!(status, 200, "{text}");
        let issued: Value = serde_json::from_str(&text).unwrap();
        let field = |name: &str| issued[name].as_str().unwrap().to_owned();
        (field("challenge"), field("id"))
    }

    async fn card(&mut self, id: &str, assertion: &Value) -> (u16, Value) {
        let text = assertion.to_string();
        let (status, text) = self.send("POST", "/login/card", id, &text).await;
        (status, serde_json::from_str(&text).unwrap())
    }

    async fn sign_in(&mut self, card: &Credential) -> (u16, Value) {
        let (challenge, id) = self.challenge().await;
        self.card(&id, &signed(card, &challenge)).await
    }
}

/// What every site has to do, and what it must not.
async fn check(command: &str) {
    let (company, lost) = (card(&Holder::company()), card(&Holder::other_company()));
    let files = Files::revoking(&[&serial(&lost)]);
    let service = Running::new(files).await;
    let site = Site::start(&service, command);

    // The page and its script are there.
    let (status, page) = site.browser().send("GET", "/", "", "").await;
    assert_eq!((status, page.contains("/login.js")), (200, true));
    assert_eq!(site.browser().send("GET", "/login.js", "", "").await.0, 200);
    assert_eq!(site.browser().send("GET", "/none", "", "").await.0, 404);

    // A company signs in, with a new session.
    let mut browser = site.browser();
    let (challenge, id) = browser.challenge().await;
    let before = browser.cookie.clone();
    let assertion = signed(&company, &challenge);
    let (status, answer) = browser.card(&id, &assertion).await;
    assert_eq!(
        (status, &answer["name"]),
        (200, &"測試股份有限公司".into()),
        "{answer}"
    );
    assert_ne!(browser.cookie, before);

    // Not twice; not for another browser; not with another's challenge.
    let (status, answer) = browser.card(&id, &assertion).await;
    assert_eq!((status, &answer["code"]), (403, &"challenge_gone".into()));
    let (mut one, mut other) = (site.browser(), site.browser());
    let (challenge, id) = one.challenge().await;
    let (_, own) = other.challenge().await;
    let stolen = signed(&company, &challenge);
    assert_eq!(other.card(&id, &stolen).await.1["code"], "challenge_gone");
    assert_eq!(
        other.card(&own, &stolen).await.1["code"],
        "signature_mismatch"
    );

    // No revoked card, no person's card, no nonsense.
    assert_eq!(site.browser().sign_in(&lost).await.1["code"], "revoked");
    let citizen = card(&Holder::citizen());
    assert_eq!(
        site.browser().sign_in(&citizen).await.1["code"],
        "card_kind_wrong"
    );
    let mut browser = site.browser();
    let (_, id) = browser.challenge().await;
    let odd = Value::String("\",\"challenge\":\"\u{1F512}\n".to_owned());
    assert_eq!(browser.card(&id, &odd).await.0, 403);
    assert_eq!(site.browser().card("", &assertion).await.0, 403);

    // A verifier that is away is the site's fault, and said as such.
    let mut browser = site.browser();
    let (challenge, id) = browser.challenge().await;
    service.stop().await;
    let (status, answer) = browser.card(&id, &signed(&company, &challenge)).await;
    assert_eq!((status, &answer["code"]), (503, &"site_fault".into()));
    let (status, answer) = browser.send("POST", "/login/challenge", "", "").await;
    assert_eq!((status, answer.contains("site_fault")), (503, true));
}

#[tokio::test(flavor = "multi_thread")]
async fn python() {
    check("python3 python/site.py").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn node() {
    check("node node/site.mjs").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn php() {
    check("php -S 127.0.0.1:8000 php/site.php").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn java() {
    check("java java/Site.java").await;
}
