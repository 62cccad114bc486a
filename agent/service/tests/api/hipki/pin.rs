//! The page's PIN: used once, counted, never the last try; and the window's instead.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use chop_service::{Decision, Event, Memory, PinFrom, Scope, View};
use chop_token::Error;
use serde_json::{Value, json};

use super::{
    card::{Card, NUMBER},
    client::{SITE, popup},
};
use crate::scene::{Done, Scene, Stage};

fn sign(pin: &str) -> Value {
    json!({ "func": "MakeSignature", "tbs": "TBS", "pin": pin, "signatureType": "PKCS7" })
}

/// A card on which every PIN is wrong.
fn wrong(left: Option<u8>) -> Scene {
    let mut inventory = Card::rsa().inventory();
    inventory.tokens[0].pin.tries_left = left;
    Card::rsa()
        .scene(Some(Decision::Always))
        .inventory(inventory)
        .work(move |_, _| {
            Some(Err(Error::PinWrong {
                left: left.map(|it| it - 1),
            }))
        })
}

async fn answer(stage: &Stage, package: &Value) -> (u64, i64) {
    let answer = popup(stage, SITE, package).await;
    assert!(answer.get("signature").is_none() || answer["ret_code"] == 0);
    let number = |name: &str| answer[name].as_i64().unwrap();
    (
        u64::try_from(number("ret_code")).unwrap(),
        number("last_error"),
    )
}

const LOGIN: u64 = 1_980_760_070;

#[tokio::test]
async fn a_wrong_pin_is_said_with_the_tries_that_are_left() {
    for (left, minor) in [
        (Some(3), -2_147_483_646),
        (Some(2), -2_147_483_647),
        (None, 160),
    ] {
        let stage = wrong(left).start().await;
        assert_eq!(
            answer(&stage, &sign("654321")).await,
            (LOGIN, minor),
            "{left:?}"
        );
        assert_eq!(stage.count("card"), 1);
    }
    let stage = wrong(Some(3)).start().await;
    let said = popup(&stage, SITE, &sign("654321")).await;
    assert_eq!(said["message"], "IC卡登入失敗");
    assert_eq!(said["message2"], "PIN碼錯誤，剩餘兩次機會");
}

#[tokio::test]
async fn a_site_with_two_wrong_pins_waits_also_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let memory = || Memory::load(folder.path());
    let stage = wrong(Some(9)).memory(memory()).start().await;
    for _ in 0..2 {
        assert_eq!(answer(&stage, &sign("654321")).await.0, LOGIN);
    }
    assert_eq!(answer(&stage, &sign("654321")).await.0, 0x7600_0031);
    assert_eq!(stage.count("card"), 2);
    let stage = wrong(Some(9)).memory(memory()).start().await;
    assert_eq!(answer(&stage, &sign("654321")).await.0, 0x7600_0031);
    assert_eq!(stage.count("card"), 0);
}

#[tokio::test]
async fn the_last_try_is_the_persons_in_the_agents_window() {
    let card = Card::rsa();
    let mut inventory = card.inventory();
    inventory.tokens[0].pin.tries_left = Some(1);
    let scene = card.scene(Some(Decision::Always)).inventory(inventory);
    let stage = scene.start().await;
    // The window's person enters 123456; the page's PIN is not tried.
    assert_eq!(answer(&stage, &sign("654321")).await, (0, 0));
    assert_eq!(stage.count("shows 1 choices, None"), 1);
    assert_eq!(stage.count("card"), 1);
}

#[tokio::test]
async fn a_card_that_tells_no_tries_gives_a_page_two() {
    let tried = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&tried);
    let card = Card::rsa();
    let mut inventory = card.inventory();
    inventory.tokens[0].pin.tries_left = None;
    let scene = card
        .scene(Some(Decision::Always))
        .inventory(inventory)
        .work({
            let card = card.clone();
            move |pin, asked| match pin {
                b"123456" => Some(Ok(card.works(&asked))),
                _ => {
                    count.fetch_add(1, Ordering::SeqCst);
                    Some(Err(Error::PinWrong { left: None }))
                }
            }
        });
    let stage = scene.start().await;
    for site in ["https://a.example", "https://b.example"] {
        popup(&stage, site, &sign("000000")).await;
    }
    let third = popup(&stage, "https://c.example", &sign("000000")).await;
    assert_eq!(third["ret_code"], 0, "the person entered the right one");
    assert_eq!(tried.load(Ordering::SeqCst), 2);
    // A right one ends the count, also one that the person entered.
    let asked = stage.count("shows 1 choices, None");
    let fourth = popup(&stage, "https://d.example", &sign("123456")).await;
    assert_eq!(fourth["ret_code"], 0);
    assert_eq!(stage.count("shows 1 choices, None"), asked, "no window");
}

#[tokio::test]
async fn what_went_wrong_in_a_window_of_the_agent_counts_as_well_and_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let stage = |closed: bool| {
        let mut inventory = Card::rsa().inventory();
        inventory.tokens[0].pin.tries_left = None;
        Card::rsa()
            .scene(Some(Decision::Always))
            .person(move |view| match view {
                View::Ready {
                    choices,
                    notice: None,
                } if !closed => Some(crate::scene::enter(choices[0].id)),
                View::Deciding => Some(Event::Decided(Decision::Always)),
                View::Ready { .. } => Some(Event::Closed),
                _ => None,
            })
            .inventory(inventory)
            .memory(Memory::load(folder.path()))
            .card(|_, _, _| Some(Err(Error::PinWrong { left: None })))
            .work(|_, _| Some(Err(Error::PinWrong { left: None })))
            .start()
    };
    let native = stage(false).await;
    for site in ["https://a.example", "https://b.example"] {
        let page = native.page().with("origin", site);
        assert_eq!(page.sign_in().await.code(), "pin_wrong");
    }
    let restarted = stage(true).await;
    let answer = popup(&restarted, SITE, &sign("000000")).await;
    assert_eq!(answer["ret_code"], 0x7600_0999, "the person closed it");
    assert_eq!(restarted.count("shows 1 choices, None"), 1);
    assert_eq!(restarted.count("card"), 0);
}

#[tokio::test]
async fn what_may_have_cost_a_try_is_a_try() {
    for (make, counts) in [
        ((|| Error::Deadline { seconds: 60 }) as fn() -> Error, true),
        (|| Error::WorkerEnded, true),
        (|| Error::Cancelled, false),
    ] {
        let mut inventory = Card::rsa().inventory();
        inventory.tokens[0].pin.tries_left = None;
        let scene = Card::rsa().scene(Some(Decision::Always));
        let scene = scene.inventory(inventory);
        let stage = scene.work(move |_, _| Some(Err(make()))).start().await;
        for number in 0..3 {
            let site = format!("https://{number}.example");
            popup(&stage, &site, &sign("000000")).await;
        }
        let windows = stage.count("shows 1 choices, None");
        assert_eq!(windows, usize::from(counts), "{:?}", make());
    }
}

#[tokio::test]
async fn a_locked_card_and_a_pin_of_no_possible_length_are_not_tried() {
    let card = Card::rsa();
    let mut inventory = card.inventory();
    inventory.tokens[0].pin.locked = true;
    let scene = card.scene(Some(Decision::Always)).inventory(inventory);
    let stage = scene.start().await;
    assert_eq!(answer(&stage, &sign("123456")).await, (LOGIN, 164));
    assert_eq!(stage.count("card"), 0);

    let stage = card.scene(Some(Decision::Always)).start().await;
    for pin in ["12345", "123456789"] {
        assert_eq!(answer(&stage, &sign(pin)).await, (LOGIN, 0xa2), "{pin}");
    }
    assert_eq!(stage.count("card"), 0);
}

#[tokio::test]
async fn a_card_that_is_pulled_or_hangs_or_fails_is_said_by_number() {
    for (make, code, minor) in [
        ((|| Error::CardRemoved) as fn() -> Error, 0x7600_0006, 0x32),
        (|| Error::Deadline { seconds: 60 }, 0x7600_000d, 6),
        (|| Error::WorkerEnded, 0x7630_0004, 6),
        (
            || Error::Module {
                call: "C_Sign",
                code: 0x30,
            },
            0x7630_0004,
            0x30,
        ),
        (|| Error::PinLocked, LOGIN, 164),
    ] {
        let scene = Card::rsa().scene(Some(Decision::Always));
        let stage = scene.work(move |_, _| Some(Err(make()))).start().await;
        assert_eq!(answer(&stage, &sign("123456")).await, (code, minor));
    }
}

#[tokio::test]
async fn where_a_policy_says_so_the_window_takes_the_pin_and_the_pages_is_dropped() {
    let card = Card::rsa();
    let scene = card.scene(None).hipki(|it| it.pin = PinFrom::Window);
    let stage = scene.start().await;
    for package in [sign("000000"), sign("")] {
        assert_eq!(answer(&stage, &package).await, (0, 0));
    }
    assert_eq!(stage.count(&format!("window for {SITE}")), 2);

    let refusing = Card::rsa()
        .scene(None)
        .person(|_| Some(Event::Closed))
        .hipki(|it| it.pin = PinFrom::Window);
    let stage = refusing.start().await;
    assert_eq!(answer(&stage, &sign("123456")).await.0, 0x7600_0999);
}

#[tokio::test]
async fn a_page_that_goes_away_while_its_pin_is_tried_has_it_counted() {
    let card = Card::rsa();
    let scene = card.scene(Some(Decision::Always)).work(|_, _| None);
    let stage = scene.start().await;
    for times in 1..=2 {
        let package = sign("654321");
        let going = popup(&stage, SITE, &package);
        tokio::select! {
            answer = going => panic!("{answer}"),
            () = stage.until_times("card", times) => {}
        }
        stage.until_times("card stopped", times).await;
    }
    assert_eq!(answer(&stage, &sign("654321")).await.0, 0x7600_0031);
}

fn change(more: &Value) -> Value {
    let mut package = json!({
        "func": "changeUserPINCode",
        "currentPIN": "123456",
        "newpin": "87654321",
        "cardid": NUMBER,
    });
    for (name, value) in more.as_object().unwrap() {
        package[name] = value.clone();
    }
    package
}

#[tokio::test]
async fn a_pin_is_changed_after_a_window_of_its_own_each_time() {
    let card = Card::rsa();
    let stage = card.scene(Some(Decision::Always)).start().await;
    for times in 1..=2 {
        let done = popup(&stage, SITE, &change(&json!({}))).await;
        assert_eq!(
            (&done["ret_code"], &done["func"]),
            (&json!(0), &json!("changeUserPINCode"))
        );
        assert_eq!(stage.count(&format!("window for {SITE}")), times);
    }
    for (fields, code) in [
        (json!({ "cardid": "" }), 0x7730_1027),
        (json!({ "currentPIN": "" }), 0x7600_0998),
        (json!({ "cardid": "MT99" }), 0x7600_0006),
        (json!({ "newpin": "1" }), LOGIN),
    ] {
        let done = popup(&stage, SITE, &change(&fields)).await;
        assert_eq!(done["ret_code"], code, "{fields}");
    }
}

#[tokio::test]
async fn a_pin_is_never_changed_on_the_last_try() {
    let card = Card::rsa();
    let mut inventory = card.inventory();
    inventory.tokens[0].pin.tries_left = Some(1);
    let scene = card
        .scene(Some(Decision::Once))
        .inventory(inventory)
        .work(|_, _| Some(Ok(Done::Changed)));
    let stage = scene.start().await;
    let done = popup(&stage, SITE, &change(&json!({}))).await;
    assert_eq!(
        (&done["ret_code"], &done["last_error"]),
        (&json!(LOGIN), &json!(-2_147_483_647))
    );
    assert_eq!(stage.count("card"), 0);
}

#[tokio::test]
async fn a_window_that_shows_only_the_question_looks_at_no_card() {
    let scene = Card::rsa().scene(None).person(|view| match view {
        View::Deciding => Some(Event::Closed),
        other => panic!("{other:?}"),
    });
    let stage = scene.start().await;
    assert_eq!(answer(&stage, &sign("123456")).await.0, 0x7600_0031);
    assert_eq!(stage.count("look"), 0);
}

#[tokio::test]
async fn sites_that_come_all_at_once_have_no_more_tries_than_one_after_the_other() {
    for left in [None, Some(3)] {
        let tried = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&tried);
        let mut inventory = Card::rsa().inventory();
        inventory.tokens[0].pin.tries_left = left;
        let sites: Vec<_> = (0..8)
            .map(|n| format!("https://site-{n}.example"))
            .collect();
        let allowed: Vec<_> = sites
            .iter()
            .map(|site| (site.parse().unwrap(), Scope::Sign))
            .collect();
        let scene = Card::rsa()
            .scene(None)
            // Nobody sits there when a window asks for the PIN.
            .person(|_| Some(Event::Closed))
            .hipki(|it| it.allow = allowed)
            .inventory(inventory)
            .work(move |_, _| {
                count.fetch_add(1, Ordering::SeqCst);
                Some(Err(Error::PinWrong { left: None }))
            });
        let stage = Arc::new(scene.start().await);
        let mut asked = tokio::task::JoinSet::new();
        for site in sites {
            let stage = Arc::clone(&stage);
            asked.spawn(async move { popup(&stage, &site, &sign("000000")).await });
        }
        asked.join_all().await;
        assert_eq!(tried.load(Ordering::SeqCst), 2, "{left:?}");
    }
}

#[tokio::test]
async fn a_page_that_goes_away_leaves_no_try_more_to_the_next_one() {
    let card = Card::rsa();
    let mut inventory = card.inventory();
    inventory.tokens[0].pin.tries_left = None;
    let scene = card.scene(Some(Decision::Always)).inventory(inventory);
    let stage = scene.work(|_, _| None).start().await;
    for (times, site) in [(1, "https://a.example"), (2, "https://b.example")] {
        let package = sign("654321");
        let going = popup(&stage, site, &package);
        tokio::select! {
            answer = going => panic!("{answer}"),
            () = stage.until_times("card", times) => {}
        }
        stage.until_times("card stopped", times).await;
    }
    // The third one's PIN is not tried: the window asks the person.
    let package = sign("654321");
    let third = popup(&stage, "https://c.example", &package);
    tokio::select! {
        answer = third => panic!("{answer}"),
        () = stage.until("shows 1 choices, None") => {}
    }
}
