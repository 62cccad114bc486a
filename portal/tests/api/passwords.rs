//! Accounts without a card: a password of their own, chosen at activation.

use portal::State;

use crate::{
    activation::path,
    applying::{PERSON, apply},
    browser::Browser,
    scene::{MAIL, Scene},
};

pub(crate) const PASSWORD: &str = "correct horse battery";
pub(crate) const OTHER: &str = "staple of another kind";

/// An active account with [`PASSWORD`]; gives its number.
pub(crate) async fn account(scene: &Scene) -> String {
    let browser = scene.browser();
    apply(&browser, "cardless", &PERSON).await;
    let path = path(&scene.letter(0).await);
    browser.get(&path).await;
    let done = browser
        .submit(&path, &[("password", PASSWORD), ("again", PASSWORD)])
        .await;
    done.shows(&["啟用完成"]);
    let start = done
        .body
        .split("IN")
        .find(|part| part.as_bytes()[0].is_ascii_digit());
    format!("IN{}", &start.unwrap()[..10])
}

pub(crate) async fn sign_in(
    browser: &Browser,
    number: &str,
    password: &str,
) -> crate::browser::Answer {
    browser.get("/sign-in").await;
    browser
        .submit("/sign-in", &[("number", number), ("password", password)])
        .await
}

/// A browser in which such an account is signed in.
pub(crate) async fn signed_in(scene: &Scene) -> Browser {
    let (number, browser) = (account(scene).await, scene.browser());
    sign_in(&browser, &number, PASSWORD).await;
    browser
}

#[tokio::test]
async fn the_password_is_chosen_at_activation_and_signs_in() {
    let scene = Scene::new().await;
    let number = account(&scene).await;
    let browser = scene.browser();

    let answer = sign_in(&browser, &format!(" {} ", number.to_lowercase()), PASSWORD).await;

    assert_eq!(answer.header("location"), "/account");
    browser.get("/account").await.shows(&[&number, "陳測試"]);
    // No mail ever has it.
    assert!(
        scene
            .mail
            .letters()
            .iter()
            .all(|letter| !letter.raw.contains(PASSWORD))
    );
}

#[tokio::test]
async fn an_account_is_not_activated_with_a_weak_or_mistyped_password() {
    let scene = Scene::new().await;
    let browser = scene.browser();
    apply(&browser, "cardless", &PERSON).await;
    let path = path(&scene.letter(0).await);
    for (password, again, fault) in [
        ("short", "short", "至少要 12 個字"),
        ("password12345", "password12345", "太容易猜到"),
        (
            "office@company.example",
            "office@company.example",
            "太容易猜到",
        ),
        (PASSWORD, OTHER, "兩次輸入的密碼不同"),
        ("", "", "至少要 12 個字"),
    ] {
        browser.get(&path).await;
        let page = browser
            .submit(&path, &[("password", password), ("again", again)])
            .await;
        page.shows(&[fault]);
        // A page does not give a password back; those that are no words of the page itself.
        if !password.is_empty() && password != MAIL {
            page.hides(&[&format!("\"{password}\""), &format!(">{password}<")]);
        }
    }
    let long = "x1y".repeat(50);
    let page = browser
        .submit(&path, &[("password", &long), ("again", &long)])
        .await;
    page.shows(&["最多 128 個字"]);
}

#[tokio::test]
async fn the_session_is_another_after_the_sign_in() {
    let scene = Scene::new().await;
    let number = account(&scene).await;
    let browser = scene.browser();
    browser.get("/sign-in").await;
    let before = browser.session().unwrap();
    sign_in(&browser, &number, PASSWORD).await;
    assert_ne!(browser.session().unwrap(), before);
    let fixated = scene.browser();
    fixated.plant(&before);
    assert_eq!(fixated.get("/account").await.header("location"), "/");
}

#[tokio::test]
async fn every_refusal_is_the_same() {
    let scene = Scene::new().await;
    let number = account(&scene).await;
    let company = scene.seed(State::Active).await.number;
    let mut pages = Vec::new();
    for (number, password) in [
        (number.as_str(), OTHER),
        ("IN0000000000", PASSWORD),
        (&company, PASSWORD),
        (&number, ""),
        (&number, &"x".repeat(500)),
    ] {
        let answer = sign_in(&scene.browser(), number, password).await;
        assert_eq!(answer.status, 403);
        let page = answer.body.replace(number, "");
        let (start, rest) = page.split_once("csrf_token\" value=\"").unwrap();
        pages.push(format!("{start}{}", rest.split_once('"').unwrap().1));
    }
    assert!(pages.windows(2).all(|two| two[0] == two[1]));
}

#[tokio::test]
async fn an_account_without_a_password_cannot_sign_in_with_none() {
    let scene = Scene::new().await;
    let seeded = scene
        .seed_of(portal::Kind::Cardless, &crate::card::NOBODY, State::Active)
        .await;
    for password in ["", " ", PASSWORD] {
        let answer = sign_in(&scene.browser(), &seeded.number, password).await;
        assert_eq!(answer.status, 403);
    }
}

#[tokio::test]
async fn guessing_is_slowed_down_and_a_right_password_does_not_help_then() {
    let scene = Scene::new().await;
    let number = account(&scene).await;
    for _ in 0..10 {
        assert_eq!(sign_in(&scene.browser(), &number, OTHER).await.status, 403);
    }

    let answer = sign_in(&scene.browser(), &number, PASSWORD).await;

    assert_eq!(answer.status, 429);
    answer.shows(&["次數太多"]);
    scene.later(15);
    let answer = sign_in(&scene.browser(), &number, PASSWORD).await;
    assert_eq!(answer.header("location"), "/account");
}

#[tokio::test]
async fn a_closed_account_does_not_sign_in_and_a_wrong_password_is_written_down() {
    let scene = Scene::new().await;
    let number = account(&scene).await;
    let accounts = scene.portal.accounts();
    accounts.disable(&number, true, "test").await.unwrap();
    assert_eq!(
        sign_in(&scene.browser(), &number, PASSWORD).await.status,
        403
    );
    let rows = scene.portal.audit().before("", &number, 1).await.unwrap();
    assert_eq!(rows[0].action, "password_refused");
}

#[tokio::test]
async fn a_forgotten_password_is_chosen_anew_by_a_link() {
    let scene = Scene::new().await;
    let number = account(&scene).await;
    let (open, browser) = (scene.browser(), scene.browser());
    sign_in(&open, &number, PASSWORD).await;
    browser.get("/password").await;
    let sent = browser.submit("/password", &[("mail", MAIL)]).await;
    sent.shows(&["如果這個信箱有帳號"]);
    let letter = scene.letter(1).await;
    assert!(letter.text.contains(&number));
    let path = path(&letter);

    browser.get(&path).await;
    let stored = browser
        .submit(&path, &[("password", OTHER), ("again", OTHER)])
        .await;

    assert_eq!(stored.header("location"), "/sign-in?changed");
    // Whoever was signed in is out, and the old password is worth nothing.
    assert_eq!(open.get("/account").await.header("location"), "/");
    assert_eq!(sign_in(&browser, &number, PASSWORD).await.status, 403);
    assert_eq!(
        sign_in(&browser, &number, OTHER).await.header("location"),
        "/account"
    );
    assert_eq!(browser.get(&path).await.status, 410);
    assert!(scene.letter(2).await.subject.contains("密碼已經變更"));
}

#[tokio::test]
async fn asking_for_a_new_password_says_the_same_for_every_mailbox() {
    let scene = Scene::new().await;
    account(&scene).await;
    let browser = scene.browser();
    let mut pages = Vec::new();
    for mail in [MAIL, "nobody@elsewhere.example"] {
        browser.get("/password").await;
        let page = browser.submit("/password", &[("mail", mail)]).await;
        pages.push(page.body.replace(mail, ""));
    }
    assert_eq!(pages[0], pages[1]);
    scene.letter(1).await;
    scene.no_more_letters_than(2).await;
}

#[tokio::test]
async fn a_password_is_changed_by_whoever_knows_it() {
    let scene = Scene::new().await;
    let number = account(&scene).await;
    let (browser, other) = (scene.browser(), scene.browser());
    sign_in(&browser, &number, PASSWORD).await;
    sign_in(&other, &number, PASSWORD).await;
    browser.get("/account/password").await;

    let fields = [("old", OTHER), ("password", OTHER), ("again", OTHER)];
    let wrong = browser.submit("/account/password", &fields).await;
    wrong.shows(&["目前的密碼不對"]);
    let fields = [("old", PASSWORD), ("password", OTHER), ("again", OTHER)];
    let right = browser.submit("/account/password", &fields).await;

    assert_eq!(right.header("location"), "/account?changed");
    assert_eq!(browser.get("/account").await.status, 200);
    assert_eq!(other.get("/account").await.header("location"), "/");
}

#[tokio::test]
async fn an_account_with_a_card_has_no_password() {
    let (scene, _) = Scene::with_account().await;
    let browser = scene.browser();
    scene
        .sign_in(&browser, &scene.card(&crate::card::COMPANY))
        .await;
    assert_eq!(browser.get("/account/password").await.status, 404);
    browser.get("/account").await.hides(&["/account/password"]);
    browser.get("/password").await;
    browser.submit("/password", &[("mail", MAIL)]).await;
    scene.no_more_letters_than(0).await;
}
