//! Every other end of a sign-in, by its code.
//!
//! Spec: docs/protocol.md, "Operations", the table of endings.

use chop_service::{ConsentError, Event, View};
use chop_token::{Error, Fault, FileFault, Inventory, Readers, Source};

use crate::scene::{Scene, card_in_reader, enter, readers, signed, token, window_failed};

/// A person who closes the window once it shows something other than that it is looking.
fn closing(inventory: Inventory) -> Scene {
    Scene::new().inventory(inventory).person(|view| match view {
        View::Looking => None,
        _ => Some(Event::Closed),
    })
}

fn with_readers(readers: Readers) -> Inventory {
    Inventory {
        settled: true,
        readers,
        ..Inventory::default()
    }
}

#[tokio::test]
async fn closing_the_window_gives_the_code_of_what_it_said() {
    let mut locked = token();
    locked.pin.locked = true;
    let mut expired = token();
    expired.certificates[0].not_after = -1;
    for (inventory, code) in [
        (card_in_reader(), "user_refused"),
        (with_readers(Readers::ServiceDown), "no_reader"),
        (with_readers(readers(&[])), "no_reader"),
        (with_readers(readers(&[false, false])), "no_card"),
        (with_readers(readers(&[false, true])), "no_certificate"),
        (
            Inventory {
                tokens: vec![expired],
                ..card_in_reader()
            },
            "no_certificate",
        ),
        (
            Inventory {
                tokens: vec![locked.clone()],
                ..card_in_reader()
            },
            "pin_locked",
        ),
        (
            Inventory {
                tokens: vec![locked, other()],
                ..card_in_reader()
            },
            "user_refused",
        ),
    ] {
        let stage = closing(inventory).start().await;
        assert_eq!(stage.page().sign_in().await.code(), code);
        assert_eq!(stage.count("card"), 0);
        assert_eq!(stage.count("window gone"), 1);
    }
}

fn other() -> chop_token::Token {
    let mut other = token();
    other.certificates[0].id = vec![2];
    other
}

#[tokio::test]
async fn closing_while_it_is_still_looking_is_a_refusal() {
    let unsettled = Inventory {
        settled: false,
        ..card_in_reader()
    };
    let scene = Scene::new()
        .inventory(unsettled)
        .person(|_| Some(Event::Closed));
    assert_eq!(
        scene.start().await.page().sign_in().await.code(),
        "user_refused"
    );
}

#[tokio::test]
async fn a_modules_fault_stands_in_the_window_and_not_in_the_answer() {
    let fault = Source {
        path: "/secret/module.so".into(),
        library: None,
        fault: Some(Fault::Crashed { signal: 11 }),
    };
    let inventory = Inventory {
        sources: vec![fault],
        ..with_readers(readers(&[true]))
    };
    let stage = closing(inventory).start().await;

    let reply = stage.page().sign_in().await;

    assert_eq!(reply.body, r#"{"code":"no_certificate"}"#);
    assert_eq!(
        stage.count(
            r#"shows NoCertificate { fault: Some("it crashed its worker process (signal 11)") }"#
        ),
        1
    );
}

#[tokio::test]
async fn time_that_runs_out_says_nothing_of_cards() {
    for inventory in [
        card_in_reader(),
        with_readers(readers(&[])),
        with_readers(readers(&[false])),
    ] {
        let scene = Scene::new()
            .inventory(inventory)
            .person(|_| Some(Event::TimedOut));
        assert_eq!(
            scene.start().await.page().sign_in().await.code(),
            "user_timeout"
        );
    }
}

/// Enters the PIN once, then does something else.
fn once_then(then: fn() -> Event) -> Scene {
    let mut entered = false;
    Scene::new().person(move |view| match view {
        View::Ready { .. } if entered => Some(then()),
        View::Ready { choices, .. } => {
            entered = true;
            Some(enter(choices[0].id))
        }
        _ => None,
    })
}

#[tokio::test]
async fn after_a_wrong_pin_the_page_learns_the_tries_left_when_the_window_ends() {
    for then in [|| Event::Closed, || Event::TimedOut] {
        for (left, json) in [(Some(2), "2"), (Some(1), "1"), (None, "null")] {
            let scene = once_then(then).card(move |_, _, _| Some(Err(Error::PinWrong { left })));
            let stage = scene.start().await;
            let reply = stage.page().sign_in().await;
            assert_eq!(
                reply.body,
                format!(r#"{{"code":"pin_wrong","tries_left":{json}}}"#)
            );
            assert_eq!((reply.status.as_u16(), stage.count("card")), (409, 1));
        }
    }
}

#[tokio::test]
async fn a_pin_that_locks_the_card_is_said_and_takes_no_other() {
    for error in [|| Error::PinLocked, || Error::PinWrong { left: Some(0) }] {
        let mut views = 0;
        let scene = Scene::new()
            .card(move |_, _, _| Some(Err(error())))
            .person(move |view| {
                let View::Ready { choices, .. } = view else {
                    return None;
                };
                views += 1;
                match views {
                    1 => Some(enter(choices[0].id)),
                    2 => {
                        assert!(choices[0].locked);
                        // A window that takes a PIN all the same gets nowhere with it.
                        Some(enter(choices[0].id))
                    }
                    _ => Some(Event::Closed),
                }
            });
        let stage = scene.start().await;
        assert_eq!(stage.page().sign_in().await.code(), "pin_locked");
        assert_eq!(stage.count("card"), 1);
    }
}

#[tokio::test]
async fn a_card_that_leaves_after_a_wrong_pin_does_not_hide_the_wrong_pin() {
    let scene = once_then(|| unreachable!("the card has gone"));
    let mut entered = false;
    let scene = scene
        .card(|_, _, _| Some(Err(Error::PinWrong { left: Some(2) })))
        .person(move |view| match view {
            View::Ready {
                choices,
                notice: None,
            } if !entered => {
                entered = true;
                Some(enter(choices[0].id))
            }
            View::NoCard => Some(Event::Closed),
            _ => None,
        });
    let stage = scene.start().await;
    let page = stage.page();
    let pulling = async {
        stage
            .until("shows 1 choices, Some(PinWrong { tries_left: Some(2) })")
            .await;
        stage
            .inventory
            .send_replace(with_readers(readers(&[false])).into());
    };
    assert_eq!(tokio::join!(page.sign_in(), pulling).0.code(), "pin_wrong");
}

#[tokio::test]
async fn a_card_that_fails_ends_the_operation_at_once() {
    for (error, code, ending) in [
        (Error::CardRemoved, "card_removed", "ends with CardRemoved"),
        (Error::KeyGone, "card_removed", "ends with CardRemoved"),
        (
            Error::Deadline { seconds: 30 },
            "card_fault",
            "ends with CardFault",
        ),
        (Error::WorkerEnded, "card_fault", "ends with CardFault"),
        (
            Error::Module {
                call: "C_Sign",
                code: 5,
            },
            "card_fault",
            "ends with CardFault",
        ),
        (
            Error::Pkcs12(FileFault::NotPkcs12),
            "card_fault",
            "ends with CardFault",
        ),
    ] {
        let mut error = Some(error);
        let scene = Scene::willing().card(move |_, _, _| Some(Err(error.take().unwrap())));
        let stage = scene.start().await;
        let reply = stage.page().sign_in().await;
        assert_eq!(reply.body, format!(r#"{{"code":"{code}"}}"#));
        assert_eq!((stage.count(ending), stage.count("card")), (1, 1));
    }
}

#[tokio::test]
async fn another_certificate_than_was_shown_is_not_handed_out() {
    let scene = Scene::willing().card(|_, _, messages| {
        let certificate = b"of somebody else".to_vec();
        Some(Ok(chop_token::Signed {
            certificate,
            ..signed(messages)
        }))
    });
    assert_eq!(
        scene.start().await.page().sign_in().await.code(),
        "card_fault"
    );
}

#[tokio::test]
async fn closing_the_window_while_the_card_works_stops_the_card() {
    let scene = Scene::new().card(|_, _, _| None).person(|view| match view {
        View::Ready { choices, .. } => Some(enter(choices[0].id)),
        View::Checking => Some(Event::Closed),
        _ => None,
    });
    let stage = scene.start().await;

    assert_eq!(stage.page().sign_in().await.code(), "user_refused");

    assert_eq!(
        stage.happened()[stage.happened().len() - 2..],
        ["card stopped", "window gone"]
    );
}

#[tokio::test]
async fn time_that_runs_out_while_the_card_works_does_not_stop_it() {
    let (go, wait) = std::sync::mpsc::channel();
    let scene = Scene::new()
        .person(move |view| match view {
            View::Ready { choices, .. } => Some(enter(choices[0].id)),
            View::Checking => {
                go.send(()).unwrap();
                Some(Event::TimedOut)
            }
            _ => None,
        })
        .card(move |_, _, _| {
            wait.recv().unwrap();
            Some(Err(Error::PinWrong { left: None }))
        });
    // The card answers only when the time has run out: then the window takes no other PIN.
    let stage = scene.start().await;
    assert_eq!(stage.page().sign_in().await.code(), "pin_wrong");
}

#[tokio::test]
async fn without_a_display_the_answer_is_the_same_whatever_is_plugged_in() {
    let mut bodies = Vec::new();
    for inventory in [
        card_in_reader(),
        with_readers(readers(&[])),
        with_readers(Readers::ServiceDown),
    ] {
        let scene = Scene::willing()
            .inventory(inventory)
            .without_window(|| ConsentError::NoDisplay);
        let stage = scene.start().await;
        let reply = stage.page().sign_in().await;
        assert_eq!(reply.status, 503);
        assert!(stage.nothing_happened(), "not even a look");
        bodies.push(reply.body);
    }
    assert_eq!(bodies, [r#"{"code":"no_display"}"#; 3]);
}

#[tokio::test]
async fn a_window_that_cannot_be_started_is_our_own_fault_and_blocks_nothing() {
    let stage = Scene::willing().without_window(window_failed).start().await;
    for _ in 0..2 {
        assert_eq!(stage.page().sign_in().await.code(), "agent_fault");
    }
}
