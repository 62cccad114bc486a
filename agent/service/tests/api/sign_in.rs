//! The road of a login that succeeds.
//!
//! Spec: docs/protocol.md, "Sign in".

use std::{sync::Arc, time::Duration};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use chop_protocol::{Assertion, Hash, signed_message};
use chop_service::{Event, View};
use chop_token::{Error, Inventory, KeyKind, Pin, Readers, Signed};

use crate::{
    client::Http,
    scene::{Done, Scene, card_in_reader, challenge, enter, readers, signed, token},
};

#[tokio::test]
async fn the_window_opens_before_a_card_is_looked_at_and_the_pin_is_used_once() {
    let stage = Scene::willing().start().await;

    assert_eq!(stage.page().sign_in().await.status, 200);

    let expected = [
        "window for https://bank.example",
        "look",
        "shows 1 choices, None",
        "card",
        "shows Checking",
        "ends with Done",
        "window gone",
    ];
    let mut happened = stage.happened();
    // The card is asked and the window told at once: either may be first.
    happened.sort_by_key(|event| expected.iter().position(|known| known == event));
    assert_eq!(happened, expected);
}

#[tokio::test]
async fn the_assertion_signs_the_browsers_origin_and_the_challenge() {
    let stage = Scene::willing().start().await;

    let reply = stage
        .page()
        .with("origin", "https://other.example:8443")
        .sign_in()
        .await;

    let assertion = Assertion::parse(str::from_utf8(&reply.body).unwrap()).unwrap();
    let origin = "https://other.example:8443".parse().unwrap();
    let message = signed_message(&origin, &challenge(), Hash::Sha256);
    assert_eq!(STANDARD.decode(assertion.signature).unwrap(), message);
    assert_eq!(
        STANDARD.decode(assertion.unverified_certificate).unwrap(),
        b"certificate"
    );
}

#[tokio::test]
async fn the_key_names_the_algorithm_and_its_hash() {
    for (key, algorithm, length) in [
        (KeyKind::Rsa(2048), "RS256", 64),
        (KeyKind::Rsa(4096), "RS256", 64),
        (KeyKind::P256, "ES256", 64),
        (KeyKind::P384, "ES384", 96),
        (KeyKind::P521, "ES512", 128),
    ] {
        let scene = Scene::willing().card(move |_, _, messages| {
            let signature = match key {
                KeyKind::P384 => messages.sha384.clone(),
                KeyKind::P521 => messages.sha512.clone(),
                _ => messages.sha256.clone(),
            };
            Some(Ok(Signed {
                key,
                signature,
                ..signed(messages)
            }))
        });
        let answer = scene.start().await.page().sign_in().await.json();
        assert_eq!(answer["algorithm"], algorithm);
        assert_eq!(
            STANDARD
                .decode(answer["signature"].as_str().unwrap())
                .unwrap()
                .len(),
            length
        );
    }
}

#[tokio::test]
async fn the_card_is_given_the_chosen_key_and_the_pin_that_was_entered() {
    let mut second = token();
    second.certificates[0].id = vec![2];
    let both = Inventory {
        tokens: vec![token(), second],
        ..card_in_reader()
    };
    let scene = Scene::new().inventory(both).person(|view| match view {
        View::Ready { choices, .. } => {
            let pin = Pin::from(b"87654321".to_vec());
            Some(Event::Entered {
                choice: choices[1].id,
                pin,
            })
        }
        _ => None,
    });
    let scene = scene.card(|key, pin, messages| {
        assert_eq!((key.id.as_slice(), pin), (&[2][..], &b"87654321"[..]));
        Some(Ok(signed(messages)))
    });
    assert_eq!(scene.start().await.page().sign_in().await.status, 200);
}

#[tokio::test]
async fn the_window_waits_for_service_reader_and_card() {
    let nothing = Inventory {
        readers: Readers::ServiceDown,
        ..Inventory::default()
    };
    let stage = Scene::willing().inventory(nothing).start().await;
    let steps = [
        (
            Inventory {
                settled: true,
                readers: Readers::ServiceDown,
                ..Inventory::default()
            },
            "shows ServiceDown",
        ),
        (
            Inventory {
                settled: true,
                readers: readers(&[]),
                ..Inventory::default()
            },
            "shows NoReader",
        ),
        (
            Inventory {
                settled: true,
                readers: readers(&[false]),
                ..Inventory::default()
            },
            "shows NoCard",
        ),
        (
            Inventory {
                settled: true,
                readers: readers(&[true]),
                ..Inventory::default()
            },
            "shows NoCertificate { fault: None }",
        ),
        (card_in_reader(), "ends with Done"),
    ];

    let page = stage.page();
    let asking = page.sign_in();
    let plugging = async {
        stage.until("shows Looking").await;
        for (inventory, shown) in steps {
            stage.inventory.send_replace(Arc::new(inventory));
            stage.until(shown).await;
        }
    };

    assert_eq!(tokio::join!(asking, plugging).0.status, 200);
}

#[tokio::test]
async fn nothing_is_offered_before_every_module_has_answered() {
    let unsettled = Inventory {
        settled: false,
        ..card_in_reader()
    };
    let stage = Scene::willing().inventory(unsettled).start().await;
    let page = stage.page();
    let settling = async {
        stage.until("shows Looking").await;
        stage.inventory.send_replace(card_in_reader().into());
    };
    assert_eq!(tokio::join!(page.sign_in(), settling).0.status, 200);
}

#[tokio::test]
async fn once_a_certificate_is_offered_another_modules_news_do_not_hide_it() {
    let stage = Scene::new().start().await;
    let page = stage.page();
    let news = async {
        stage.until("shows 1 choices, None").await;
        let mut second = token();
        second.certificates[0].id = vec![2];
        let tokens = vec![token(), second];
        let unsettled = Inventory {
            settled: false,
            tokens,
            ..card_in_reader()
        };
        stage.inventory.send_replace(unsettled.into());
        stage.until("shows 2 choices, None").await;
    };
    tokio::select! {
        reply = page.sign_in() => panic!("{reply:?}"),
        () = news => assert_eq!(stage.count("shows Looking"), 0),
    }
}

#[tokio::test]
async fn certificates_outside_their_validity_are_not_offered() {
    for (not_before, not_after) in [(-10, -1), (1, 10)] {
        let mut odd = token();
        let certificate = &mut odd.certificates[0];
        (certificate.not_before, certificate.not_after) = (not_before, not_after);
        odd.certificates[0].id = vec![2];
        let both = Inventory {
            tokens: vec![odd, token()],
            ..card_in_reader()
        };
        let stage = Scene::willing().inventory(both).start().await;
        assert_eq!(stage.page().sign_in().await.status, 200);
        assert_eq!(stage.count("shows 1 choices, None"), 1);
    }
}

#[tokio::test]
async fn a_file_that_hides_its_certificate_is_offered() {
    let hidden = chop_token::Token {
        certificates: Vec::new(),
        hidden: true,
        ..token()
    };
    let file = Inventory {
        readers: readers(&[]),
        tokens: vec![hidden],
        ..card_in_reader()
    };
    assert_eq!(
        Scene::willing()
            .inventory(file)
            .start()
            .await
            .page()
            .sign_in()
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn what_a_file_hides_has_to_be_of_an_issuer_that_the_policy_allows() {
    for (issuer, status) in [("MOICA", 200), ("MOEACA", 409)] {
        let mut file = token();
        let certificates = std::mem::take(&mut file.certificates);
        file.hidden = true;
        let file = Inventory {
            readers: readers(&[]),
            tokens: vec![file],
            ..card_in_reader()
        };
        let stage = Scene::willing()
            .inventory(file)
            .settings(|it| it.issuers = vec![issuer.to_owned()])
            .work(move |_, _| Some(Ok(Done::Certificate(Box::new(certificates[0].clone())))))
            .start()
            .await;
        let answer = stage.page().sign_in().await;
        assert_eq!(answer.status, status, "{issuer}: {answer:?}");
    }
}

#[tokio::test]
async fn a_wrong_pin_is_said_in_the_same_window_which_takes_another() {
    let mut tries = 0;
    let scene = Scene::willing().card(move |_, _, messages| {
        tries += 1;
        Some(if tries == 1 {
            Err(Error::PinWrong { left: Some(2) })
        } else {
            Ok(signed(messages))
        })
    });
    let stage = scene.start().await;

    assert_eq!(stage.page().sign_in().await.status, 200);

    assert_eq!(stage.count("window for https://bank.example"), 1);
    assert_eq!(
        stage.count("shows 1 choices, Some(PinWrong { tries_left: Some(2) })"),
        1
    );
    assert_eq!(stage.count("card"), 2);
}

#[tokio::test]
async fn a_pin_of_another_length_costs_nothing_and_is_said() {
    let mut tries = 0;
    let scene = Scene::willing().card(move |_, _, messages| {
        tries += 1;
        Some(if tries == 1 {
            Err(Error::PinLength)
        } else {
            Ok(signed(messages))
        })
    });
    let stage = scene.start().await;

    assert_eq!(stage.page().sign_in().await.status, 200);

    assert_eq!(stage.count("shows 1 choices, Some(PinLength)"), 1);
}

#[tokio::test]
async fn a_person_who_cancels_on_the_reader_has_refused() {
    let scene = Scene::willing().card(|_, _, _| Some(Err(Error::Cancelled)));
    let stage = scene.start().await;

    assert_eq!(stage.page().sign_in().await.code(), "user_refused");

    assert_eq!(stage.count("card"), 1);
}

#[tokio::test]
async fn a_pin_for_a_card_that_has_just_gone_is_used_for_nothing() {
    let mut views = 0;
    let scene = Scene::new().person(move |view| {
        views += 1;
        match (views, view) {
            // A number that was never offered, as if its card had gone meanwhile.
            (1, View::Ready { .. }) => Some(enter(chop_service::ChoiceId(7))),
            (2, View::Ready { .. }) => Some(Event::Closed),
            other => panic!("{other:?}"),
        }
    });
    let stage = scene.start().await;

    assert_eq!(stage.page().sign_in().await.code(), "user_refused");

    assert_eq!(stage.count("card"), 0);
}

#[tokio::test]
async fn a_pin_for_a_card_that_was_swapped_before_the_window_knew_is_used_for_nothing() {
    let (tell, told) = std::sync::mpsc::channel::<tokio::sync::watch::Sender<Arc<Inventory>>>();
    let mut views = 0;
    let scene = Scene::new().person(move |view| {
        views += 1;
        match (views, view) {
            (1, View::Ready { choices, .. }) => {
                // The same slot and serial number, but another card.
                let mut swapped = card_in_reader();
                let other = &mut swapped.tokens[0].certificates[0];
                other.der = b"another".to_vec();
                told.recv().unwrap().send_replace(Arc::new(swapped));
                Some(enter(choices[0].id))
            }
            (2, View::Ready { .. }) => Some(Event::Closed),
            other => panic!("{other:?}"),
        }
    });
    let stage = scene.start().await;
    tell.send(stage.inventory.clone()).unwrap();

    assert_eq!(stage.page().sign_in().await.code(), "user_refused");

    assert_eq!(stage.count("card"), 0);
}

#[tokio::test]
async fn news_of_fewer_tries_than_this_window_knows_is_shown() {
    let mut inventory = card_in_reader();
    inventory.tokens[0].pin.tries_left = Some(1);
    let (tell, told) = std::sync::mpsc::channel::<tokio::sync::watch::Sender<Arc<Inventory>>>();
    let mut views = 0;
    let scene = Scene::new()
        .card(|_, _, _| Some(Err(Error::PinWrong { left: Some(2) })))
        .person(move |view| match view {
            View::Ready { choices, .. } => {
                views += 1;
                match views {
                    1 => Some(enter(choices[0].id)),
                    // Another program, or another computer, has used one meanwhile.
                    2 => {
                        assert_eq!(choices[0].tries_left, Some(2));
                        told.recv()
                            .unwrap()
                            .send_replace(Arc::new(inventory.clone()));
                        None
                    }
                    _ => {
                        assert_eq!(choices[0].tries_left, Some(1));
                        Some(Event::Closed)
                    }
                }
            }
            _ => None,
        });
    let scene = scene.settings(|settings| settings.window_time = Duration::from_secs(2));
    let stage = scene.start().await;
    tell.send(stage.inventory.clone()).unwrap();

    assert_eq!(stage.page().sign_in().await.code(), "pin_wrong");

    assert_eq!(
        stage.count("shows 1 choices, Some(PinWrong { tries_left: Some(2) })"),
        2
    );
}

#[tokio::test]
async fn sign_ins_follow_one_another_on_one_connection() {
    for http in [Http::One, Http::Two] {
        let stage = Scene::willing().start().await;
        let page = stage.page().over(http);
        let mut line = page.line().await;
        for _ in 0..20 {
            let reply = line
                .ask(&page, "POST", "/v1/sign-in", &crate::scene::sign_in_body())
                .await;
            assert_eq!(reply.status, 200);
        }
        assert_eq!(stage.count("card"), 20);
    }
}
