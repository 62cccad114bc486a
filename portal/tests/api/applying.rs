//! 建立帳號: form, confirmation, 申請帳號, and what of it is believed.

use portal::{Kind, State};

use crate::{
    browser::{Answer, Browser},
    card::{CITIZEN, COMPANY},
    scene::{MAIL, Scene},
};

/// A company's form, filled in.
pub(crate) const FIELDS: [(&str, &str); 7] = [
    ("name", COMPANY.name),
    ("ban", COMPANY.number),
    ("representative", "林負責"),
    ("address", "臺北市測試路 1 號"),
    ("contact", "吳聯絡"),
    ("phone", "02-2345-6789"),
    ("mail", MAIL),
];

/// A person's form, filled in.
pub(crate) const PERSON: [(&str, &str); 4] = [
    ("name", "陳測試"),
    ("address", "臺北市測試路 2 號"),
    ("phone", "0912-345-678"),
    ("mail", MAIL),
];

/// The whole road of an application; gives its last answer.
pub(crate) async fn apply(browser: &Browser, kind: &str, fields: &[(&str, &str)]) -> Answer {
    let path = format!("/apply/{kind}");
    browser.get(&path).await;
    let check = browser
        .submit(&path, &[fields, &[("step", "check")]].concat())
        .await;
    check.shows(&["申請帳號"]);
    let form = check.field("form");
    browser
        .submit(
            &path,
            &[fields, &[("form", &form), ("step", "send")]].concat(),
        )
        .await
}

#[tokio::test]
async fn an_application_is_shown_stored_and_mailed() {
    let scene = Scene::new().await;
    let browser = scene.browser();
    browser.get("/apply/company").await;

    let check = browser
        .submit(
            "/apply/company",
            &[&FIELDS[..], &[("step", "check")]].concat(),
        )
        .await;
    for (_, value) in FIELDS {
        check.shows(&[value]);
    }
    assert_eq!(scene.rows("SELECT COUNT(*) FROM accounts").await, 0);
    let form = check.field("form");
    let sent = browser
        .submit(
            "/apply/company",
            &[&FIELDS[..], &[("form", &form), ("step", "send")]].concat(),
        )
        .await;

    assert_eq!(
        (sent.status.as_u16(), sent.header("location")),
        (303, "/applied")
    );
    browser.get("/applied").await.shows(&["確認信"]);
    let letter = scene.letter(0).await;
    let number = letter.text.split("IC").nth(1).unwrap().get(..10).unwrap();
    let account = scene.account(&format!("IC{number}")).await;
    assert_eq!(account.state, State::Pending);
    assert_eq!(
        (account.subject, account.claimed.as_str()),
        (None, COMPANY.number)
    );
    assert_eq!(account.profile.address, "臺北市測試路 1 號");
}

#[tokio::test]
async fn a_form_that_is_sent_twice_makes_one_account() {
    let scene = Scene::new().await;
    let browser = scene.browser();
    browser.get("/apply/cardless").await;
    let check = browser.submit("/apply/cardless", &PERSON).await;
    let form = check.field("form");
    let fields = [&PERSON[..], &[("form", &form), ("step", "send")]].concat();

    let first = browser.submit("/apply/cardless", &fields).await;
    let second = browser.submit("/apply/cardless", &fields).await;

    assert_eq!(first.header("location"), second.header("location"));
    assert_eq!(scene.rows("SELECT COUNT(*) FROM accounts").await, 1);
    scene.no_more_letters_than(1).await;
}

#[tokio::test]
async fn going_back_keeps_what_was_entered() {
    let scene = Scene::new().await;
    let browser = scene.browser();
    browser.get("/apply/company").await;
    let page = browser
        .submit(
            "/apply/company",
            &[&FIELDS[..], &[("step", "edit")]].concat(),
        )
        .await;
    page.shows(&[r#"id="next""#]);
    page.hides(&["aria-invalid"]);
    assert_eq!(page.field("contact"), "吳聯絡");
}

#[tokio::test]
async fn a_form_with_gaps_comes_back_with_what_was_entered() {
    let scene = Scene::new().await;
    let browser = scene.browser();
    browser.get("/apply/company").await;

    let fields = [("name", "測試"), ("ban", "12345673"), ("step", "send")];
    let page = browser.submit("/apply/company", &fields).await;

    page.shows(&[r#"id="faults""#, "這不是正確的統一編號", r#"value="測試""#]);
    // Every field but the name is at fault.
    assert_eq!(page.body.matches(r#"aria-invalid="true""#).count(), 6);
}

#[tokio::test]
async fn nothing_is_stored_without_the_page_that_is_checked() {
    let scene = Scene::new().await;
    let browser = scene.browser();
    browser.get("/apply/company").await;
    let answer = browser
        .submit(
            "/apply/company",
            &[&FIELDS[..], &[("step", "send")]].concat(),
        )
        .await;
    assert_eq!(answer.status, 400);
    assert_eq!(scene.rows("SELECT COUNT(*) FROM accounts").await, 0);
}

#[tokio::test]
async fn with_the_card_name_and_number_are_the_cards_whatever_is_posted() {
    let scene = Scene::new().await;
    let browser = scene.browser();
    scene.sign_in(&browser, &scene.card(&COMPANY)).await;
    let mut fields = FIELDS;
    fields[0].1 = "別家公司";
    fields[1].1 = "04595257";

    apply(&browser, "company", &fields).await;

    scene.letter(0).await;
    let found = scene
        .portal
        .accounts()
        .of_subject(Kind::Company, COMPANY.number)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(found.profile.name, COMPANY.name);
    let other = scene.portal.accounts();
    let other = other.of_subject(Kind::Company, "04595257").await.unwrap();
    assert_eq!(other, None);
}

#[tokio::test]
async fn without_the_card_a_companys_number_is_reserved_for_nobody() {
    let scene = Scene::new().await;
    for _ in 0..2 {
        let sent = apply(&scene.browser(), "company", &FIELDS).await;
        assert_eq!(sent.header("location"), "/applied");
    }
    let found = scene.portal.accounts();
    let found = found
        .of_subject(Kind::Company, COMPANY.number)
        .await
        .unwrap();
    assert_eq!(found, None);

    let with_card = scene.browser();
    scene.sign_in(&with_card, &scene.card(&COMPANY)).await;
    let sent = apply(&with_card, "company", &FIELDS).await;
    assert_eq!(sent.header("location"), "/applied");
    let found = scene.portal.accounts();
    let found = found
        .of_subject(Kind::Company, COMPANY.number)
        .await
        .unwrap();
    assert!(found.is_some());
}

#[tokio::test]
async fn a_card_that_has_an_account_gets_no_second_one() {
    let scene = Scene::new().await;
    let (one, other) = (scene.browser(), scene.browser());
    for browser in [&one, &other] {
        scene.sign_in(browser, &scene.card(&COMPANY)).await;
    }
    apply(&one, "company", &FIELDS).await;

    let second = apply(&other, "company", &FIELDS).await;

    second.shows(&["這張卡片已經有帳號"]);
    assert_eq!(scene.rows("SELECT COUNT(*) FROM accounts").await, 1);
}

#[tokio::test]
async fn a_citizen_applies_with_the_card_and_signs_in() {
    let scene = Scene::new().await;
    let (browser, card) = (scene.browser(), scene.citizens.card(&CITIZEN));
    let answer = scene.sign_in_at(&browser, "/login/citizen", &card).await;
    assert_eq!(answer.location(), "/apply/citizen");
    let form = browser.get("/apply/citizen").await;
    assert_eq!(form.field("name"), CITIZEN.name);
    apply(&browser, "citizen", &PERSON).await;
    let link = scene.letter(0).await.link("https://").unwrap();
    let path = link.strip_prefix(crate::scene::ORIGIN).unwrap();
    browser.get(path).await;
    browser.submit(path, &[]).await.shows(&["IP"]);

    let answer = scene.sign_in_at(&browser, "/login/citizen", &card).await;

    assert_eq!(answer.location(), "/account");
}

#[tokio::test]
async fn applications_whose_mail_nobody_follows_are_forgotten_after_a_month() {
    let scene = Scene::new().await;
    apply(&scene.browser(), "cardless", &PERSON).await;
    let kept = scene.seed(State::Active).await;

    scene.later(29 * 24 * 60);
    scene.portal.sweep().await.unwrap();
    assert_eq!(scene.rows("SELECT COUNT(*) FROM accounts").await, 2);
    scene.later(2 * 24 * 60);
    scene.portal.sweep().await.unwrap();

    assert_eq!(scene.rows("SELECT COUNT(*) FROM accounts").await, 1);
    scene.account(&kept.number).await;
}
