//! 啟用電子身分證: the link in the mail, and asking for another.

use portal::State;

use crate::{
    applying::{FIELDS, PERSON, apply},
    browser::Browser,
    card::COMPANY,
    scene::{MAIL, ORIGIN, Scene},
};

/// Applies, and gives the path of the link in the mail.
async fn applied(scene: &Scene, browser: &Browser, kind: &str) -> String {
    let fields: &[_] = if kind == "company" { &FIELDS } else { &PERSON };
    apply(browser, kind, fields).await;
    path(&scene.letter(0).await)
}

/// The path of a letter's link.
pub(crate) fn path(letter: &crate::mail_catcher::Letter) -> String {
    let link = letter.link(ORIGIN).unwrap();
    link.strip_prefix(ORIGIN).unwrap().to_owned()
}

async fn state(scene: &Scene) -> State {
    let all = scene.portal.accounts().search("", i64::MAX, 10).await;
    all.unwrap()[0].state
}

#[tokio::test]
async fn opening_the_link_does_nothing_and_its_button_activates() {
    let scene = Scene::new().await;
    let browser = scene.browser();
    scene.sign_in(&browser, &scene.card(&COMPANY)).await;
    let path = applied(&scene, &browser, "company").await;
    // A mail scanner opens links, and has no cookie.
    for _ in 0..3 {
        let page = scene.browser().get(&path).await;
        page.shows(&["啟用電子身分證", "IC"]);
    }
    assert_eq!(state(&scene).await, State::Pending);

    // The person may read mail in another browser than the one that applied.
    let elsewhere = scene.browser();
    elsewhere.get(&path).await;
    let done = elsewhere.submit(&path, &[]).await;

    done.shows(&["啟用完成"]);
    assert_eq!(state(&scene).await, State::Active);
    let answer = scene.sign_in(&scene.browser(), &scene.card(&COMPANY)).await;
    assert_eq!(answer.location(), "/account");
}

#[tokio::test]
async fn a_link_works_once() {
    let scene = Scene::new().await;
    let browser = scene.browser();
    let path = applied(&scene, &browser, "company").await;
    browser.get(&path).await;
    browser.submit(&path, &[]).await.shows(&["啟用完成"]);

    let again = browser.submit(&path, &[]).await;
    let opened = browser.get(&path).await;

    for answer in [again, opened] {
        assert_eq!(answer.status, 410);
        answer.shows(&["這個連結已經失效", r#"href="/activation""#]);
    }
}

#[tokio::test]
async fn a_link_that_is_guessed_or_cut_leads_nowhere() {
    let scene = Scene::new().await;
    let browser = scene.browser();
    let path = applied(&scene, &browser, "company").await;
    browser.get(&path).await;
    for wrong in [
        format!("/activate/{}", "A".repeat(43)),
        path[..path.len() - 1].to_owned(),
        format!("{path}A"),
        path.replace("/activate/", "/password/"),
    ] {
        assert_eq!(browser.get(&wrong).await.status, 410, "{wrong}");
        assert_eq!(browser.submit(&wrong, &[]).await.status, 410, "{wrong}");
    }
    assert_eq!(state(&scene).await, State::Pending);
}

#[tokio::test]
async fn a_link_ends_after_three_days_and_a_new_one_can_be_asked_for() {
    let scene = Scene::new().await;
    let browser = scene.browser();
    let old = applied(&scene, &browser, "company").await;
    scene.later(72 * 60 + 1);
    assert_eq!(browser.get(&old).await.status, 410);

    browser.get("/activation").await;
    let sent = browser.submit("/activation", &[("mail", MAIL)]).await;
    sent.shows(&["如果這個信箱有帳號"]);
    let new = path(&scene.letter(1).await);
    browser.get(&new).await;
    browser.submit(&new, &[]).await.shows(&["啟用完成"]);
}

#[tokio::test]
async fn asking_for_a_link_says_the_same_for_every_mailbox() {
    let scene = Scene::new().await;
    apply(&scene.browser(), "company", &FIELDS).await;
    scene.letter(0).await;
    let browser = scene.browser();
    let mut pages = Vec::new();
    for mail in [MAIL, "nobody@elsewhere.example"] {
        browser.get("/activation").await;
        let page = browser.submit("/activation", &[("mail", mail)]).await;
        assert_eq!(page.status, 200);
        pages.push(page.body.replace(mail, ""));
    }
    assert_eq!(pages[0], pages[1]);
    scene.letter(1).await;
    scene.no_more_letters_than(2).await;
}

#[tokio::test]
async fn whoever_is_active_already_is_told_so_by_mail() {
    let (scene, account) = Scene::with_account().await;
    let browser = scene.browser();
    browser.get("/activation").await;
    browser.submit("/activation", &[("mail", MAIL)]).await;
    let letter = scene.letter(0).await;
    assert!(letter.text.contains(&account.number));
    assert!(letter.subject.contains("已經啟用"));
    assert!(letter.link(&format!("{ORIGIN}/activate")).is_err());
}

#[tokio::test]
async fn no_mailbox_is_flooded() {
    let scene = Scene::new().await;
    apply(&scene.browser(), "company", &FIELDS).await;
    for _ in 0..8 {
        let browser = scene.browser();
        browser.get("/activation").await;
        let page = browser.submit("/activation", &[("mail", MAIL)]).await;
        page.shows(&["如果這個信箱有帳號"]);
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    // The application's own, and four more.
    scene.no_more_letters_than(5).await;
}

#[tokio::test]
async fn a_card_whose_account_is_not_active_leads_to_its_own_page() {
    let scene = Scene::new().await;
    let browser = scene.browser();
    scene.sign_in(&browser, &scene.card(&COMPANY)).await;
    let old = applied(&scene, &browser, "company").await;

    let answer = scene.sign_in(&browser, &scene.card(&COMPANY)).await;

    assert_eq!(answer.location(), "/pending");
    let page = browser.get("/pending").await;
    page.shows(&["帳號尚未啟用"]);
    assert_eq!(page.field("mail"), MAIL);
    assert_eq!(browser.get("/account").await.header("location"), "/");
    // The address was wrong: the link that went there dies.
    let corrected = [("mail", "right@company.example")];
    let sent = browser.submit("/pending", &corrected).await;
    assert_eq!(sent.header("location"), "/pending?sent");
    assert_eq!(browser.get(&old).await.status, 410);
    let letter = scene.letter_to("right@company.example", 0).await;
    let new = path(&letter);
    browser.get(&new).await;
    browser.submit(&new, &[]).await.shows(&["啟用完成"]);
}

#[tokio::test]
async fn nobody_else_corrects_the_address_of_an_application() {
    let scene = Scene::new().await;
    let browser = scene.browser();
    browser.get("/activation").await;
    assert_eq!(browser.get("/pending").await.header("location"), "/");
    let posted = browser.submit("/pending", &[("mail", "a@b.example")]).await;
    assert_eq!(posted.header("location"), "/");
}

#[tokio::test]
async fn a_closed_account_is_not_activated() {
    let scene = Scene::new().await;
    let browser = scene.browser();
    let path = applied(&scene, &browser, "company").await;
    let number = scene
        .portal
        .accounts()
        .search("", i64::MAX, 1)
        .await
        .unwrap()[0]
        .number
        .clone();
    let accounts = scene.portal.accounts();
    accounts.disable(&number, true, "test").await.unwrap();
    browser.get("/activation").await;
    assert_eq!(browser.submit(&path, &[]).await.status, 410);
    assert_eq!(state(&scene).await, State::Disabled);
}
