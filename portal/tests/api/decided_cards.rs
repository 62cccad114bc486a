//! What an operator decides about cards: whether one is bound, and that one is taken away.

use portal::{Account, Kind, State};

use crate::{
    applying::{PERSON, apply},
    binding::activated,
    browser::Browser,
    card::{Blank, CITIZEN},
    new_cards::{NEW, OPERATOR, code},
    operators::operated,
    profile::CHANGED,
    scene::{MAIL, Scene},
};

/// An account with a card, and a request for another that waits for the operator, who is signed in.
async fn waiting() -> (Scene, Account, Browser, Browser) {
    let scene = Scene::with(|settings| {
        settings.operators = vec![format!("citizen:{}", OPERATOR.number).parse().unwrap()];
    })
    .await;
    let account = scene.seed_of(Kind::Citizen, &CITIZEN, State::Active).await;
    let (browser, operator) = (scene.browser(), scene.browser());
    let code = code(&scene, &browser, &NEW, &account.number, 0).await;
    browser.get("/bind/citizen?code").await;
    browser.submit("/bind/citizen", &[("code", &code)]).await;
    let card = scene.citizens.card(&OPERATOR);
    scene.sign_in_at(&operator, "/operator/login", &card).await;
    (scene, account, browser, operator)
}

/// Whoever has a stolen session changes the number first that the operator will call.
#[tokio::test]
async fn the_operator_sees_how_the_holder_could_be_reached_before() {
    let (scene, account, _, operator) = waiting().await;
    operator
        .get("/operator/cards")
        .await
        .hides(&["90 天內變更過"]);
    let holder = scene.browser();
    let card = scene.citizens.card(&CITIZEN);
    scene.sign_in_at(&holder, "/login/citizen", &card).await;
    for phone in ["07-111-1111", "07-222-2222"] {
        let mut fields = CHANGED;
        fields[4].1 = phone;
        fields[5].1 = "changed@elsewhere.example";
        holder.get("/account/profile").await;
        holder.submit("/account/profile", &fields).await;
        if phone == "07-111-1111" {
            let link = scene.letter_to("changed@elsewhere.example", 0).await;
            let path = crate::activation::path(&link);
            holder.get(&path).await;
            holder.submit(&path, &[]).await;
        }
    }

    for path in [
        "/operator/cards".to_owned(),
        format!("/operator/accounts/{}", account.number),
    ] {
        let page = operator.get(&path).await;
        // The phone was empty at first, and is 07-222-2222 now.
        page.shows(&["90 天內變更過", "07-111-1111", "07-222-2222", MAIL, "–"]);
    }
    scene.later(91 * 24 * 60);
    scene.portal.sweep().await.unwrap();
    assert_eq!(scene.rows("SELECT COUNT(*) FROM contacts_before").await, 0);
}

#[tokio::test]
async fn an_account_that_was_closed_meanwhile_gets_no_card() {
    let (scene, account, _, operator) = waiting().await;
    let page = operator.get("/operator/cards").await;
    let accounts = scene.portal.accounts();
    accounts
        .disable(&account.number, true, "test")
        .await
        .unwrap();

    let id = page.field("id");
    operator
        .submit("/operator/cards", &[("id", &*id), ("what", "bind")])
        .await;

    let subject = scene.account(&account.number).await.subject;
    assert_eq!(subject.as_deref(), Some(CITIZEN.number));
    let count = "SELECT COUNT(*) FROM audit WHERE action = 'card_bound'";
    assert_eq!(scene.rows(count).await, 0);
    let count = "SELECT COUNT(*) FROM card_requests WHERE state = 'refused'";
    assert_eq!(scene.rows(count).await, 1);
}

#[tokio::test]
async fn a_code_for_an_account_that_was_closed_meanwhile_is_worth_nothing() {
    let scene = Scene::new().await;
    apply(&scene.browser(), "citizen", &PERSON).await;
    activated(&scene, 0).await;
    let all = scene.portal.accounts().search("", i64::MAX, 1).await;
    let number = all.unwrap()[0].number.clone();
    let browser = scene.browser();
    let code = code(&scene, &browser, &CITIZEN, &number, 1).await;
    let accounts = scene.portal.accounts();
    accounts.disable(&number, true, "test").await.unwrap();

    browser.get("/bind/citizen?code").await;
    let answer = browser.submit("/bind/citizen", &[("code", &code)]).await;

    answer.shows(&["驗證碼不對"]);
    assert_eq!(scene.rows("SELECT COUNT(*) FROM subjects").await, 0);
    let count = "SELECT COUNT(*) FROM audit WHERE action = 'signed_in'";
    assert_eq!(scene.rows(count).await, 0);
}

#[tokio::test]
async fn an_operator_takes_a_card_away_but_not_the_last() {
    let (scene, operator) = operated().await;
    let account = scene.seed_of(Kind::Citizen, &CITIZEN, State::Active).await;
    let (holder, thief) = (scene.browser(), scene.browser());
    let own = scene.citizens.card(&CITIZEN);
    let lost = Blank {
        number: "9999000087654321",
        ..CITIZEN
    };
    let other = scene.citizens.card(&lost);
    scene.sign_in_at(&holder, "/login/citizen", &own).await;
    scene
        .sign_in_at(&holder, "/account/card/login", &other)
        .await;
    scene.sign_in_at(&thief, "/login/citizen", &other).await;
    // The holder sees it.
    holder
        .get("/account/card")
        .await
        .shows(&[CITIZEN.number, lost.number]);
    let path = format!("/operator/accounts/{}", account.number);
    let page = operator.get(&path).await;
    let cards = [
        format!("citizen:{}", CITIZEN.number),
        format!("citizen:{}", lost.number),
    ];
    page.shows(&[&cards[0], &cards[1]]);

    let fields = [("what", "unbind"), ("card", &*cards[1])];
    let answer = operator.submit(&path, &fields).await;

    assert_eq!(answer.header("location"), path);
    assert_eq!(thief.get("/account").await.header("location"), "/");
    let again = scene
        .sign_in_at(&thief, "/login/citizen", &other)
        .await
        .location();
    assert_eq!(again, "/apply/citizen");
    let back = scene.sign_in_at(&holder, "/login/citizen", &own).await;
    assert_eq!(back.location(), "/account");
    let rows = scene.portal.audit().before("", &account.number, 9).await;
    let row = rows.unwrap();
    let row = row.iter().find(|row| row.action == "card_unbound").unwrap();
    assert_eq!(row.detail, cards[1]);
    assert!(row.actor.starts_with("operator citizen:"));
    assert!(scene.letter(1).await.subject.contains("解除綁定"));
    // One that it has not, the last one, and what is none.
    for card in [&*cards[1], &cards[0], "citizen:1", ""] {
        let fields = [("what", "unbind"), ("card", card)];
        assert_eq!(operator.submit(&path, &fields).await.status, 400, "{card}");
    }
    let last = scene
        .portal
        .unbind(&account.number, &cards[0].parse().unwrap(), "test")
        .await;
    assert!(last.unwrap_err().to_string().contains("only card"));
    assert_eq!(scene.rows("SELECT COUNT(*) FROM subjects").await, 1);
}
