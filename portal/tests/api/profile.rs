//! 修改基本資料.

use portal::{Account, Kind, State};

use crate::{
    activation::path,
    browser::Browser,
    card::{CITIZEN, COMPANY},
    scene::{MAIL, Scene},
};

pub(crate) const CHANGED: [(&str, &str); 7] = [
    ("name", "想改的名字"),
    ("representative", "新負責"),
    ("address", "高雄市測試路 3 號"),
    ("contact", "新聯絡"),
    ("phone", "07-123-4567"),
    ("mail", MAIL),
    ("step", "send"),
];

async fn signed_in() -> (Scene, Account, Browser) {
    let (scene, account) = Scene::with_account().await;
    let browser = scene.browser();
    scene.sign_in(&browser, &scene.card(&COMPANY)).await;
    browser.get("/account/profile").await;
    (scene, account, browser)
}

#[tokio::test]
async fn what_is_sent_is_stored_but_for_what_the_card_says() {
    let (scene, account, browser) = signed_in().await;

    let answer = browser.submit("/account/profile", &CHANGED).await;

    assert_eq!(answer.header("location"), "/account?changed");
    let profile = scene.account(&account.number).await.profile;
    assert_eq!(profile.name, COMPANY.name);
    assert_eq!(profile.representative, "新負責");
    assert_eq!(profile.address, "高雄市測試路 3 號");
    let page = browser.get("/account/profile").await;
    assert_eq!(page.field("contact"), "新聯絡");
    page.hides(&[r#"name="ban""#]);
}

#[tokio::test]
async fn clear_empties_the_fields_and_stores_nothing() {
    let (scene, account, browser) = signed_in().await;
    browser.submit("/account/profile", &CHANGED).await;
    browser.get("/account/profile").await;

    let page = browser
        .submit("/account/profile", &[("address", "a"), ("step", "clear")])
        .await;

    assert_eq!(page.status, 200);
    for name in ["representative", "address", "contact", "phone", "mail"] {
        assert_eq!(page.field(name), "", "{name}");
    }
    // The name is the certificate's.
    assert_eq!(page.field("name"), COMPANY.name);
    let profile = scene.account(&account.number).await.profile;
    assert_eq!(profile.address, "高雄市測試路 3 號");
}

#[tokio::test]
async fn a_form_with_gaps_is_not_stored() {
    let (scene, account, browser) = signed_in().await;
    let page = browser
        .submit("/account/profile", &[("address", "a"), ("step", "send")])
        .await;
    page.shows(&[r#"id="faults""#]);
    assert_eq!(scene.account(&account.number).await.profile.address, "");
}

#[tokio::test]
async fn another_address_for_mail_counts_when_its_mail_was_followed() {
    let (scene, account, browser) = signed_in().await;
    let mut fields = CHANGED;
    fields[5].1 = "new@company.example";

    let answer = browser.submit("/account/profile", &fields).await;

    assert_eq!(answer.header("location"), "/account/profile?mail");
    browser
        .get("/account/profile?mail")
        .await
        .shows(&["請到新信箱確認"]);
    assert_eq!(scene.account(&account.number).await.profile.mail, MAIL);
    let path = path(&scene.letter_to("new@company.example", 0).await);
    // Opening the link does nothing yet.
    let elsewhere = scene.browser();
    elsewhere.get(&path).await.shows(&["new@company.example"]);
    assert_eq!(scene.account(&account.number).await.profile.mail, MAIL);
    elsewhere
        .submit(&path, &[])
        .await
        .shows(&["電子郵件已經變更"]);
    assert_eq!(
        scene.account(&account.number).await.profile.mail,
        "new@company.example"
    );
    // The address of before was told when it was asked for, and is told again.
    let asked = scene.letter(0).await;
    assert!(asked.subject.contains("有人要變更電子郵件"));
    assert!(scene.letter(1).await.subject.contains("電子郵件已經變更"));
    assert_eq!(elsewhere.submit(&path, &[]).await.status, 410);
}

#[tokio::test]
async fn a_citizen_has_the_fields_of_a_person() {
    let scene = Scene::new().await;
    let account = scene.seed_of(Kind::Citizen, &CITIZEN, State::Active).await;
    let browser = scene.browser();
    let card = scene.citizens.card(&CITIZEN);
    scene.sign_in_at(&browser, "/login/citizen", &card).await;
    let page = browser.get("/account/profile").await;
    page.hides(&[
        r#"name="ban""#,
        r#"name="representative""#,
        r#"name="contact""#,
    ]);

    browser.submit("/account/profile", &CHANGED).await;

    let profile = scene.account(&account.number).await.profile;
    assert_eq!(
        (profile.name.as_str(), profile.contact.as_str()),
        (CITIZEN.name, "")
    );
    assert_eq!(profile.phone, "07-123-4567");
}

#[tokio::test]
async fn a_form_that_comes_after_the_session_is_told_so() {
    let (scene, account, browser) = signed_in().await;
    scene.later(31);
    let answer = browser.submit("/account/profile", &CHANGED).await;
    assert_eq!(answer.status, 403);
    answer.shows(&["登入已經結束", "沒有儲存"]);
    assert_eq!(scene.account(&account.number).await.profile.address, "");
}
