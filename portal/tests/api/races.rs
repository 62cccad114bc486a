//! Two things at the same moment: one comes after the other, and knows of it.
//!
//! What waits for the other shows on PostgreSQL; on SQLite every change waits for the one before.

use portal::{HicosSignIn, Kind, State};

use crate::{
    applying::{PERSON, apply},
    binding::activated,
    card::{Blank, CITIZEN, COMPANY},
    hicos,
    new_cards::{NEW, code},
    passwords::{self, PASSWORD},
    scene::Scene,
};

/// Holds the account, as each change of it does.
const HELD: &str = "UPDATE accounts SET mail = mail";

#[tokio::test]
async fn a_login_of_the_hicos_form_beside_the_first_native_one_is_none() {
    let scene = Scene::with(|settings| settings.hicos_sign_in = HicosSignIn::UnlessNative).await;
    scene.seed(State::Active).await;
    let native = [
        "UPDATE accounts SET native_at = 1",
        "DELETE FROM sessions WHERE form = 'hicos'",
    ];
    let (browser, card) = (scene.browser(), scene.card(&COMPANY));
    let login = hicos::ready_at(&browser, "/login/hicos/company", &card).await;

    let answer = scene.amid(&native, login).await;

    answer.is_code(403, "native_login_needed");
    assert_eq!(scene.rows("SELECT COUNT(*) FROM sessions").await, 0);
}

#[tokio::test]
async fn a_login_with_a_card_that_is_taken_away_opens_nothing() {
    let (scene, account) = Scene::with_account().await;
    let (browser, card) = (scene.browser(), scene.card(&COMPANY));
    let start = browser.challenge().await;
    let assertion = card.sign(crate::scene::ORIGIN, &start.challenge);
    let login = browser.post_to("/login/company", &start.token, assertion);

    let answer = scene.amid(&[HELD, "DELETE FROM subjects"], login).await;

    assert_eq!(answer.location(), "/apply/company");
    browser.get("/account").await.hides(&[&account.number]);
}

#[tokio::test]
async fn a_login_to_an_account_that_is_closed_meanwhile_opens_nothing() {
    let (scene, _) = Scene::with_account().await;
    let (browser, card) = (scene.browser(), scene.card(&COMPANY));
    let start = browser.challenge().await;
    let assertion = card.sign(crate::scene::ORIGIN, &start.challenge);
    let login = browser.post_to("/login/company", &start.token, assertion);
    let closed = ["UPDATE accounts SET state = 'disabled'"];

    scene
        .amid(&closed, login)
        .await
        .is_code(403, "account_disabled");

    assert_eq!(scene.rows("SELECT COUNT(*) FROM sessions").await, 0);
    let noted = "SELECT COUNT(*) FROM audit WHERE action = 'card_refused'";
    assert_eq!(scene.rows(noted).await, 1);
}

#[tokio::test]
async fn a_password_that_is_changed_meanwhile_is_the_old_one() {
    let scene = Scene::new().await;
    let number = passwords::account(&scene).await;
    let browser = scene.browser();
    browser.get("/sign-in").await;
    let fields = [("number", &*number), ("password", PASSWORD)];
    let changed = [
        "UPDATE accounts SET password = '$argon2id$v=19$m=19456,t=2,p=1$\
                    AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'",
    ];

    let answer = scene
        .amid(&changed, browser.submit("/sign-in", &fields))
        .await;

    assert_eq!(answer.status, 403);
    assert_eq!(scene.rows("SELECT COUNT(*) FROM sessions").await, 0);
}

/// Two people who each got a code for one account, or one who got two.
#[tokio::test]
async fn of_two_codes_at_once_one_is_the_second() {
    let scene = Scene::new().await;
    apply(&scene.browser(), "citizen", &PERSON).await;
    activated(&scene, 0).await;
    let all = scene.portal.accounts().search("", i64::MAX, 1).await;
    let number = all.unwrap()[0].number.clone();
    let (one, other) = (scene.browser(), scene.browser());
    let mut codes = Vec::new();
    for (browser, blank) in [(&one, &CITIZEN), (&other, &NEW)] {
        let blank: &Blank = blank;
        codes.push(code(&scene, browser, blank, &number, 1 + codes.len()).await);
        browser.get("/bind/citizen?code").await;
    }
    let (first, second) = ([("code", &*codes[0])], [("code", &*codes[1])]);

    let both = async {
        tokio::join!(
            one.submit("/bind/citizen", &first),
            other.submit("/bind/citizen", &second)
        )
    };
    let (a, b) = scene.amid(&[HELD], both).await;

    let mut went = [a.header("location"), b.header("location")];
    went.sort();
    assert_eq!(went, ["/account", "/bind/citizen?waits"]);
    assert_eq!(scene.account(&number).await.kind, Kind::Citizen);
    assert_eq!(scene.rows("SELECT COUNT(*) FROM subjects").await, 1);
}
