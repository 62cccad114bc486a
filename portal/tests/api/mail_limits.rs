//! Letters that strangers ask for: they neither use up the holder's own, nor hold others up.

use portal::{Kind, State};

use crate::{
    activation::path,
    applying::{PERSON, apply},
    browser::Browser,
    card::{COMPANY, NOBODY},
    passwords,
    profile::CHANGED,
    scene::{MAIL, Scene},
};

async fn ask(browser: &Browser, path: &str) {
    browser.get(path).await;
    browser
        .submit(path, &[("mail", MAIL)])
        .await
        .shows(&["如果這個信箱有帳號"]);
}

/// How many letters of a kind the outbox has.
async fn letters(scene: &Scene, count: &'static str, at_least: i64) -> i64 {
    // What is put in after an answer takes a moment.
    for _ in 0..100 {
        if scene.rows(count).await >= at_least {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    scene.rows(count).await
}

#[tokio::test]
async fn applications_with_somebodys_address_keep_no_link_from_them() {
    let scene = Scene::new().await;
    let number = passwords::account(&scene).await;
    scene.later(61);
    for _ in 0..10 {
        apply(&scene.browser(), "cardless", &PERSON).await;
    }

    ask(&scene.browser(), "/password").await;

    let count = "SELECT COUNT(*) FROM outbox WHERE letter = 'new_password'";
    assert_eq!(letters(&scene, count, 1).await, 1);
    let listed = scene.portal.letters().await.unwrap();
    let reset = listed.iter().find(|letter| letter.letter == "new_password");
    assert_eq!(reset.unwrap().account, number);
}

/// Of many that wait, those that were mailed least come first.
#[tokio::test]
async fn an_account_that_waits_gets_its_link_among_many_others() {
    let scene = Scene::new().await;
    let own = scene.seed_of(Kind::Cardless, &NOBODY, State::Pending).await;
    for _ in 0..12 {
        apply(&scene.browser(), "cardless", &PERSON).await;
    }

    ask(&scene.browser(), "/activation").await;

    let count = "SELECT COUNT(*) FROM outbox WHERE letter = 'activation'";
    assert_eq!(letters(&scene, count, 22).await, 22);
    let listed = scene.portal.letters().await.unwrap();
    assert!(listed.iter().any(|letter| letter.account == own.number));
}

#[tokio::test]
async fn letters_of_one_kind_use_up_none_of_another() {
    let scene = Scene::new().await;
    passwords::account(&scene).await;
    for _ in 0..5 {
        ask(&scene.browser(), "/activation").await;
    }
    let active = "SELECT COUNT(*) FROM outbox WHERE letter = 'active'";
    assert_eq!(letters(&scene, active, 4).await, 4);

    ask(&scene.browser(), "/password").await;

    let count = "SELECT COUNT(*) FROM outbox WHERE letter = 'new_password'";
    assert_eq!(letters(&scene, count, 1).await, 1);
}

/// What strangers asked for does not bind the operator, and what is written down was done.
#[tokio::test]
async fn an_operator_sends_a_letter_again_whatever_strangers_asked_for() {
    let scene = Scene::new().await;
    let account = scene.seed(State::Pending).await;
    for _ in 0..4 {
        ask(&scene.browser(), "/activation").await;
    }
    let count = "SELECT COUNT(*) FROM outbox WHERE letter = 'activation'";
    assert_eq!(letters(&scene, count, 4).await, 4);

    scene.portal.resend(&account.number, "test").await.unwrap();

    assert_eq!(letters(&scene, count, 5).await, 5);
    let again = "SELECT COUNT(*) FROM audit WHERE action = 'mail_sent_again'";
    assert_eq!(scene.rows(again).await, 1);
    let accounts = scene.portal.accounts();
    accounts
        .disable(&account.number, true, "test")
        .await
        .unwrap();
    assert!(scene.portal.resend(&account.number, "test").await.is_err());
    assert_eq!(scene.rows(again).await, 1);
}

#[tokio::test]
async fn nobody_is_mailed_at_will_from_an_account() {
    let (scene, _) = Scene::with_account().await;
    let browser = scene.browser();
    scene.sign_in(&browser, &scene.card(&COMPANY)).await;
    browser.get("/account/profile").await;
    let change = async |mail: &str| {
        let mut fields = CHANGED;
        fields[5].1 = mail;
        browser.submit("/account/profile", &fields).await
    };
    for number in 0..4 {
        let answer = change(&format!("victim{number}@elsewhere.example")).await;
        assert_eq!(answer.header("location"), "/account/profile?mail");
    }

    assert_eq!(change("victim5@elsewhere.example").await.status, 429);

    let count = "SELECT COUNT(*) FROM outbox WHERE letter = 'mail'";
    assert_eq!(scene.rows(count).await, 4);
}

#[tokio::test]
async fn a_full_mailbox_holds_no_other_letter_up() {
    let scene = Scene::new().await;
    scene
        .mail
        .refuse_one("full@elsewhere.example", "450 mailbox busy");
    let mut full = PERSON;
    full[3].1 = "full@elsewhere.example";
    apply(&scene.browser(), "cardless", &full).await;
    apply(&scene.browser(), "cardless", &PERSON).await;

    assert_eq!(scene.portal.deliver().await.unwrap(), 1);

    let letters = scene.mail.letters();
    assert_eq!(letters[0].to, [MAIL]);
    assert!(path(&letters[0]).starts_with("/activate/"));
}
