//! What comes of every kind of card, and of every answer.

use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use chop_service::{Door, Keys as _};
use chop_simulate::{Answer, Kind};
use tokio::time::{Instant, timeout};

use crate::scene::{PORT, Scene};

#[tokio::test]
async fn a_company_and_a_citizen_sign_in() {
    for kind in [Kind::Company, Kind::Citizen] {
        let scene = Scene::new(&[kind], &[Answer::Allow]);
        assert_eq!(scene.ends().await, "done", "{kind}");
    }
}

#[tokio::test]
async fn an_expired_card_and_an_empty_reader_are_said_as_they_are() {
    let scene = Scene::new(&[Kind::Expired], &[Answer::Allow]);
    assert_eq!(scene.ends().await, "no_certificate");
    let scene = Scene::new(&[], &[Answer::Allow]);
    assert_eq!(scene.ends().await, "no_card");
}

#[tokio::test]
async fn a_card_locks_after_as_many_wrong_pins_as_it_was_given() {
    let scene = Scene::new(&[Kind::Locking(2)], &[Answer::WrongPin]);
    let first = scene.sign_in().await;
    assert_eq!(
        (first.code(), &first.json()["tries_left"]),
        ("pin_wrong".to_owned(), &1.into())
    );
    assert_eq!(scene.ends().await, "pin_locked");
    // Two wrong PINs: the site waits, as it would with a real agent.
    assert_eq!(scene.ends().await, "cooling_down");
    // Other cards are another beginning.
    scene.cards.insert(&[Kind::Company]).unwrap();
    scene.script.set(&[Answer::Allow]);
    assert_eq!(scene.ends().await, "done");
}

#[tokio::test]
async fn a_locked_card_takes_no_pin_any_more() {
    let scene = Scene::new(&[Kind::Locking(1)], &[Answer::WrongPin, Answer::Allow]);
    assert_eq!(scene.ends().await, "pin_locked");
    assert_eq!(scene.ends().await, "pin_locked");
}

#[tokio::test]
async fn a_right_pin_gives_the_tries_back() {
    let answers = [Answer::WrongPin, Answer::Allow, Answer::WrongPin];
    let scene = Scene::new(&[Kind::Company], &answers);
    for expected in ["pin_wrong", "done", "pin_wrong"] {
        let said = scene.sign_in().await;
        assert_eq!(said.code(), expected);
        if expected == "pin_wrong" {
            assert_eq!(said.json()["tries_left"], 2);
        }
    }
}

#[tokio::test]
async fn a_slow_card_takes_its_time() {
    let scene = Scene::new(&[Kind::Slow(1)], &[Answer::Allow]);
    let start = Instant::now();
    assert_eq!(scene.ends().await, "done");
    assert!(start.elapsed() >= Duration::from_secs(1));
}

#[tokio::test]
async fn a_card_that_is_pulled_out_ends_it_and_comes_back() {
    let scene = Scene::new(&[Kind::Pulled], &[Answer::Allow]);
    assert_eq!(scene.ends().await, "card_removed");
    // Meanwhile the window waits for it.
    assert_eq!(scene.ends().await, "card_removed");
    let mut inventory = scene.cards.inventory();
    let back = inventory.wait_for(|it| it.tokens.len() == 1);
    assert!(timeout(Duration::from_secs(5), back).await.is_ok());
}

#[tokio::test]
async fn every_answer_has_its_end() {
    for (answer, code) in [
        (Answer::Allow, "done"),
        (Answer::Refuse, "user_refused"),
        (Answer::WrongPin, "pin_wrong"),
        (Answer::TimeOut, "user_timeout"),
    ] {
        let scene = Scene::new(&[Kind::Company], &[answer]);
        assert_eq!(scene.ends().await, code, "{answer}");
    }
}

#[tokio::test]
async fn who_waits_has_no_more_time_than_a_person() {
    let time = Duration::from_millis(300);
    let scene = Scene::with_time(&[Kind::Company], &[Answer::Wait], time);
    let start = Instant::now();
    assert_eq!(scene.ends().await, "user_timeout");
    assert!(start.elapsed() >= time);
}

#[tokio::test]
async fn other_answers_and_other_cards_are_there_for_the_next_window() {
    let scene = Scene::new(&[Kind::Company], &[Answer::Refuse]);
    assert_eq!(scene.ends().await, "user_refused");
    scene.script.set(&[Answer::Allow]);
    assert_eq!(scene.ends().await, "done");
    scene.cards.insert(&[Kind::Locking(1)]).unwrap();
    scene.script.set(&[Answer::WrongPin]);
    assert_eq!(scene.ends().await, "pin_locked");
}

#[tokio::test]
async fn certificates_are_read_and_documents_signed() {
    let scene = Scene::new(&[Kind::Company, Kind::Citizen], &[Answer::Allow]);
    let read = scene.post("/v1/certificates", "{}").await;
    let uses: Vec<_> = read.json()["certificates"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["uses"].to_string())
        .collect();
    assert_eq!(uses, [r#"["sign_in","sign"]"#, r#"["decrypt"]"#]);

    let content = STANDARD.encode("測試");
    let document = format!(r#"{{"documents":[{{"name":"a","content":"{content}"}}]}}"#);
    let signed = scene.post("/v1/sign", &document).await;
    assert_eq!(signed.code(), "done");
    assert_eq!(signed.json()["signatures"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn an_origin_is_guarded_as_by_every_agent() {
    let scene = Scene::new(&[Kind::Company], &[Answer::Allow]);
    for (origin, code) in [
        ("https://site.test", None),
        ("http://localhost:3000", None),
        ("http://site.test", Some("origin_refused")),
        ("null", Some("origin_refused")),
        ("https://site.test.", Some("origin_refused")),
    ] {
        let head = format!(
            "POST /v1/sign-in HTTP/1.1\r\norigin: {origin}\r\ncontent-type: application/json"
        );
        let body = format!(r#"{{"challenge":"{}"}}"#, crate::scene::CHALLENGE);
        let said = scene.send(Door::Native, &head, &body).await;
        assert_eq!(said.code(), code.unwrap_or("done"), "{origin}");
    }
    let head = format!("GET /v1/info HTTP/1.1\r\norigin: {}", crate::scene::SITE);
    let elsewhere = head + "\r\nhost: evil.test";
    let said = scene.send(Door::Native, &elsewhere, "").await;
    assert_eq!(said.code(), "wrong_host", "{PORT}");
}
