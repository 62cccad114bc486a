//! What the window says, and when it ends.

use std::collections::HashMap;

use super::*;
use crate::prompt::theme::HIGHEST;

#[test]
fn the_window_says_who_asks_and_whose_card_it_is() {
    let scene = Scene::ready(vec![card(1)]);

    for text in [
        "https://login.bank.example:8443",
        "Holder 1",
        "Issuer",
        "Token",
        "2030-03-18",
        "3 tries left",
    ] {
        assert!(scene.says(text), "{text}");
    }
}

#[test]
fn a_screen_reader_hears_what_the_window_is_at() {
    let label = |scene: &Scene| scene.harness.kittest_state().root().label();
    let waiting = "Chop – Looking for your card: login.bank.example:8443";
    assert_eq!(label(&Scene::new()).as_deref(), Some(waiting));
    let mut scene = Scene::ready(vec![card(1)]);
    let ready = "Chop – Sign in to login.bank.example:8443";
    assert_eq!(label(&scene).as_deref(), Some(ready));
    scene.types("1234");
    scene.presses(Key::Enter);
    let checking = "Chop – Signing for login.bank.example:8443";
    assert_eq!(label(&scene).as_deref(), Some(checking));
}

#[test]
fn escape_and_cancel_close() {
    let mut scene = Scene::ready(vec![card(1)]);
    scene.presses(Key::Escape);
    assert_eq!(scene.outcomes().first().map(String::as_str), Some("closed"));

    let mut scene = Scene::ready(vec![card(1)]);
    scene.clicks("Cancel");
    assert_eq!(scene.outcomes(), ["closed"]);
}

#[test]
fn a_wrong_pin_is_said_with_the_tries_left_and_the_field_is_empty() {
    let mut scene = Scene::ready(vec![card(1)]);
    scene.types("1234");
    scene.presses(Key::Enter);

    let notice = Some(Notice::PinWrong {
        tries_left: Some(2),
    });
    scene.show(View::Ready {
        choices: vec![with_tries(2)],
        notice,
    });

    assert!(scene.says("Wrong PIN, 2 tries left"));
    assert_eq!(scene.typed(), 0);
    scene.pass(1.0);
    assert!(scene.field().is_focused());
}

#[test]
fn a_locked_card_takes_no_pin_and_says_what_to_do() {
    let scene = Scene::ready(vec![locked()]);

    assert!(scene.says("This card is locked"));
    assert!(scene.harness.query_by_role(Role::PasswordInput).is_none());
    assert!(scene.harness.query_by_label("Sign in").is_none());
}

#[test]
fn a_wrong_pin_of_one_card_is_not_said_of_another() {
    let notice = Some(Notice::PinWrong {
        tries_left: Some(2),
    });
    let mut scene = Scene::ready(vec![with_tries(3), card(2)]);
    scene.show(View::Ready {
        choices: vec![with_tries(2), card(2)],
        notice,
    });
    assert!(scene.says("Wrong PIN"));
    scene.pass(1.0);

    scene.presses(Key::ArrowDown);

    assert!(!scene.says("Wrong PIN"));
}

#[test]
fn each_state_says_what_it_is_and_what_to_do() {
    let states = HashMap::from([
        ("Looking for your card", View::Looking),
        ("chop doctor", View::ServiceDown),
        ("No card reader found", View::NoReader),
        ("Insert your card", View::NoCard),
        (
            "module X is broken",
            View::NoCertificate {
                fault: Some("module X is broken".to_owned()),
            },
        ),
        ("Your card is signing", View::Checking),
    ]);
    for (text, view) in states {
        let mut scene = Scene::new();
        scene.show(view.clone());
        assert!(scene.says(text), "{view:?}");
        scene.pass(1.0);
        scene.presses(Key::Escape);
        assert!(scene.outcomes().contains(&"closed".to_owned()), "{view:?}");
    }
}

#[test]
fn the_window_ends_when_the_time_is_over() {
    let mut scene = Scene::ready(vec![card(1)]);
    scene.pass(30.0);
    assert_eq!(scene.outcomes(), [""; 0]);

    scene.pass(30.0);

    assert_eq!(
        scene.outcomes().first().map(String::as_str),
        Some("timed out")
    );
}

#[test]
fn the_card_s_answer_is_awaited_even_when_the_time_is_over() {
    let mut scene = Scene::ready(vec![card(1)]);
    scene.types("1234");
    scene.presses(Key::Enter);
    drop(scene.outcomes());

    scene.pass(100.0);

    assert_eq!(scene.outcomes(), [""; 0]);
}

#[test]
fn an_ending_is_shown_for_a_moment() {
    for (ending, text, shown, over) in [
        (Ending::Done, "Signed", 0.7, 0.2),
        (Ending::CardRemoved, "The card was removed", 3.9, 0.2),
        (Ending::CardFault, "The card did not finish", 3.9, 0.2),
    ] {
        let mut scene = Scene::ready(vec![card(1)]);
        scene.end(ending);
        assert!(scene.says(text), "{ending:?}");

        scene.pass(shown);
        assert_eq!(scene.outcomes(), [""; 0], "{ending:?}");
        scene.pass(over);
        assert_eq!(
            scene.outcomes().first().map(String::as_str),
            Some("over"),
            "{ending:?}"
        );
    }
}

#[test]
fn nothing_is_shown_after_an_ending() {
    let mut scene = Scene::ready(vec![card(1)]);
    scene.end(Ending::CardFault);

    scene.show(View::NoCard);

    assert!(scene.says("The card did not finish"));
}

#[test]
fn a_window_with_more_in_it_is_higher() {
    let one = Scene::ready(vec![card(1)]);
    let many = Scene::ready((1..9).map(card).collect());

    assert!(many.harness.state().contents.height() > one.harness.state().contents.height());
    assert!(
        many.harness.state().contents.height() <= HIGHEST,
        "a long list is scrolled"
    );
}

#[test]
fn the_window_speaks_another_language_at_a_click() {
    let mut scene = Scene::ready(vec![card(1)]);
    assert!(scene.says("Sign-in request"));

    scene.clicks("中文");

    assert_eq!(scene.outcomes(), ["speaks zh-TW"]);
    assert!(scene.says("網站要求登入") && scene.says("English"));
}

#[test]
fn each_kind_of_card_is_unlocked_at_a_place_of_its_own() {
    for (issuer, place) in [
        ("內政部憑證管理中心", "moica.nat.gov.tw"),
        ("經濟部工商憑證管理中心", "moeaca.nat.gov.tw"),
        ("Issuer", "chop pin"),
    ] {
        let scene = Scene::ready(vec![Choice {
            issuer: issuer.to_owned(),
            ..locked()
        }]);
        assert!(scene.says(place), "{issuer}");
    }
}
