//! Links in mails, when what they were sent for is over.

use portal::{Kind, State};

use crate::{
    activation::path,
    browser::Browser,
    card::COMPANY,
    passwords::{OTHER, PASSWORD, account, sign_in},
    profile::CHANGED,
    scene::{MAIL, Scene},
};

const NEW: &str = "new@elsewhere.example";

/// An account without a card that is signed in, with links of both kinds in mailboxes: to choose a
/// password, and to confirm another address.
async fn linked() -> (Scene, String, Browser, [String; 2]) {
    let scene = Scene::new().await;
    let number = account(&scene).await;
    let browser = scene.browser();
    sign_in(&browser, &number, PASSWORD).await;
    let password = forgotten(&scene).await;
    browser.get("/account/profile").await;
    let wished = browser.submit("/account/profile", &wish()).await;
    assert_eq!(wished.header("location"), "/account/profile?mail");
    let mail = path(&scene.letter_to(NEW, 0).await);
    (scene, number, browser, [password, mail])
}

/// The form with another address for mail, and the password that it takes.
fn wish() -> Vec<(&'static str, &'static str)> {
    let mut fields = CHANGED.to_vec();
    fields[5].1 = NEW;
    fields.push(("password", PASSWORD));
    fields
}

/// The path of a link to choose another password.
async fn forgotten(scene: &Scene) -> String {
    let stranger = scene.browser();
    stranger.get("/password").await;
    stranger.submit("/password", &[("mail", MAIL)]).await;
    path(&scene.letter(1).await)
}

/// None of them leads anywhere.
async fn are_gone(scene: &Scene, links: &[String]) {
    let browser = scene.browser();
    browser.get("/sign-in").await;
    for link in links {
        assert_eq!(browser.get(link).await.status, 410, "{link}");
        let fields = [("password", OTHER), ("again", OTHER)];
        assert_eq!(browser.submit(link, &fields).await.status, 410, "{link}");
    }
}

#[tokio::test]
async fn another_password_ends_them() {
    let (scene, _, browser, links) = linked().await;
    browser.get("/account/password").await;
    let fields = [("old", PASSWORD), ("password", OTHER), ("again", OTHER)];
    let changed = browser.submit("/account/password", &fields).await;
    assert_eq!(changed.header("location"), "/account?changed");
    are_gone(&scene, &links).await;
}

#[tokio::test]
async fn signing_out_everywhere_ends_them() {
    let (scene, _, browser, links) = linked().await;
    browser.get("/account/sessions").await;
    browser.submit("/account/sign-out-everywhere", &[]).await;
    are_gone(&scene, &links).await;
}

#[tokio::test]
async fn another_address_ends_what_the_one_before_could_do() {
    let (scene, number, browser, [password, mail]) = linked().await;
    browser.get(&mail).await;
    browser
        .submit(&mail, &[])
        .await
        .shows(&["電子郵件已經變更"]);
    assert_eq!(scene.account(&number).await.profile.mail, NEW);
    are_gone(&scene, &[password, mail]).await;
}

#[tokio::test]
async fn closing_the_account_ends_them_for_good() {
    let (scene, number, _, links) = linked().await;
    let accounts = scene.portal.accounts();
    accounts.disable(&number, true, "test").await.unwrap();
    are_gone(&scene, &links).await;
    accounts.disable(&number, false, "test").await.unwrap();
    are_gone(&scene, &links).await;
    assert_eq!(scene.account(&number).await.profile.mail, MAIL);
}

/// A letter that waits carries no link yet; it shall not get one afterwards.
#[tokio::test]
async fn letters_on_their_way_are_not_sent_any_more() {
    let scene = Scene::new().await;
    let number = account(&scene).await;
    let browser = scene.browser();
    sign_in(&browser, &number, PASSWORD).await;
    browser.get("/account/profile").await;
    browser.submit("/account/profile", &wish()).await;
    browser.get("/account/sessions").await;
    browser.submit("/account/sign-out-everywhere", &[]).await;

    scene.portal.deliver().await.unwrap();

    let to_new = |letter: &crate::mail_catcher::Letter| letter.to == [NEW];
    assert!(!scene.mail.letters().iter().any(to_new));
    assert_eq!(scene.rows("SELECT COUNT(*) FROM links").await, 0);
}

/// Whoever asks for another address has changed their mind about the one before.
#[tokio::test]
async fn a_new_wish_ends_the_one_before() {
    let (scene, number, browser, [_, mail]) = linked().await;
    let mut other = wish();
    other[5].1 = "newer@elsewhere.example";
    browser.get("/account/profile").await;
    browser.submit("/account/profile", &other).await;

    are_gone(&scene, &[mail]).await;

    let newer = path(&scene.letter_to("newer@elsewhere.example", 0).await);
    browser.get(&newer).await;
    browser.submit(&newer, &[]).await;
    let now = scene.account(&number).await.profile.mail;
    assert_eq!(now, "newer@elsewhere.example");
}

/// A stolen session shall not become a stolen account.
#[tokio::test]
async fn an_account_without_a_card_gets_another_address_with_its_password_alone() {
    let scene = Scene::new().await;
    let number = account(&scene).await;
    let browser = scene.browser();
    sign_in(&browser, &number, PASSWORD).await;
    browser
        .get("/account/profile")
        .await
        .shows(&[r#"name="password""#]);
    for password in ["", OTHER] {
        let mut fields = wish();
        fields[7].1 = password;
        let page = browser.submit("/account/profile", &fields).await;
        page.shows(&["目前的密碼不對"]);
    }
    let count = "SELECT COUNT(*) FROM outbox WHERE letter = 'mail'";
    assert_eq!(scene.rows(count).await, 0);

    // Without another address it is not asked for.
    let mut fields = CHANGED.to_vec();
    fields[4].1 = "07-765-4321";
    let answer = browser.submit("/account/profile", &fields).await;
    assert_eq!(answer.header("location"), "/account?changed");
}

/// Of whoever has a card it is not asked for.
#[tokio::test]
async fn an_account_with_a_card_is_asked_for_no_password() {
    let scene = Scene::new().await;
    scene.seed_of(Kind::Company, &COMPANY, State::Active).await;
    let browser = scene.browser();
    scene.sign_in(&browser, &scene.card(&COMPANY)).await;
    browser
        .get("/account/profile")
        .await
        .hides(&[r#"name="password""#]);
}
