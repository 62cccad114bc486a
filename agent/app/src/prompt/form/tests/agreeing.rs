//! What needs no PIN in the window, and what is said of documents.

use super::*;

fn agreeing(purpose: Purpose, asks: Asks) -> Scene {
    let mut scene = Scene::asking(purpose);
    scene.show(View::Ready {
        choices: vec![Choice { asks, ..card(1) }],
        notice: None,
    });
    scene.pass(1.0);
    scene
}

#[test]
fn reading_certificates_takes_a_click_and_no_pin() {
    let mut scene = agreeing(Purpose::ReadCertificates, Asks::Agreement);
    assert!(!scene.has_field());
    scene.clicks("Allow");
    assert_eq!(scene.outcomes(), ["1: agreed"]);
}

#[test]
fn enter_agrees_to_nothing_until_the_keyboard_is_on_the_button() {
    let mut scene = agreeing(Purpose::ReadCertificates, Asks::Agreement);
    scene.presses(Key::Enter);
    scene.presses(Key::Space);
    assert_eq!(scene.outcomes(), [""; 0]);
    // Language, allow.
    for _ in 0..2 {
        scene.presses(Key::Tab);
    }
    scene.pass(1.0);
    scene.presses(Key::Enter);
    assert_eq!(scene.outcomes(), ["1: agreed"]);
}

#[test]
fn a_keypad_reader_is_told_of_and_then_waited_for() {
    let mut scene = agreeing(Purpose::SignIn, Asks::Keypad);
    assert!(scene.says("keypad") && !scene.has_field());
    scene.clicks("Sign in");
    assert_eq!(scene.outcomes(), ["1: agreed"]);
    assert!(scene.says("Enter the PIN on the reader"));
}

#[test]
fn the_last_try_on_a_keypad_has_to_be_confirmed_too() {
    let mut scene = Scene::new();
    scene.show(View::Ready {
        choices: vec![Choice {
            asks: Asks::Keypad,
            ..with_tries(1)
        }],
        notice: None,
    });
    scene.pass(1.0);
    scene.presses(Key::Enter);
    assert_eq!(scene.outcomes(), [""; 0]);
    scene.clicks("I understand");
    scene.clicks("Sign in");
    assert_eq!(scene.outcomes(), ["1: agreed"]);
}

#[test]
fn documents_are_shown_with_their_names_in_quotes_and_short_texts_in_full() {
    let document = |name: &str, text: Option<&str>| DocumentView {
        name: name.to_owned(),
        size: Some(6),
        digest: ("SHA-256".to_owned(), "0123ABCD".to_owned()),
        text: text.map(str::to_owned),
    };
    let documents = vec![
        document("申請書.xml", None),
        document("b", Some("login=me")),
    ];
    let mut scene = agreeing(Purpose::Sign { documents }, Asks::Pin);
    for part in [
        "\"申請書.xml\"",
        "0123 ABCD",
        "login=me",
        "may count as your login",
    ] {
        assert!(scene.says(part), "{part}");
    }
    scene.types("1234");
    scene.presses(Key::Enter);
    assert_eq!(scene.outcomes(), ["1: 1234"]);
}

#[test]
fn work_on_several_things_is_counted_and_not_timed_out() {
    let mut scene = Scene::asking(Purpose::Sign {
        documents: Vec::new(),
    });
    scene.show(View::Working { done: 2, total: 5 });
    assert!(scene.says("2 of 5 signed"));
    scene.pass(100.0);
    assert_eq!(scene.outcomes(), [""; 0]);
}
