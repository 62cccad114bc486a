//! Which certificates are offered, in what order, and what each asks of the person.
//!
//! Spec: docs/protocol.md, "Operations", "Which certificates"; "Certificates".

use std::sync::{Arc, Mutex};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use chop_service::{Asks, Choice, Event, Memory, View};
use chop_token::{Error, Inventory};
use serde_json::{Value, json};

use crate::{
    openssl::Openssl,
    scene::{Done, Scene, Stage, card_in_reader, challenge, enter, token},
};

/// The choices that the windows offered, in order.
#[derive(Clone, Default)]
struct Seen(Arc<Mutex<Vec<Vec<Choice>>>>);

impl Seen {
    fn holders(&self) -> Vec<Vec<String>> {
        let holder = |choice: &Choice| choice.holder.clone().unwrap();
        let all = self.0.lock().unwrap();
        all.iter()
            .map(|choices| choices.iter().map(holder).collect())
            .collect()
    }
}

/// A person who notes what is offered, and acts by it.
fn noting(seen: &Seen, act: impl Fn(&[Choice]) -> Event + Send + 'static) -> Scene {
    let seen = seen.clone();
    Scene::new().person(move |view| match view {
        View::Ready { choices, .. } => {
            seen.0.lock().unwrap().push(choices.clone());
            Some(act(choices))
        }
        View::NoCertificate { .. } => Some(Event::Closed),
        _ => None,
    })
}

/// Two cards: `one` and `two`.
fn two() -> Inventory {
    let mut inventory = card_in_reader();
    for (number, holder) in [(1, "one"), (2, "two")] {
        let mut token = token();
        token.id.slot = number;
        token.certificates[0].holder = holder.to_owned();
        token.certificates[0].der = vec![u8::try_from(number).unwrap()];
        inventory.tokens.push(token);
    }
    inventory.tokens.remove(0);
    inventory
}

async fn sign_in(stage: &Stage, more: Value) -> Value {
    let mut body = json!({"challenge": challenge().as_str()});
    body.as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    let reply = stage.page().post("/v1/sign-in", &body.to_string()).await;
    reply.json()
}

#[tokio::test]
async fn the_certificate_of_the_last_time_comes_first_also_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let seen = Seen::default();
    for _ in 0..2 {
        let scene = noting(&seen, |choices| {
            let two = choices
                .iter()
                .find(|it| it.holder.as_deref() == Some("two"));
            enter(two.unwrap().id)
        });
        let scene = scene.inventory(two()).memory(Memory::load(folder.path()));
        let stage = scene
            .card(|_, _, messages| {
                let mut signed = crate::scene::signed(messages);
                signed.certificate = vec![2];
                Some(Ok(signed))
            })
            .start()
            .await;
        assert!(sign_in(&stage, json!({})).await["signature"].is_string());
        let other = stage.page().with("origin", "https://other.example");
        assert!(other.sign_in().await.json()["signature"].is_string());
    }
    assert_eq!(
        seen.holders(),
        [
            ["one", "two"],
            ["one", "two"],
            ["two", "one"],
            ["two", "one"]
        ]
    );
}

#[tokio::test]
async fn a_site_names_the_issuers_that_it_takes_also_of_the_issuers_issuer() {
    let root = Openssl::new("rsa:2048", "/CN=Root", "keyCertSign");
    let authority = Openssl::issued_by(
        &root,
        "/CN=Authority",
        "basicConstraints=critical,CA:TRUE\nkeyUsage=keyCertSign\n",
    );
    let leaf = Openssl::issued_by(&authority, "/CN=Leaf", "keyUsage=digitalSignature\n");
    let mut inventory = card_in_reader();
    inventory.tokens[0].certificates = vec![leaf.certificate(), authority.certificate()];
    let other = Openssl::new("rsa:2048", "/CN=Other", "keyCertSign");
    let name = |of: &Openssl| STANDARD.encode(of.certificate().subject_name);
    for (issuers, offered) in [
        (vec![], true),
        (vec![name(&authority)], true),
        (vec![name(&other), name(&root)], true),
        (vec![name(&other)], false),
        (vec![name(&leaf)], false),
    ] {
        let seen = Seen::default();
        let scene = noting(&seen, |_| Event::Closed).inventory(inventory.clone());
        let stage = scene.today().start().await;
        let code = sign_in(&stage, json!({"issuers": issuers})).await;
        let expected = match offered {
            true => "user_refused",
            false => "no_certificate",
        };
        assert_eq!(code, json!({"code": expected}), "{issuers:?}");
    }
}

#[tokio::test]
async fn a_policy_names_the_issuers_that_may_be_used() {
    for (issuers, offered) in [(vec!["MOICA"], true), (vec!["MOEACA"], false)] {
        let seen = Seen::default();
        let stage = noting(&seen, |_| Event::Closed)
            .settings(|it| it.issuers = issuers.iter().map(ToString::to_string).collect())
            .start()
            .await;
        sign_in(&stage, json!({})).await;
        assert_eq!(seen.holders().len(), usize::from(offered));
    }
}

#[tokio::test]
async fn a_readers_keypad_takes_the_pin_once_the_person_has_agreed() {
    let mut inventory = card_in_reader();
    inventory.tokens[0].pin.keypad = true;
    let stage = Scene::new()
        .inventory(inventory)
        .person(|view| match view {
            View::Ready { choices, .. } => {
                assert_eq!(choices[0].asks, Asks::Keypad);
                Some(Event::Agreed {
                    choice: choices[0].id,
                })
            }
            _ => None,
        })
        .card(|_, pin, messages| {
            assert!(pin.is_empty());
            Some(Ok(crate::scene::signed(messages)))
        })
        .start()
        .await;
    assert_eq!(stage.page().sign_in().await.status, 200);
    assert_eq!(stage.count("shows OnReader"), 1);
}

#[tokio::test]
async fn a_wrong_pin_on_the_keypad_counts_like_any_other() {
    let mut inventory = card_in_reader();
    inventory.tokens[0].pin.keypad = true;
    let stage = Scene::new()
        .inventory(inventory)
        .person(|view| match view {
            View::Ready {
                choices,
                notice: None,
            } => Some(Event::Agreed {
                choice: choices[0].id,
            }),
            View::Ready { .. } => Some(Event::Closed),
            _ => None,
        })
        .card(|_, _, _| Some(Err(Error::PinWrong { left: Some(1) })))
        .start()
        .await;
    for code in ["pin_wrong", "pin_wrong", "cooling_down"] {
        assert_eq!(stage.page().sign_in().await.code(), code);
    }
}

#[tokio::test]
async fn certificates_are_read_with_the_persons_agreement_and_without_a_pin() {
    let sign = Openssl::new("rsa:2048", "/CN=Sign", "digitalSignature");
    let crypt = Openssl::new("rsa:2048", "/CN=Crypt", "keyEncipherment");
    let root = Openssl::new("rsa:2048", "/CN=Root", "keyCertSign");
    let mut inventory = card_in_reader();
    inventory.tokens[0].certificates = [&sign, &crypt, &root].map(Openssl::certificate).to_vec();
    inventory.tokens[0].pin.locked = true;
    let scene = Scene::new()
        .inventory(inventory)
        .today()
        .person(|view| match view {
            View::Ready { choices, .. } => {
                assert_eq!((choices.len(), choices[0].asks), (1, Asks::Agreement));
                assert!(!choices[0].locked, "no PIN is asked for");
                Some(Event::Agreed {
                    choice: choices[0].id,
                })
            }
            _ => None,
        });
    let stage = scene.start().await;

    let answer = stage.page().post("/v1/certificates", "{}").await.json();

    let der = |of: &Openssl| STANDARD.encode(of.read("cert.der"));
    assert_eq!(
        answer,
        json!({
            "certificates": [
                {"certificate": der(&sign), "uses": ["sign_in", "sign"]},
                {"certificate": der(&crypt), "uses": ["decrypt"]},
            ],
            "issuers": [der(&root)],
        })
    );
    assert_eq!(stage.count("card"), 0);
}

#[tokio::test]
async fn who_does_not_agree_gives_nothing_away() {
    let stage = Scene::new()
        .person(|view| matches!(view, View::Ready { .. }).then_some(Event::Closed))
        .start()
        .await;
    let answer = stage.page().post("/v1/certificates", "{}").await;
    assert_eq!(answer.body, r#"{"code":"user_refused"}"#);
}

#[tokio::test]
async fn a_file_that_hides_its_certificates_wants_its_password_to_show_them() {
    let hidden = Openssl::new("rsa:2048", "/CN=Hidden", "digitalSignature");
    let mut inventory = card_in_reader();
    inventory.tokens[0].certificates.clear();
    inventory.tokens[0].hidden = true;
    let certificate = hidden.certificate();
    let stage = Scene::willing()
        .inventory(inventory)
        .work(move |pin, _| {
            assert_eq!(pin, b"123456");
            Some(Ok(Done::Certificate(Box::new(certificate.clone()))))
        })
        .start()
        .await;

    let answer = stage.page().post("/v1/certificates", "{}").await.json();

    let der = STANDARD.encode(hidden.read("cert.der"));
    assert_eq!(answer["certificates"][0]["certificate"], der);
    assert_eq!(answer["certificates"].as_array().unwrap().len(), 1);
}
