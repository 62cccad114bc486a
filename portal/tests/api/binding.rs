//! A company's card and the applications that were made for it without the card.

use crate::{
    activation::path,
    applying::{FIELDS, apply},
    card::COMPANY,
    scene::{MAIL, Scene},
};

/// Follows the mail with this number.
pub(crate) async fn activated(scene: &Scene, number: usize) {
    let path = path(&scene.letter(number).await);
    let browser = scene.browser();
    browser.get(&path).await;
    browser.submit(&path, &[]).await.shows(&["啟用完成"]);
}

#[tokio::test]
async fn the_first_card_of_the_company_binds_the_application_that_is_confirmed() {
    let scene = Scene::new().await;
    apply(&scene.browser(), "company", &FIELDS).await;
    activated(&scene, 0).await;
    let browser = scene.browser();

    let answer = scene.sign_in(&browser, &scene.card(&COMPANY)).await;

    assert_eq!(answer.location(), "/bind");
    assert_eq!(browser.get("/account").await.header("location"), "/");
    let page = browser.get("/bind").await;
    page.shows(&[MAIL, "吳聯絡"]);
    let number = page.field("number");
    let bound = browser.submit("/bind", &[("number", &number)]).await;
    assert_eq!(bound.header("location"), "/account");
    browser
        .get("/account")
        .await
        .shows(&[&number, COMPANY.name]);
    let account = scene.account(&number).await;
    assert_eq!(account.subject.as_deref(), Some(COMPANY.number));
    assert!(scene.letter(1).await.subject.contains("綁定"));
}

#[tokio::test]
async fn a_strangers_application_is_worth_nothing_when_the_company_applies_itself() {
    let scene = Scene::new().await;
    let mut stranger = FIELDS;
    stranger[6].1 = "stranger@elsewhere.example";
    apply(&scene.browser(), "company", &stranger).await;
    let link = path(&scene.letter_to("stranger@elsewhere.example", 0).await);
    let (own, other) = (scene.browser(), scene.browser());
    scene.sign_in(&own, &scene.card(&COMPANY)).await;
    own.get("/bind")
        .await
        .shows(&["stranger@elsewhere.example"]);

    apply(&own, "company", &FIELDS).await;
    other.get(&link).await;
    other.submit(&link, &[]).await.shows(&["啟用完成"]);
    activated(&scene, 0).await;

    let answer = scene.sign_in(&own, &scene.card(&COMPANY)).await;
    assert_eq!(answer.location(), "/account");
    own.get("/account").await.shows(&[MAIL]);
}

#[tokio::test]
async fn a_company_binds_its_own_applications_alone() {
    let scene = Scene::new().await;
    let mut other = FIELDS;
    other[1].1 = "04595257";
    apply(&scene.browser(), "company", &other).await;
    apply(&scene.browser(), "company", &FIELDS).await;
    let foreign = scene
        .portal
        .accounts()
        .search("04595257", i64::MAX, 1)
        .await
        .unwrap();
    let browser = scene.browser();
    scene.sign_in(&browser, &scene.card(&COMPANY)).await;
    browser.get("/bind").await;

    let number = foreign[0].number.as_str();
    let answer = browser.submit("/bind", &[("number", number)]).await;

    assert_eq!(answer.header("location"), "/bind");
    assert_eq!(scene.account(number).await.subject, None);
}

#[tokio::test]
async fn of_two_cards_at_once_one_binds() {
    let scene = Scene::new().await;
    apply(&scene.browser(), "company", &FIELDS).await;
    apply(&scene.browser(), "company", &FIELDS).await;
    let (one, other) = (scene.browser(), scene.browser());
    let mut numbers = Vec::new();
    for browser in [&one, &other] {
        scene.sign_in(browser, &scene.card(&COMPANY)).await;
        numbers.push(browser.get("/bind").await.field("number"));
    }
    let second = scene
        .portal
        .accounts()
        .search("", i64::MAX, 9)
        .await
        .unwrap();
    let second = second.iter().find(|account| account.number != numbers[0]);
    let first = [("number", numbers[0].as_str())];
    let second = [("number", second.unwrap().number.as_str())];

    let (a, b) = tokio::join!(one.submit("/bind", &first), other.submit("/bind", &second));

    let bound = [a, b]
        .iter()
        .filter(|answer| answer.header("location") == "/pending")
        .count();
    assert_eq!(bound, 1);
    assert_eq!(scene.rows("SELECT COUNT(*) FROM subjects").await, 1);
}
