//! What the agent does for the person alone: the test signature, and what was asked lately.

use std::sync::{Arc, Mutex};

use chop_protocol::{Challenge, ErrorCode, Hash, Plain, signed_message};
use chop_service::{Act, Caller, Event, Outcome, View};

use crate::client::Page;
use crate::scene::{NOW, Scene, enter, signed};

#[tokio::test]
async fn a_test_signature_goes_the_road_of_a_login_and_names_no_site() {
    let asked = Arc::new(Mutex::new(Vec::new()));
    let messages = Arc::clone(&asked);
    let built = Scene::willing()
        .card(move |_, pin, message| {
            assert_eq!(pin, b"123456");
            messages.lock().unwrap().push(message.sha256.clone());
            Some(Ok(signed(message)))
        })
        .build();
    let service = built.server.service();

    let made = service.test_signature().await.unwrap();
    assert_eq!(made.certificate.der, b"certificate");
    service.test_signature().await.unwrap();

    let asked = asked.lock().unwrap();
    assert_ne!(asked[0], asked[1], "each signs something of its own");
    // It is no login anywhere: not even one whose challenge was known before.
    let site = "https://bank.example".parse().unwrap();
    let known = Challenge::from_random([0; 32]);
    assert!(!asked.contains(&signed_message(&site, &known, Hash::Sha256)));
    let recent = service.recent().watch().borrow().clone();
    assert_eq!(recent.len(), 1);
    assert_eq!(
        (&recent[0].caller, recent[0].act),
        (&Caller::SelfTest, Act::Test)
    );
    assert_eq!((recent[0].outcome, recent[0].times), (Outcome::Done, 2));
}

#[tokio::test]
async fn a_test_that_the_person_closes_is_no_fault() {
    let built = Scene::new()
        .person(|view| matches!(view, View::Ready { .. }).then_some(Event::Closed))
        .build();
    let error = built.server.service().test_signature().await.unwrap_err();
    assert_eq!(error.code(), ErrorCode::UserRefused);
}

#[tokio::test]
async fn what_sites_ask_is_told_with_its_end_and_what_is_refused_unread_is_not() {
    let mut times = 0;
    let stage = Scene::new()
        .person(move |view| {
            let View::Ready { choices, .. } = view else {
                return None;
            };
            times += 1;
            Some(match times {
                1 => enter(choices[0].id),
                _ => Event::Closed,
            })
        })
        .start()
        .await;
    let page = stage.page();
    page.sign_in().await;
    page.sign_in().await;
    Page::new(&stage, "null").sign_in().await;

    let recent = stage.service.recent().watch().borrow().clone();
    let bank = chop_protocol::Origin::parse("https://bank.example", Plain::Never).unwrap();
    let told: Vec<_> = recent
        .iter()
        .map(|it| (&it.caller, it.act, it.outcome))
        .collect();
    let bank = Caller::Site(bank);
    assert_eq!(
        told,
        [
            (&bank, Act::SignIn, Outcome::Done),
            (&bank, Act::SignIn, Outcome::Failed(ErrorCode::UserRefused)),
        ]
    );
    assert_eq!(recent[0].at, NOW);
}
