//! `MakeSignature`.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use chop_service::Decision;
use ring::digest;
use serde_json::{Value, json};

use super::{
    card::{Card, NUMBER, READER},
    client::{Client, SITE, popup, popup_text},
};
use crate::scene::Stage;

async fn stage(card: &Card) -> Stage {
    card.scene(Some(Decision::Always)).start().await
}

/// What pages of the vendor's demonstration send.
pub(super) fn package(more: &Value) -> Value {
    let mut package = json!({
        "func": "MakeSignature",
        "tbs": "TBS 登入",
        "tbsEncoding": "NONE",
        "hashAlgorithm": "SHA256",
        "withCardSN": "false",
        "pin": "123456",
        "nonce": "",
        "signatureType": "PKCS7",
    });
    for (name, value) in more.as_object().unwrap() {
        package[name] = value.clone();
    }
    package
}

pub(super) fn signature(answer: &Value) -> Vec<u8> {
    assert_eq!(answer["ret_code"], 0, "{answer}");
    STANDARD
        .decode(answer["signature"].as_str().unwrap())
        .unwrap()
}

/// What openssl says of a CMS signature, and the content in it.
fn verified(card: &Card, signature: &[u8]) -> (bool, String) {
    let openssl = card.signing();
    openssl.write("signed", signature);
    openssl.write("authorities.pem", &card.authorities());
    openssl.try_run(&[
        "cms",
        "-verify",
        "-binary",
        "-inform",
        "DER",
        "-in",
        "signed",
        "-CAfile",
        "authorities.pem",
        "-purpose",
        "any",
        "-out",
        "content",
    ])
}

#[tokio::test]
async fn the_answer_has_every_field_that_pages_read() {
    let card = Card::rsa();
    let stage = stage(&card).await;
    let answer = popup(&stage, SITE, &package(&json!({}))).await;
    let names: Vec<_> = answer.as_object().unwrap().keys().cloned().collect();
    assert_eq!(
        names,
        [
            "cardSN",
            "certb64",
            "func",
            "last_error",
            "ret_code",
            "signature",
            "version"
        ]
    );
    assert_eq!(answer["cardSN"], NUMBER);
    assert_eq!(
        answer["certb64"],
        STANDARD.encode(card.signing().read("cert.der"))
    );
    assert_eq!(answer["func"], "sign");

    let (good, said) = verified(&card, &signature(&answer));
    assert!(good, "{said}");
    assert_eq!(card.signing().read("content"), "TBS 登入".as_bytes());
}

#[tokio::test]
async fn every_hash_in_every_form_is_one_that_openssl_verifies() {
    let card = Card::rsa();
    let stage = stage(&card).await;
    for (name, option) in [
        ("SHA1", "-sha1"),
        ("SHA256", "-sha256"),
        ("SHA384", "-sha384"),
        ("SHA512", "-sha512"),
        ("sha-256", "-sha256"),
        ("SAH256", "-sha256"),
        ("", "-sha256"),
    ] {
        let fields = json!({ "hashAlgorithm": name });
        let answer = popup(&stage, SITE, &package(&fields)).await;
        let (good, said) = verified(&card, &signature(&answer));
        assert!(good, "{name}: {said}");

        let fields = json!({ "hashAlgorithm": name, "signatureType": "PKCS1" });
        let answer = popup(&stage, SITE, &package(&fields)).await;
        let openssl = card.signing();
        openssl.write("bare", &signature(&answer));
        openssl.write("tbs", "TBS 登入".as_bytes());
        openssl.run(&[
            "x509", "-in", "cert.pem", "-pubkey", "-noout", "-out", "public",
        ]);
        openssl.run(&[
            "dgst",
            option,
            "-verify",
            "public",
            "-signature",
            "bare",
            "tbs",
        ]);
    }
}

#[tokio::test]
async fn the_structure_is_the_components_byte_for_byte_where_it_is_known() {
    let card = Card::rsa();
    let stage = stage(&card).await;
    let fields = json!({ "nonce": "abc123", "withCardSN": "true" });
    let answer = popup(&stage, SITE, &package(&fields)).await;
    let openssl = card.signing();
    openssl.write("signed", &signature(&answer));
    let (_, text) = openssl.try_run(&["asn1parse", "-inform", "DER", "-in", "signed"]);

    let objects: Vec<_> = text
        .lines()
        .filter_map(|line| Some(line.split_once("OBJECT")?.1.trim().trim_start_matches(':')))
        .collect();
    // What stands before the certificate.
    assert_eq!(objects[..3], ["pkcs7-signedData", "sha256", "pkcs7-data"]);
    // What stands after it: the attributes in DER's order, which is their length's, and the
    // algorithm without a hash in its name.
    assert_eq!(
        objects[objects.len() - 7..],
        [
            "1.2.840.113549.1.9.25.3",
            "contentType",
            "pkcs7-data",
            "signingTime",
            "2.16.886.1.100.2.204",
            "messageDigest",
            "rsaEncryption",
        ]
    );
    assert!(
        text.contains(&format!("PRINTABLESTRING   :{NUMBER}")),
        "{text}"
    );
    assert!(
        text.contains(":abc123") && text.contains("UTCTIME"),
        "{text}"
    );
}

#[tokio::test]
async fn what_a_page_leaves_out_is_left_out() {
    let card = Card::rsa();
    let stage = stage(&card).await;
    let fields = json!({
        "withSigningTime": "false",
        "withCert": "false",
        "nonce": "__NotExistedTag__",
    });
    let answer = popup(&stage, SITE, &package(&fields)).await;
    let openssl = card.signing();
    openssl.write("signed", &signature(&answer));
    let (_, text) = openssl.try_run(&["asn1parse", "-inform", "DER", "-in", "signed"]);
    assert!(
        !text.contains("signingTime") && !text.contains("9.25.3"),
        "{text}"
    );
    let (good, _) = verified(&card, &signature(&answer));
    assert!(!good, "openssl has no certificate to verify with");
    openssl.run(&[
        "cms",
        "-verify",
        "-binary",
        "-inform",
        "DER",
        "-in",
        "signed",
        "-certfile",
        "cert.pem",
        "-CAfile",
        "authorities.pem",
        "-purpose",
        "any",
        "-out",
        "content",
    ]);
}

#[tokio::test]
async fn an_elliptic_key_signs_in_both_forms() {
    let card = Card::new("ec -pkeyopt ec_paramgen_curve:P-256");
    let stage = stage(&card).await;
    let answer = popup(&stage, SITE, &package(&json!({}))).await;
    let (good, said) = verified(&card, &signature(&answer));
    assert!(good, "{said}");

    let answer = popup(&stage, SITE, &package(&json!({ "signatureType": "PKCS1" }))).await;
    let openssl = card.signing();
    openssl.write("bare", &signature(&answer));
    openssl.write("tbs", "TBS 登入".as_bytes());
    openssl.run(&[
        "x509", "-in", "cert.pem", "-pubkey", "-noout", "-out", "public",
    ]);
    openssl.run(&[
        "dgst",
        "-sha256",
        "-verify",
        "public",
        "-signature",
        "bare",
        "tbs",
    ]);
}

#[tokio::test]
async fn the_content_is_what_the_page_meant_however_it_encoded_it() {
    let card = Card::rsa();
    let stage = stage(&card).await;
    let bytes = STANDARD.encode([0xfb, 0xff, 0]);
    for (encoding, tbs, content) in [
        ("base64", bytes.as_str(), &[0xfb, 0xff, 0][..]),
        ("base64", "%2B/8A", &[0xfb, 0xff, 0]),
        ("base64", "+/\\r\\n8A", &[0xfb, 0xff, 0]),
        ("NONE", "+/8A", b"+/8A"),
        ("", "<a b=\\\"c\\\">&amp;</a>", b"<a b=\"c\">&amp;</a>"),
    ] {
        let text = format!(
            r#"{{"func":"MakeSignature","tbs":"{tbs}","tbsEncoding":"{encoding}","pin":"123456","signatureType":"PKCS7"}}"#
        );
        let answer = popup_text(&stage, SITE, &text).await;
        let (good, said) = verified(&card, &signature(&answer));
        assert!(good, "{said}");
        assert_eq!(card.signing().read("content"), content, "{text}");
    }
}

#[tokio::test]
async fn a_program_sends_a_form_and_has_the_same() {
    let card = Card::rsa();
    let stage = stage(&card).await;
    let form = "tbsPackage=%7B%22tbs%22%3A%22a+b%22%2C%22pin%22%3A%22123456%22%2C%22signatureType%22%3A%22PKCS7%22%7D";
    let reply = Client::program(&stage)
        .ask("POST", "/sign", form.as_bytes())
        .await;
    let (good, said) = verified(&card, &signature(&reply.json()));
    assert!(good, "{said}");
    assert_eq!(card.signing().read("content"), b"a b");
}

#[tokio::test]
async fn what_is_missing_or_wrong_is_named_by_its_number_before_anybody_is_asked() {
    let card = Card::rsa();
    let stage = stage(&card).await;
    for (fields, code) in [
        (json!({ "tbs": "" }), 0x7600_0003),
        (json!({ "tbs": null }), 0x7600_0003),
        (json!({ "pin": "" }), 0x7600_0998),
        (json!({ "signatureType": "XML" }), 0x7630_0002),
        (
            json!({ "signatureType": "RAW", "tbsEncoding": "base64", "tbs": "AAAA" }),
            0x7630_0002,
        ),
        (json!({ "hashAlgorithm": "MD5" }), 0x7600_000c),
        (
            json!({ "tbsEncoding": "base64", "tbs": "%%%" }),
            0x7660_0002,
        ),
        (json!({ "keyidb64": "%%%" }), 0x7660_0002),
    ] {
        let answer = popup(&stage, SITE, &package(&fields)).await;
        assert_eq!(answer["ret_code"], code, "{fields}");
        assert_eq!(answer["func"], "sign");
        assert!(answer["message"].is_string() && answer.get("signature").is_none());
    }
    assert!(stage.nothing_happened());
}

#[tokio::test]
async fn reader_and_key_are_the_ones_that_the_page_names() {
    let card = Card::rsa();
    let stage = stage(&card).await;
    for (fields, code) in [
        (json!({ "slotDescription": READER }), 0),
        (json!({ "slotDescription": 0 }), 0),
        (json!({ "slotDescription": "Chop 0" }), 0),
        (json!({ "readername": READER, "slotDescription": "" }), 0),
        (json!({ "keyidb64": "U0lHTg==" }), 0),
        (json!({ "keyidb64": "U0lHTg%3D%3D" }), 0),
        (json!({ "slotDescription": "Empty Reader" }), 0x7600_0006),
        (json!({ "slotDescription": "no such" }), 0x7600_0006),
        (json!({ "keyidb64": "QUJD" }), 0x7610_000c),
    ] {
        let answer = popup(&stage, SITE, &package(&fields)).await;
        assert_eq!(answer["ret_code"], code, "{fields}");
    }
}

#[tokio::test]
async fn a_login_at_another_site_cannot_be_had_from_this_room() {
    let card = Card::rsa();
    let stage = stage(&card).await;
    for length in [64, 96, 128] {
        for hash in ["SHA1", "SHA256", "SHA384", "SHA512"] {
            let fields = json!({
                "signatureType": "PKCS1",
                "hashAlgorithm": hash,
                "tbsEncoding": "base64",
                "tbs": STANDARD.encode(vec![0x80; length]),
            });
            let answer = popup(&stage, SITE, &package(&fields)).await;
            assert_eq!(answer["ret_code"], 0x7630_0003, "{length} {hash}");
        }
    }
    assert!(stage.nothing_happened(), "no window and no card");

    // A text of such a length is a text, and another length is none of two hashes.
    for tbs in ["a".repeat(64), "登".repeat(32), "a".repeat(65)] {
        let fields = json!({ "signatureType": "PKCS1", "tbs": tbs });
        let answer = popup(&stage, SITE, &package(&fields)).await;
        let refused = tbs.len() == 96;
        assert_eq!(answer["ret_code"] == 0x7630_0003, refused, "{tbs}");
    }
}

/// What a login by the native protocol signs, for each hash that keys use.
fn logins() -> Vec<(&'static str, Vec<u8>, Vec<u8>)> {
    let (origin, challenge) = ("https://portal.example", format!("{}=", "A".repeat(43)));
    [
        ("SHA256", &digest::SHA256),
        ("SHA384", &digest::SHA384),
        ("SHA512", &digest::SHA512),
    ]
    .map(|(name, algorithm)| {
        let hash = |bytes: &[u8]| digest::digest(algorithm, bytes).as_ref().to_vec();
        let signed = [hash(origin.as_bytes()), hash(challenge.as_bytes())].concat();
        let hashed = hash(&signed);
        (name, signed, hashed)
    })
    .into()
}

#[tokio::test]
async fn a_site_that_may_sign_cannot_have_the_portals_login_signed() {
    let card = Card::rsa();
    let origin: chop_protocol::Origin = SITE.parse().unwrap();
    let scene = card.scene(None);
    let stage = scene
        .hipki(|it| it.allow = vec![(origin, chop_service::Scope::Sign)])
        .start()
        .await;
    // It may sign.
    let answer = popup(&stage, SITE, &package(&json!({}))).await;
    assert_eq!((&answer["ret_code"], stage.count("card")), (&json!(0), 1));
    for (name, signed, hashed) in logins() {
        let base64 = |bytes: &[u8]| json!(STANDARD.encode(bytes));
        for (kind, tbs, hash, code) in [
            ("PKCS1", base64(&signed), name, 0x7630_0003),
            ("PKCS1", base64(&signed), "", 0x7630_0003),
            ("", base64(&signed), name, 0x7630_0003),
            ("pkcs1", base64(&signed), name, 0x7630_0003),
            ("RAW", base64(&hashed), "", 0x7630_0002),
            ("RAW", base64(&signed), "", 0x7630_0002),
        ] {
            for key in ["", "U0lHTg==", "S0VZWA=="] {
                let fields = json!({ "signatureType": kind, "tbs": tbs, "tbsEncoding": "base64",
                    "hashAlgorithm": hash, "keyidb64": key });
                let answer = popup(&stage, SITE, &package(&fields)).await;
                assert_eq!(answer["ret_code"], code, "{kind} {name} {hash}");
                assert!(answer.get("signature").is_none());
            }
        }
    }
    assert_eq!(stage.count("card"), 1, "no card call");
}

#[tokio::test]
async fn a_policy_can_forbid_sha_1() {
    let scene = Card::rsa().scene(Some(Decision::Always));
    let stage = scene.hipki(|it| it.sha1 = false).start().await;
    for kind in ["PKCS7", "PKCS1"] {
        let fields = json!({ "hashAlgorithm": "SHA1", "signatureType": kind });
        let answer = popup(&stage, SITE, &package(&fields)).await;
        assert_eq!(answer["ret_code"], 0x7630_0002, "{kind}");
    }
}

#[tokio::test]
async fn an_expired_certificate_is_said_to_be_one_unless_the_page_does_not_mind() {
    let card = Card::rsa();
    let mut inventory = card.inventory();
    let now = std::time::UNIX_EPOCH.elapsed().unwrap().as_secs();
    let now = i64::try_from(now).unwrap();
    for (not_before, not_after, code) in [
        (now - 20, now - 10, 1_984_954_370),
        (now + 1000, now + 2000, 0x7650_0001),
    ] {
        inventory.tokens[0].certificates[0].not_before = not_before;
        inventory.tokens[0].certificates[0].not_after = not_after;
        let scene = card
            .scene(Some(Decision::Always))
            .inventory(inventory.clone());
        let stage = scene.start().await;
        let answer = popup(&stage, SITE, &package(&json!({}))).await;
        assert_eq!(answer["ret_code"], code);
        let unchecked = json!({ "checkValidity": "false" });
        let answer = popup(&stage, SITE, &package(&unchecked)).await;
        assert_eq!(answer["ret_code"], 0);
    }
}

#[tokio::test]
async fn a_policy_names_the_issuers_whose_certificates_may_be_used() {
    let card = Card::rsa();
    let issuer = card.token().certificates[0].issuer.clone();
    for (allowed, code) in [(issuer, 0), ("MOEACA".to_owned(), 0x7610_000c)] {
        let scene = card.scene(Some(Decision::Always));
        let stage = scene
            .settings(|it| it.issuers = vec![allowed])
            .start()
            .await;
        let answer = popup(&stage, SITE, &package(&json!({}))).await;
        assert_eq!(answer["ret_code"], code, "{answer}");
        assert_eq!(stage.count("card"), usize::from(code == 0));
    }
}
