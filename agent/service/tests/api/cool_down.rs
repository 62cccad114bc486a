//! A site for which the PIN was entered wrongly too often waits.
//!
//! Spec: docs/protocol.md, "Operations", step 3; docs/threat-model.md, C-11.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use chop_service::{Clock, Event, Memory, View};
use chop_token::Error;

use crate::scene::{NOW, Scene, Stage, enter, signed};

/// A person who enters one PIN and closes the window when it was wrong.
fn one_try() -> Scene {
    Scene::new().person(|view| match view {
        View::Ready {
            choices,
            notice: None,
        } => Some(enter(choices[0].id)),
        View::Ready { .. } => Some(Event::Closed),
        _ => None,
    })
}

fn wrong(scene: Scene) -> Scene {
    scene.card(|_, _, _| Some(Err(Error::PinWrong { left: Some(2) })))
}

#[tokio::test]
async fn after_two_wrong_windows_the_third_request_opens_none() {
    let stage = wrong(one_try()).start().await;
    for _ in 0..2 {
        assert_eq!(stage.page().sign_in().await.code(), "pin_wrong");
    }
    let before = stage.happened();

    let third = stage.page().sign_in().await;

    assert_eq!(third.body, r#"{"code":"cooling_down","retry_after":900}"#);
    assert_eq!(
        (third.status.as_u16(), third.header("retry-after")),
        (429, Some("900"))
    );
    assert_eq!(stage.happened(), before, "no window, no card");
    let other = stage
        .page()
        .with("origin", "https://other.example")
        .sign_in()
        .await;
    assert_eq!(other.code(), "pin_wrong", "another site is not concerned");
}

#[tokio::test]
async fn the_wait_ends_after_fifteen_minutes() {
    let seconds = Arc::new(AtomicU64::new(0));
    let clock = Arc::clone(&seconds);
    let now = move || NOW + Duration::from_secs(clock.load(Ordering::Relaxed));
    let long = |inventory: &mut chop_token::Inventory| {
        inventory.tokens[0].certificates[0].not_after = i64::MAX;
    };
    let mut inventory = crate::scene::card_in_reader();
    long(&mut inventory);
    let scene = wrong(one_try()).inventory(inventory);
    let stage = scene
        .settings(|settings| settings.clock = Clock::new(now))
        .start()
        .await;
    for code in ["pin_wrong", "pin_wrong", "cooling_down"] {
        assert_eq!(stage.page().sign_in().await.code(), code);
    }
    seconds.store(900, Ordering::Relaxed);
    assert_eq!(stage.page().sign_in().await.code(), "pin_wrong");
}

#[tokio::test]
async fn a_restart_does_not_shorten_the_wait() {
    let folder = tempfile::tempdir().unwrap();
    let stage = wrong(one_try())
        .memory(Memory::load(folder.path()))
        .start()
        .await;
    for _ in 0..2 {
        assert_eq!(stage.page().sign_in().await.code(), "pin_wrong");
    }
    let restarted = Scene::willing()
        .memory(Memory::load(folder.path()))
        .start()
        .await;
    assert_eq!(restarted.page().sign_in().await.code(), "cooling_down");
    assert!(restarted.nothing_happened());
}

#[tokio::test]
async fn a_sign_in_that_succeeds_clears_the_count() {
    let mut tries = 0;
    let scene = one_try().card(move |_, _, messages| {
        tries += 1;
        Some(if tries == 2 {
            Ok(signed(messages))
        } else {
            Err(Error::PinWrong { left: Some(2) })
        })
    });
    let stage = scene.start().await;
    for code in ["pin_wrong", "", "pin_wrong", "pin_wrong", "cooling_down"] {
        assert_eq!(stage.page().sign_in().await.code(), code);
    }
}

#[tokio::test]
async fn windows_whose_card_failed_do_not_count() {
    let mut tries = 0;
    let scene = one_try().card(move |_, _, _| {
        tries += 1;
        Some(Err(if tries % 2 == 0 {
            Error::CardRemoved
        } else {
            Error::WorkerEnded
        }))
    });
    let stage = scene.start().await;
    for _ in 0..3 {
        assert_eq!(stage.page().sign_in().await.code(), "card_fault");
        assert_eq!(stage.page().sign_in().await.code(), "card_removed");
    }
}

#[tokio::test]
async fn after_five_windows_that_nobody_answered_the_sixth_request_opens_none() {
    for ends in [|| Event::Closed, || Event::TimedOut] {
        let stage = Scene::new().person(move |_| Some(ends())).start().await;
        for _ in 0..5 {
            let code = stage.page().sign_in().await.code();
            assert!(["user_refused", "user_timeout"].contains(&code.as_str()));
        }
        let before = stage.happened();

        let sixth = stage.page().sign_in().await;

        assert_eq!(sixth.body, r#"{"code":"cooling_down","retry_after":60}"#);
        assert_eq!(stage.happened(), before, "no window, no card");
    }
}

#[tokio::test]
async fn windows_that_the_page_itself_takes_back_count_as_unanswered() {
    let stage = Scene::new().start().await;
    for round in 1..=5 {
        let page = stage.page();
        tokio::select! {
            reply = page.sign_in() => panic!("{reply:?}"),
            () = stage.until_times("shows 1 choices, None", round) => {}
        }
        stage.until_times("window gone", round).await;
    }
    assert_eq!(code_but_busy(&stage).await, "cooling_down");
}

#[tokio::test]
async fn also_before_the_window_could_be_seen() {
    let stage = Scene::new().windows_that_come_late().start().await;
    for round in 1..=5 {
        let page = stage.page();
        tokio::select! {
            reply = page.sign_in() => panic!("{reply:?}"),
            () = stage.until_times("window for https://bank.example", round) => {}
        }
        stage.until_times("window taken back", round).await;
    }
    assert_eq!(code_but_busy(&stage).await, "cooling_down");
}

#[tokio::test]
async fn sub_domains_wait_together() {
    let stage = wrong(one_try()).start().await;
    for origin in ["https://a.bank.example", "https://b.bank.example:8443"] {
        let page = stage.page().with("origin", origin);
        assert_eq!(page.sign_in().await.code(), "pin_wrong");
    }
    let third = stage.page().with("origin", "https://c.bank.example");
    assert_eq!(third.sign_in().await.code(), "cooling_down");
}

#[tokio::test]
async fn a_site_that_waits_does_not_learn_that_another_signs_in() {
    let stage = Scene::new()
        .person(|view| match view {
            View::Looking => None,
            _ => Some(Event::Closed),
        })
        .start()
        .await;
    for _ in 0..5 {
        assert_eq!(stage.page().sign_in().await.code(), "user_refused");
    }
    let other = stage.page().with("origin", "https://other.example");
    stage.inventory.send_replace(Arc::default());
    tokio::select! {
        reply = other.sign_in() => panic!("{reply:?}"),
        () = async {
            stage.until("window for https://other.example").await;
            assert_eq!(stage.page().sign_in().await.code(), "cooling_down");
        } => {}
    }
}

#[tokio::test]
async fn a_wrong_pin_is_counted_before_the_person_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cool-down.json");
    let counted = path.with_extension("counted");
    for _ in 0..2 {
        // A person who leaves the window open after a wrong PIN.
        let hesitant = Scene::new().person(|view| match view {
            View::Ready {
                choices,
                notice: None,
            } => Some(enter(choices[0].id)),
            _ => None,
        });
        let scene = wrong(hesitant).memory(Memory::load(folder.path()));
        let stage = scene.start().await;
        let page = stage.page();
        let notice = "shows 1 choices, Some(PinWrong { tries_left: Some(2) })";
        tokio::select! {
            reply = page.sign_in() => panic!("{reply:?}"),
            () = stage.until(notice) => {}
        }
        // What a crash would leave at this moment.
        std::fs::copy(&path, &counted).unwrap();
        drop(stage);
        std::fs::rename(&counted, &path).unwrap();
    }
    let restarted = Scene::willing().memory(Memory::load(folder.path()));
    let restarted = restarted.start().await;
    assert_eq!(restarted.page().sign_in().await.code(), "cooling_down");
}

#[tokio::test]
async fn a_page_cannot_avoid_the_count_by_going_away() {
    let stage = Scene::willing().card(|_, _, _| None).start().await;
    for round in 1..=2 {
        let page = stage.page();
        tokio::select! {
            reply = page.sign_in() => panic!("{reply:?}"),
            () = stage.until_times("shows Checking", round) => {}
        }
        stage.until_times("window gone", round).await;
    }
    assert_eq!(code_but_busy(&stage).await, "cooling_down");
}

/// What the next request ends with. The turn is given back a moment after a window went.
async fn code_but_busy(stage: &Stage) -> String {
    let asking = async {
        loop {
            let code = stage.page().sign_in().await.code();
            if code != "busy" {
                return code;
            }
        }
    };
    let patience = Duration::from_secs(20);
    tokio::time::timeout(patience, asking).await.unwrap()
}
