//! Logins and documents over HTTP.

use std::time::SystemTime;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use chop_testpki::{
    Holder, Issuer, KeyKind, Message, Pki, PrivateKey, Request, Scheme, pem, pkcs1,
    signing_certificate_v2,
};
use serde_json::json;

use crate::scene::{
    Files, ORIGIN, Running, SESSION, card, card_of, issue, serial, sign_in, signed,
};

#[tokio::test]
async fn a_company_signs_in() {
    let (files, company) = (Files::new(), Holder::company());
    let service = Running::ordinary(&files).await;
    let card = card(&company);
    let answer = sign_in(&mut service.connect().await, &card).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let verdict = answer.json();
    assert_eq!(verdict["accepted"], true);
    assert_eq!(verdict["origin_bound"], true);
    let signer = &verdict["signer"];
    let identity = json!({
        "kind": "company", "ban": company.number, "name": company.name, "card": "primary",
    });
    assert_eq!(signer["identity"], identity);
    assert_eq!(signer["assurance"], 3);
    assert_eq!(signer["revocation"]["status"], "good");
    assert_eq!(signer["subject"][0], json!({ "name": "C", "value": "TW" }));
    assert_eq!(
        signer["certificate"]["der"],
        STANDARD.encode(&card.certificate)
    );
}

#[tokio::test]
async fn every_kind_of_holder_is_told_apart() {
    let service = Running::new(Files::new()).await;
    let mut caller = service.connect().await;
    for (holder, kind, key) in [
        (Holder::citizen(), "citizen", "id"),
        (Holder::agency(), "agency", "oid"),
        (Holder::organization(), "organization", "oid"),
    ] {
        let verdict = sign_in(&mut caller, &card(&holder)).await.json();
        let identity = &verdict["signer"]["identity"];
        assert_eq!(identity["kind"], kind);
        assert_eq!(identity[key], holder.number);
        assert_eq!(identity["name"], holder.name);
    }
}

#[tokio::test]
async fn nothing_is_ever_tried_twice() {
    let service = Running::new(Files::new()).await;
    let (mut caller, card) = (service.connect().await, card(&Holder::company()));
    let (challenge, id) = issue(&mut caller).await;
    let assertion = signed(&card, &challenge);
    let good = json!({ "session": SESSION, "id": id, "assertion": assertion });
    // Whatever comes of the first try, the second finds nothing.
    let mut bad = good.clone();
    bad["assertion"]["signature"] = STANDARD.encode([7; 64]).into();
    let refused = caller.post("/v1/sign-ins", &bad).await;
    assert_eq!(
        (refused.status, refused.code().as_str()),
        (403, "signature_mismatch")
    );
    let gone = caller.post("/v1/sign-ins", &good).await;
    assert_eq!((gone.status, gone.code().as_str()), (409, "challenge_gone"));
}

#[tokio::test]
async fn a_challenge_belongs_to_its_session() {
    let service = Running::new(Files::new()).await;
    let (mut caller, card) = (service.connect().await, card(&Holder::company()));
    let (challenge, id) = issue(&mut caller).await;
    let assertion = signed(&card, &challenge);
    let stolen =
        json!({ "session": "another-session-of-somebody", "id": id, "assertion": assertion });
    assert_eq!(
        caller.post("/v1/sign-ins", &stolen).await.code(),
        "challenge_gone"
    );
    let own = json!({ "session": SESSION, "id": id, "assertion": assertion });
    assert_eq!(caller.post("/v1/sign-ins", &own).await.status, 200);
}

#[tokio::test]
async fn a_revoked_card_is_refused_without_saying_whose_it_is() {
    let company = Holder::company();
    let lost = card(&company);
    let service = Running::new(Files::revoking(&[&serial(&lost)])).await;
    let answer = sign_in(&mut service.connect().await, &lost).await;
    assert_eq!((answer.status, answer.code().as_str()), (403, "revoked"));
    for personal in [&company.name, &company.number] {
        assert!(!answer.text.contains(personal.as_str()), "{}", answer.text);
    }
}

#[tokio::test]
async fn without_lists_nobody_is_believed_unless_the_settings_allow_it() {
    let files = Files::new();
    let card = card(&Holder::company());
    let strict = Running::start(&files.settings("127.0.0.1:0")).await;
    let answer = sign_in(&mut strict.connect().await, &card).await;
    assert_eq!(answer.code(), "revocation_unknown");
    let toml = files.settings("127.0.0.1:0") + "[rules]\nallow_unknown_revocation = true\n";
    let relaxed = Running::start(&toml).await;
    let verdict = sign_in(&mut relaxed.connect().await, &card).await.json();
    assert_eq!(
        verdict["signer"]["revocation"],
        json!({ "status": "unknown" })
    );
}

#[tokio::test]
async fn the_settings_can_ask_for_more() {
    let files = Files::new();
    for (rule, code) in [
        ("require_assurance = 4", "assurance_too_low"),
        ("require_policies = ['1.2.3']", "policy"),
        ("refuse_policies = ['2.16.886.101.0.3.3']", "policy_refused"),
        ("require_assurance = 3", "ok"),
    ] {
        let toml = files.settings("127.0.0.1:0") + &files.with_lists() + "[rules]\n" + rule;
        let service = Running::start(&toml).await;
        let answer = sign_in(&mut service.connect().await, &card(&Holder::company())).await;
        assert_eq!(answer.code(), code, "{rule}");
    }
}

#[tokio::test]
async fn simulated_cards_are_refused_unless_the_settings_allow_them() {
    let (files, now) = (Files::new(), SystemTime::now());
    let key = || PrivateKey::generate(KeyKind::P256);
    let simulated = Pki::simulated(now, key).unwrap();
    let card = simulated
        .credential(&Request::of(&Holder::company()), KeyKind::P256)
        .unwrap();
    let companies = simulated.intermediate(Issuer::Companies);
    files.write("root.pem", pem(simulated.root()).unwrap().as_bytes());
    files.write("between.pem", pem(companies).unwrap().as_bytes());
    let lists = [
        ("root.crl", simulated.authority_list(now)),
        ("companies.crl", simulated.list(Issuer::Companies, &[], now)),
    ];
    let lists = lists.map(|(name, list)| files.write(name, &list.unwrap()));
    let settings = files.settings("127.0.0.1:0") + &format!("[revocation]\nfiles = {lists:?}\n");

    for (rules, code) in [
        ("", "simulated"),
        ("[rules]\nallow_simulated_cards = false\n", "simulated"),
        ("[rules]\nallow_simulated_cards = true\n", "ok"),
    ] {
        let service = Running::start(&(settings.clone() + rules)).await;
        let answer = sign_in(&mut service.connect().await, &card).await;
        assert_eq!(answer.code(), code, "{rules}");
    }
}

#[tokio::test]
async fn an_assertion_may_come_as_text_and_for_a_named_origin() {
    let service = Running::new(Files::new()).await;
    let (mut caller, card) = (service.connect().await, card(&Holder::company()));
    let (challenge, id) = issue(&mut caller).await;
    let text = signed(&card, &challenge).to_string();
    let question = json!({ "session": SESSION, "id": id, "origin": ORIGIN, "assertion": text });
    assert_eq!(caller.post("/v1/sign-ins", &question).await.status, 200);

    let (challenge, id) = issue(&mut caller).await;
    let question = json!({
        "session": SESSION, "id": id, "origin": "https://evil.example",
        "assertion": signed(&card, &challenge),
    });
    assert_eq!(
        caller.post("/v1/sign-ins", &question).await.code(),
        "invalid_request"
    );
}

#[tokio::test]
async fn a_caller_may_bring_its_own_challenge_only_where_that_is_allowed() {
    let files = Files::new();
    let (challenge, card) = (STANDARD.encode([7; 32]), card(&Holder::company()));
    let question = json!({ "challenge": challenge, "assertion": signed(&card, &challenge) });
    let strict = Running::ordinary(&files).await;
    let answer = strict.connect().await.post("/v1/sign-ins", &question).await;
    assert_eq!(answer.code(), "invalid_request");
    let toml = files.settings("127.0.0.1:0") + &files.with_lists();
    let relaxed = Running::start(&(toml + "[rules]\nallow_callers_challenges = true\n")).await;
    let answer = relaxed
        .connect()
        .await
        .post("/v1/sign-ins", &question)
        .await;
    assert_eq!(answer.status, 200, "{answer:?}");
}

#[tokio::test]
async fn a_hipki_login_is_accepted_and_said_not_to_be_bound_to_the_origin() {
    let service = Running::new(Files::new()).await;
    let mut caller = service.connect().await;
    let card = card_of(&Holder::company(), KeyKind::Rsa(2048));
    let (challenge, id) = issue(&mut caller).await;
    let message = Message::hipki(challenge.as_bytes(), SystemTime::now());
    let signature = STANDARD.encode(message.sign(&card).unwrap());
    let question = json!({ "session": SESSION, "id": id, "signature": signature });
    let verdict = caller.post("/v1/hipki-sign-ins", &question).await.json();
    assert_eq!(verdict["accepted"], true, "{verdict}");
    assert_eq!(verdict["origin_bound"], false);
    let again = caller.post("/v1/hipki-sign-ins", &question).await;
    assert_eq!(again.code(), "challenge_gone");

    let (challenge, id) = issue(&mut caller).await;
    let signature = pkcs1(&card, Scheme::RsaSha256, challenge.as_bytes()).unwrap();
    let question = json!({
        "session": SESSION, "id": id, "signature": STANDARD.encode(signature),
        "certificate": STANDARD.encode(&card.certificate), "hash": "SHA256",
    });
    let verdict = caller.post("/v1/hipki-sign-ins", &question).await.json();
    assert_eq!(
        (&verdict["accepted"], &verdict["origin_bound"]),
        (&true.into(), &false.into())
    );
}

#[tokio::test]
async fn a_hipki_login_is_refused_by_its_cause() {
    let service = Running::new(Files::new()).await;
    let mut caller = service.connect().await;
    let card = card_of(&Holder::company(), KeyKind::Rsa(2048));
    let named = signing_certificate_v2(&card.certificate).unwrap();
    for (content, extra, odd, code) in [
        (
            Some("another challenge"),
            None,
            json!({}),
            "content_mismatch",
        ),
        (None, Some(named), json!({}), "is_a_document"),
        (None, None, json!({ "nonce": "A1" }), "nonce_mismatch"),
        (None, None, json!({ "hash": "SHA256" }), "invalid_request"),
        (None, None, json!({ "hash": "MD5" }), "invalid_request"),
    ] {
        let (challenge, id) = issue(&mut caller).await;
        let content = content.unwrap_or(&challenge);
        let message = Message::hipki(content.as_bytes(), SystemTime::now());
        let message = extra.into_iter().fold(message, Message::with);
        let signature = STANDARD.encode(message.sign(&card).unwrap());
        let mut question = json!({ "session": SESSION, "id": id, "signature": signature });
        question
            .as_object_mut()
            .unwrap()
            .extend(odd.as_object().unwrap().clone());
        let answer = caller.post("/v1/hipki-sign-ins", &question).await;
        assert_eq!(answer.code(), code, "{answer:?}");
    }
}

#[tokio::test]
async fn a_signed_document_is_accepted_wherever_it_is() {
    let service = Running::new(Files::new()).await;
    let (mut caller, card) = (service.connect().await, card(&Holder::company()));
    let document = "申請書".as_bytes();
    let named = || signing_certificate_v2(&card.certificate).unwrap();
    let message = Message::hipki(document, SystemTime::now()).with(named());
    let attached = STANDARD.encode(message.sign(&card).unwrap());
    let detached = STANDARD.encode(message.detached().sign(&card).unwrap());
    let hash = STANDARD.encode(ring_sha256(document));
    let digest = |algorithm: &str| json!({ "algorithm": algorithm, "value": hash });
    for (question, code) in [
        (json!({ "message": attached }), "ok"),
        (
            json!({ "message": detached, "content": STANDARD.encode(document) }),
            "ok",
        ),
        (
            json!({ "message": detached, "digest": digest("SHA256") }),
            "ok",
        ),
        (
            json!({ "message": detached, "digest": digest("SHA512") }),
            "hash_unsupported",
        ),
        (
            json!({ "message": detached, "content": STANDARD.encode("x") }),
            "content_mismatch",
        ),
        (json!({ "message": detached }), "content_place"),
        (json!({ "message": "?" }), "invalid_request"),
        (
            json!({ "message": detached, "content": "", "digest": digest("SHA256") }),
            "invalid_request",
        ),
    ] {
        let answer = caller.post("/v1/documents", &question).await;
        assert_eq!(answer.code(), code, "{question}");
    }
    let verdict = caller
        .post("/v1/documents", &json!({ "message": attached }))
        .await
        .json();
    assert_eq!(verdict["content"], STANDARD.encode(document));
    assert_eq!(
        verdict["signatures"][0]["signer"]["identity"]["ban"],
        "12345675"
    );
}

fn ring_sha256(bytes: &[u8]) -> Vec<u8> {
    rustls::crypto::ring::default_provider()
        .cipher_suites
        .iter()
        .find_map(|suite| match suite.tls13() {
            Some(suite) if suite.common.hash_provider.output_len() == 32 => {
                Some(suite.common.hash_provider.hash(bytes).as_ref().to_vec())
            }
            _ => None,
        })
        .unwrap()
}
