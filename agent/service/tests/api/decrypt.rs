//! Decrypting.
//!
//! Spec: docs/protocol.md, "Decrypt".

use std::sync::{Arc, Mutex};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use chop_service::{Event, Purpose, View};
use serde_json::{Value, json};

use crate::{
    openssl::Openssl,
    scene::{Asked, Done, Scene, Stage, card_in_reader},
};

fn recipient() -> Arc<Openssl> {
    Arc::new(Openssl::new("rsa:2048", "/CN=x", "keyEncipherment"))
}

fn envelope(recipient: &Openssl, content: &[u8]) -> Vec<u8> {
    recipient.write("content", content);
    recipient.run(&[
        "cms", "-encrypt", "-binary", "-aes256", "-in", "content", "-outform", "DER", "-out",
        "envelope", "cert.pem",
    ]);
    recipient.read("envelope")
}

/// A person who enters the PIN, and a card that decrypts.
fn decrypting(recipient: &Arc<Openssl>) -> Scene {
    let mut inventory = card_in_reader();
    inventory.tokens[0]
        .certificates
        .push(recipient.certificate());
    let card = Arc::clone(recipient);
    Scene::willing()
        .today()
        .inventory(inventory)
        .work(move |_, asked| match asked {
            Asked::Decrypt(padding, block) => Some(Ok(Done::Key(card.unwrap(padding, block)))),
            other => panic!("{other:?}"),
        })
}

async fn decrypt(stage: &Stage, envelope: &[u8]) -> Value {
    let body = json!({"envelope": STANDARD.encode(envelope)}).to_string();
    stage.page().post("/v1/decrypt", &body).await.json()
}

#[tokio::test]
async fn what_openssl_encrypted_comes_back_and_the_window_said_how_large_it_is() {
    let recipient = recipient();
    let seen = Arc::new(Mutex::new(None));
    let asked = Arc::clone(&seen);
    let stage = decrypting(&recipient)
        .opened(move |purpose| *asked.lock().unwrap() = Some(purpose.clone()))
        .start()
        .await;

    let answer = decrypt(&stage, &envelope(&recipient, b"content")).await;

    assert_eq!(answer, json!({"content": STANDARD.encode(b"content")}));
    assert_eq!(
        *seen.lock().unwrap(),
        Some(Purpose::Decrypt { size: 16 }),
        "one block"
    );
    assert_eq!(
        stage.count("shows 1 choices, None"),
        1,
        "the recipient alone"
    );
}

#[tokio::test]
async fn an_envelope_for_somebody_else_is_no_ones() {
    let (recipient, other) = (recipient(), recipient());
    let stage = decrypting(&recipient)
        .person(|view| match view {
            View::NoCertificate { .. } => Some(Event::Closed),
            _ => None,
        })
        .start()
        .await;
    let answer = decrypt(&stage, &envelope(&other, b"content")).await;
    assert_eq!(answer, json!({"code": "no_certificate"}));
}

#[tokio::test]
async fn a_changed_envelope_does_not_decrypt_wherever_it_was_changed() {
    let recipient = recipient();
    let whole = envelope(&recipient, &[b'x'; 100]);
    let block = whole.len() - 250;
    // The block of the key, and the last bytes of the content.
    for place in [block, whole.len() - 1] {
        let mut changed = whole.clone();
        changed[place] ^= 1;
        let stage = decrypting(&recipient).start().await;
        let answer = decrypt(&stage, &changed).await;
        // A random key looks right once in 256 times: then the content is nonsense.
        let nonsense = answer["content"].is_string();
        assert!(
            nonsense || answer == json!({"code": "not_decrypted"}),
            "{answer}"
        );
        assert_ne!(answer["content"], STANDARD.encode([b'x'; 100]));
    }
}

#[tokio::test]
async fn a_site_whose_envelopes_do_not_decrypt_has_to_wait() {
    let recipient = recipient();
    let envelope = envelope(&recipient, b"content");
    let stage = decrypting(&recipient)
        .work(|_, _| Some(Ok(Done::Key(None))))
        .start()
        .await;
    let mut failed = 0;
    let last = loop {
        let answer = decrypt(&stage, &envelope).await;
        match answer["code"].as_str() {
            Some("not_decrypted") => failed += 1,
            // Once in 256 times a random key seems right, which clears the count.
            None => failed = 0,
            Some(_) => break answer,
        }
        assert!(failed <= 5);
    };
    assert_eq!(last, json!({"code": "cooling_down", "retry_after": 60}));
}

#[tokio::test]
async fn what_is_no_envelope_opens_no_window() {
    let recipient = recipient();
    let stage = decrypting(&recipient).start().await;
    for bytes in [&b"x"[..], &[0x30, 0x80], &recipient.read("cert.der")] {
        let answer = decrypt(&stage, bytes).await;
        assert_eq!(answer, json!({"code": "invalid_request"}));
    }
    assert!(stage.nothing_happened());
}
