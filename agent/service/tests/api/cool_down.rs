//! A site for which the PIN was entered wrongly too often waits.
//!
//! Spec: docs/protocol.md, "Sign in", step 4; docs/threat-model.md, C-11.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use chop_service::{Clock, CoolDown, Event, View};
use chop_token::Error;

use crate::scene::{NOW, Scene, enter, signed};

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
        inventory.signers[0].certificate.as_mut().unwrap().not_after = i64::MAX;
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
    let path = folder.path().join("cool-down.json");
    let stage = wrong(one_try())
        .cool_down(CoolDown::load(path.clone()))
        .start()
        .await;
    for _ in 0..2 {
        assert_eq!(stage.page().sign_in().await.code(), "pin_wrong");
    }
    let restarted = Scene::willing()
        .cool_down(CoolDown::load(path))
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
async fn windows_that_were_closed_or_whose_card_failed_do_not_count() {
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
    for _ in 0..2 {
        assert_eq!(stage.page().sign_in().await.code(), "card_fault");
        assert_eq!(stage.page().sign_in().await.code(), "card_removed");
    }
    let stage = Scene::new().person(|_| Some(Event::Closed)).start().await;
    for _ in 0..5 {
        assert_eq!(stage.page().sign_in().await.code(), "user_refused");
    }
}

#[tokio::test]
async fn a_page_cannot_avoid_the_count_by_going_away() {
    let stage = Scene::willing().card(|_, _, _| None).start().await;
    for round in 1..=2 {
        let page = stage.page();
        tokio::select! {
            reply = page.sign_in() => panic!("{reply:?}"),
            () = async {
                while stage.count("shows Checking") < round {
                    tokio::task::yield_now().await;
                }
            } => {}
        }
        while stage.count("window gone") < round {
            tokio::task::yield_now().await;
        }
    }
    let third = async {
        loop {
            let code = stage.page().sign_in().await.code();
            // The turn is given back a moment after the window went.
            if code != "busy" {
                return code;
            }
        }
    };
    let third = tokio::time::timeout(Duration::from_secs(20), third).await;
    assert_eq!(third.as_deref(), Ok("cooling_down"));
}
