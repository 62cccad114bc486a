//! `DecryptData`.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use chop_service::Decision;
use serde_json::{Value, json};

use super::{
    card::Card,
    client::{SITE, popup},
};
use crate::scene::Stage;

const PLAIN: &str = "機密 secret";

async fn stage(card: &Card) -> Stage {
    card.scene(Some(Decision::Always)).start().await
}

fn package(cipher: &[u8], more: &Value) -> Value {
    let mut package = json!({
        "func": "DecryptData",
        "cipher": STANDARD.encode(cipher),
        "pin": "123456",
    });
    for (name, value) in more.as_object().unwrap() {
        package[name] = value.clone();
    }
    package
}

fn envelope(card: &Card, cipher: &str) -> Vec<u8> {
    let openssl = card.decrypting();
    openssl.write("plain", PLAIN.as_bytes());
    openssl.run(&[
        "cms", "-encrypt", "-binary", cipher, "-outform", "DER", "-in", "plain", "-out",
        "envelope", "cert.pem",
    ]);
    openssl.read("envelope")
}

fn block(card: &Card) -> Vec<u8> {
    let openssl = card.decrypting();
    openssl.write("plain", PLAIN.as_bytes());
    openssl.run(&[
        "pkeyutl", "-encrypt", "-certin", "-inkey", "cert.pem", "-in", "plain", "-out", "block.in",
    ]);
    openssl.read("block.in")
}

#[tokio::test]
async fn envelopes_and_blocks_are_opened_whatever_the_page_calls_them() {
    let card = Card::rsa();
    let stage = stage(&card).await;
    for cipher in [
        envelope(&card, "-des3"),
        envelope(&card, "-aes128"),
        envelope(&card, "-aes256"),
        block(&card),
    ] {
        for kind in ["PKCS7", "PKCS1", "", "pkcs7"] {
            let fields = json!({ "cipherType": kind });
            let answer = popup(&stage, SITE, &package(&cipher, &fields)).await;
            let names: Vec<_> = answer.as_object().unwrap().keys().cloned().collect();
            assert_eq!(names, ["func", "last_error", "plain", "ret_code"]);
            assert_eq!(
                (&answer["func"], &answer["plain"]),
                (&json!("decrypt"), &json!(PLAIN))
            );
        }
    }
    let fields = json!({ "plainEncoding": "Base64" });
    let answer = popup(&stage, SITE, &package(&block(&card), &fields)).await;
    assert_eq!(answer["plain"], STANDARD.encode(PLAIN));
}

#[tokio::test]
async fn what_is_none_is_said_to_be_none_before_anybody_is_asked() {
    let card = Card::rsa();
    let stage = stage(&card).await;
    for (cipher, code) in [
        (&b""[..], 0x7600_0004),
        (&[0; 100], 0x7640_0001),
        (&[0x30, 0x80], 0x7640_0001),
    ] {
        let answer = popup(&stage, SITE, &package(cipher, &json!({}))).await;
        assert_eq!(
            (&answer["ret_code"], &answer["func"]),
            (&json!(code), &json!("decrypt"))
        );
    }
    assert!(stage.nothing_happened());
}

#[tokio::test]
async fn what_does_not_decrypt_says_no_more_than_that_and_counts() {
    let card = Card::rsa();
    let stage = stage(&card).await;
    let mut broken = block(&card);
    broken[0] ^= 1;
    broken[200] ^= 1;
    let mut envelope = envelope(&card, "-aes256");
    let end = envelope.len() - 10;
    envelope[end] ^= 0xff;
    for round in 0..5 {
        let cipher = if round % 2 == 0 { &broken } else { &envelope };
        let answer = popup(&stage, SITE, &package(cipher, &json!({}))).await;
        let code = answer["ret_code"].as_u64().unwrap();
        // A changed block of the content may decrypt to something else; it says nothing of the key.
        assert!(
            code == 0x7640_0003 || (code == 0 && round % 2 == 1),
            "{answer}"
        );
    }
    // One that does decrypt ends no count: anybody can make one.
    popup(&stage, SITE, &package(&block(&card), &json!({}))).await;
    for _ in 0..2 {
        popup(&stage, SITE, &package(&broken, &json!({}))).await;
    }
    let answer = popup(&stage, SITE, &package(&broken, &json!({}))).await;
    assert_eq!(answer["ret_code"], 0x7600_0031, "the site waits");
}

#[tokio::test]
async fn decrypting_is_asked_for_beside_signing() {
    let card = Card::rsa();
    let stage = stage(&card).await;
    let sign = json!({ "func": "MakeSignature", "tbs": "a", "pin": "123456" });
    assert_eq!(popup(&stage, SITE, &sign).await["ret_code"], 0);
    let decrypt = package(&block(&card), &json!({}));
    assert_eq!(popup(&stage, SITE, &decrypt).await["ret_code"], 0);
    assert_eq!(stage.count(&format!("window for {SITE}")), 2);
}

#[tokio::test]
async fn a_key_that_signs_decrypts_nothing_even_where_a_page_names_it() {
    let card = Card::rsa();
    let stage = stage(&card).await;
    let named = |id: &str| package(&block(&card), &json!({ "keyidb64": id }));
    assert_eq!(popup(&stage, SITE, &named("S0VZWA==")).await["ret_code"], 0);
    assert_eq!(stage.count("card"), 1);
    // What decrypts with any number of answers can be made to sign.
    let answer = popup(&stage, SITE, &named("U0lHTg==")).await;
    assert_eq!(answer["ret_code"], 0x7610_000c);
    assert_eq!(stage.count("card"), 1);
}

#[tokio::test]
async fn a_bare_block_is_not_decrypted_with_a_key_that_signs_as_well() {
    let card = Card::rsa();
    let mut inventory = card.inventory();
    let both = &mut inventory.tokens[0].certificates[1];
    (both.uses.sign_in, both.uses.sign) = (true, true);
    let scene = card.scene(Some(Decision::Always)).inventory(inventory);
    let stage = scene.start().await;
    let answer = popup(&stage, SITE, &package(&block(&card), &json!({}))).await;
    assert_eq!(answer["ret_code"], 0x7610_000c, "{answer}");
    let answer = popup(
        &stage,
        SITE,
        &package(&envelope(&card, "-aes256"), &json!({})),
    )
    .await;
    assert_eq!(answer["ret_code"], 0, "{answer}");
}
