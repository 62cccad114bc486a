//! Signing documents.
//!
//! Spec: docs/protocol.md, "Sign documents"; docs/threat-model.md, C-8.

use std::sync::{Arc, Mutex};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use chop_service::{Event, Purpose, View};
use chop_token::{Error, Hash, Scheme};
use serde_json::{Value, json};

use crate::{
    openssl::Openssl,
    scene::{Asked, Done, Scene, Stage, card_in_reader, enter},
};

fn card() -> Arc<Openssl> {
    let subject = "/C=TW/O=測試股份有限公司";
    Arc::new(Openssl::new("rsa:2048", subject, "digitalSignature"))
}

/// A person who enters the PIN, and a card that signs.
fn signing(card: &Arc<Openssl>) -> Scene {
    let mut inventory = card_in_reader();
    inventory.tokens[0].certificates = vec![card.certificate()];
    let card = Arc::clone(card);
    Scene::willing()
        .today()
        .inventory(inventory)
        .work(move |_, asked| match asked {
            Asked::Sign(messages) => {
                let sign = |it: &chop_token::Signing| {
                    assert_eq!(it.scheme, Scheme::Pkcs1(Hash::Sha256));
                    card.sign(&it.message)
                };
                Some(Ok(Done::Signatures(messages.iter().map(sign).collect())))
            }
            other => panic!("{other:?}"),
        })
}

async fn sign(stage: &Stage, body: &Value) -> Value {
    let reply = stage.page().post("/v1/sign", &body.to_string()).await;
    reply.json()
}

fn attached(name: &str, content: &[u8]) -> Value {
    json!({"name": name, "content": STANDARD.encode(content)})
}

fn signatures(answer: &Value) -> Vec<Vec<u8>> {
    let signatures = answer["signatures"].as_array();
    let signatures = signatures.unwrap_or_else(|| panic!("{answer}"));
    let decoded = |it: &Value| STANDARD.decode(it.as_str().unwrap()).unwrap();
    signatures.iter().map(decoded).collect()
}

/// What openssl says of a signature.
fn verified(card: &Openssl, signature: &[u8], more: &[&str]) -> (bool, String) {
    card.write("signed", signature);
    let verify = ["cms", "-verify", "-cades", "-binary", "-inform", "DER"];
    let trust = ["-in", "signed", "-CAfile", "cert.pem", "-purpose", "any"];
    card.try_run(&[&verify[..], &trust, more].concat())
}

#[tokio::test]
async fn attached_and_detached_signatures_are_what_openssl_verifies_as_cades() {
    let card = card();
    let stage = signing(&card).start().await;
    let digest = ring::digest::digest(&ring::digest::SHA256, b"detached");
    let documents = json!({"documents": [
        attached("申請書.xml", "內容".as_bytes()),
        {"name": "b", "digest": STANDARD.encode(digest), "hash": "sha-256"},
    ]});

    let signatures = signatures(&sign(&stage, &documents).await);

    let (good, text) = verified(&card, &signatures[0], &[]);
    assert!(good && text.contains("內容"), "{text}");
    card.write("content", b"detached");
    let (good, text) = verified(&card, &signatures[1], &["-content", "content"]);
    assert!(good, "{text}");
    card.write("content", b"another");
    assert!(!verified(&card, &signatures[1], &["-content", "content"]).0);
}

#[tokio::test]
async fn the_window_shows_what_is_signed_before_the_pin() {
    let card = card();
    let seen = Arc::new(Mutex::new(None));
    let asked = Arc::clone(&seen);
    let stage = signing(&card)
        .opened(move |purpose| *asked.lock().unwrap() = Some(purpose.clone()))
        .start()
        .await;
    let digest = "A".repeat(43) + "=";
    let documents = json!({"documents": [
        attached("短文", "登入".as_bytes()),
        attached("long", &[b'x'; 5000]),
        {"name": "digest", "digest": digest, "hash": "sha-256"},
    ]});

    sign(&stage, &documents).await;

    let Some(Purpose::Sign { documents }) = seen.lock().unwrap().clone() else {
        panic!("no window")
    };
    let text = |at: usize| documents[at].text.clone();
    assert_eq!(text(0).as_deref(), Some("登入"));
    assert_eq!((text(1), text(2)), (None, None));
    assert_eq!(
        documents.iter().map(|it| it.size).collect::<Vec<_>>(),
        [Some(6), Some(5000), None]
    );
    assert_eq!(documents[0].name, "短文");
    assert_eq!(documents[2].digest, ("SHA-256".to_owned(), "00".repeat(32)));
}

#[tokio::test]
async fn what_is_signed_can_be_no_assertion() {
    let card = card();
    let heard = Arc::new(Mutex::new(Vec::new()));
    let stage = signing(&card)
        .work({
            let (heard, card) = (Arc::clone(&heard), Arc::clone(&card));
            move |_, asked| {
                let Asked::Sign(messages) = asked else {
                    panic!("{asked:?}")
                };
                let message = &messages[0].message;
                heard.lock().unwrap().clone_from(message);
                Some(Ok(Done::Signatures(vec![card.sign(message)])))
            }
        })
        .start()
        .await;
    // What a login at another site signs, H(origin) ‖ H(challenge), and this page would like to have
    // signed.
    let login = STANDARD.decode("A".repeat(86) + "==").unwrap();
    assert_eq!(login.len(), 64);

    let body = json!({"documents": [attached("a", &login)]});
    signatures(&sign(&stage, &body).await);

    // SET OF Attribute, with the digest of the document in it.
    let heard = heard.lock().unwrap();
    assert_eq!(heard[0], 0x31);
    assert!(heard.len() > 128);
    assert!(!heard.windows(64).any(|part| part == login));
}

#[tokio::test]
async fn several_are_counted_in_the_window() {
    let card = card();
    let stage = signing(&card).start().await;
    let documents = json!({"documents": vec![attached("a", b"a"); 3]});

    assert_eq!(signatures(&sign(&stage, &documents).await).len(), 3);

    for done in 0..3 {
        assert_eq!(
            stage.count(&format!("shows Working {{ done: {done}, total: 3 }}")),
            1
        );
    }
    assert_eq!(stage.count("card"), 1, "one PIN");
}

#[tokio::test]
async fn a_wrong_pin_leaves_the_window_open_and_no_signature() {
    let card = card();
    let mut inventory = card_in_reader();
    inventory.tokens[0].certificates = vec![card.certificate()];
    let stage = Scene::new()
        .today()
        .inventory(inventory)
        .person(|view| match view {
            View::Ready {
                choices,
                notice: None,
            } => Some(enter(choices[0].id)),
            View::Ready { .. } => Some(Event::Closed),
            _ => None,
        })
        .work(|_, _| Some(Err(Error::PinWrong { left: Some(2) })))
        .start()
        .await;

    let answer = sign(&stage, &json!({"documents": [attached("a", b"a")]})).await;

    assert_eq!(answer, json!({"code": "pin_wrong", "tries_left": 2}));
}

#[tokio::test]
async fn what_the_card_cannot_do_is_unsupported() {
    let card = card();
    let stage = signing(&card)
        .work(|_, _| Some(Err(Error::Unsupported)))
        .start()
        .await;
    let answer = sign(&stage, &json!({"documents": [attached("a", b"a")]})).await;
    assert_eq!(answer, json!({"code": "unsupported"}));
    assert_eq!(stage.count("ends with Unsupported"), 1);
}

#[tokio::test]
async fn what_is_no_document_opens_no_window() {
    let card = card();
    let stage = signing(&card).start().await;
    for odd in [
        json!({}),
        json!({"documents": []}),
        json!({"documents": [{"name": "a"}]}),
        json!({"documents": [{"name": "\u{202e}a", "content": ""}]}),
        json!({"documents": [attached("a", b"")], "pin": "123456"}),
        json!({"documents": [attached("a", b"")], "certificate": "AAAA"}),
        json!({"documents": [{"name": "a", "digest": "AAAA", "hash": "sha-1"}]}),
    ] {
        assert_eq!(
            sign(&stage, &odd).await,
            json!({"code": "invalid_request"}),
            "{odd}"
        );
    }
    assert!(stage.nothing_happened());
}

#[tokio::test]
async fn a_document_of_many_megabytes_is_signed_and_one_of_too_many_is_refused() {
    let card = card();
    let stage = signing(&card).start().await;
    let content = vec![b'x'; 11 << 20];
    let answer = sign(&stage, &json!({"documents": [attached("a", &content)]})).await;
    assert!(signatures(&answer)[0].len() > content.len());

    let content = vec![b'x'; 13 << 20];
    let answer = sign(&stage, &json!({"documents": [attached("a", &content)]})).await;
    assert_eq!(answer, json!({"code": "too_large"}));
}

#[tokio::test]
async fn of_two_certificates_the_one_that_the_site_names_is_offered() {
    let (card, other) = (card(), card());
    let mut inventory = card_in_reader();
    let second = chop_token::Certificate {
        id: vec![2],
        ..other.certificate()
    };
    inventory.tokens[0].certificates = vec![second, card.certificate()];
    let stage = signing(&card).inventory(inventory).start().await;
    let hash = ring::digest::digest(&ring::digest::SHA256, &card.read("cert.der"));
    let named = json!({
        "documents": [attached("a", b"a")],
        "certificate": STANDARD.encode(hash),
    });

    let signatures = signatures(&sign(&stage, &named).await);

    assert!(verified(&card, &signatures[0], &[]).0);
    assert_eq!(stage.count("shows 1 choices, None"), 1);
    let none = json!({
        "documents": [attached("a", b"a")],
        "certificate": STANDARD.encode([0; 32]),
    });
    let stage = signing(&card)
        .person(|view| match view {
            View::NoCertificate { .. } => Some(Event::Closed),
            _ => None,
        })
        .start()
        .await;
    assert_eq!(sign(&stage, &none).await, json!({"code": "no_certificate"}));
}

#[tokio::test]
async fn certificates_of_issuers_on_the_card_go_into_the_signature() {
    let root = Openssl::new("rsa:2048", "/CN=Root", "keyCertSign");
    let authority = Openssl::issued_by(
        &root,
        "/CN=Authority",
        "basicConstraints=critical,CA:TRUE\nkeyUsage=keyCertSign\n",
    );
    let leaf = Openssl::issued_by(&authority, "/CN=Leaf", "keyUsage=digitalSignature\n");
    let mut inventory = card_in_reader();
    let certificates = [&leaf, &root, &authority].map(Openssl::certificate);
    inventory.tokens[0].certificates = certificates.to_vec();
    let stage = Scene::willing()
        .today()
        .inventory(inventory)
        .work(|_, _| Some(Ok(Done::Signatures(vec![vec![1; 64]]))))
        .start()
        .await;

    let signed = sign(&stage, &json!({"documents": [attached("a", b"a")]})).await;

    let signature = signatures(&signed).remove(0);
    for made in [&leaf, &authority, &root] {
        let der = made.read("cert.der");
        assert!(signature.windows(der.len()).any(|part| part == der));
    }
}
