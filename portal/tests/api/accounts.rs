//! An open session follows its account, and ends.

use crate::{card::COMPANY, scene::Scene};

#[tokio::test]
async fn whoever_is_not_signed_in_is_sent_home() {
    let scene = Scene::new().await;
    let answer = scene.browser().get("/account").await;
    assert_eq!(
        (answer.status.as_u16(), answer.header("location")),
        (303, "/")
    );
}

#[tokio::test]
async fn closing_an_account_ends_its_sessions() {
    let (scene, account) = Scene::with_account().await;
    let browser = scene.browser();
    scene.sign_in(&browser, &scene.card(&COMPANY)).await;

    scene
        .portal
        .accounts()
        .disable(&account.number, true, "test")
        .await
        .unwrap();

    assert_eq!(browser.get("/account").await.location(), "/");
}

#[tokio::test]
async fn a_session_that_nobody_uses_ends_after_half_an_hour() {
    let (scene, _) = Scene::with_account().await;
    let browser = scene.browser();
    scene.sign_in(&browser, &scene.card(&COMPANY)).await;

    scene.later(29);
    assert_eq!(browser.get("/account").await.status, 200);
    scene.later(31);
    assert_eq!(browser.get("/account").await.location(), "/");
}

#[tokio::test]
async fn a_session_that_is_used_lasts_eight_hours_and_no_longer() {
    let (scene, _) = Scene::with_account().await;
    let browser = scene.browser();
    scene.sign_in(&browser, &scene.card(&COMPANY)).await;

    for _ in 0..19 {
        scene.later(25);
        assert_eq!(browser.get("/account").await.status, 200);
    }
    scene.later(25);
    assert_eq!(browser.get("/account").await.location(), "/");
}

#[tokio::test]
async fn another_node_with_the_same_database_knows_the_session() {
    let (scene, account) = Scene::with_account().await;
    let browser = scene.browser();
    let start = browser.challenge().await;
    let mut settings = portal::Settings::default();
    settings.origin = crate::scene::ORIGIN.parse().unwrap();
    settings.database.clone_from(&scene.database.url);
    settings.anchors = vec![scene.folder.path().to_owned()];
    settings.revocation.allow_unknown_revocation = true;
    let other_node = portal::Portal::open(settings).await.unwrap();
    let there = crate::browser::Browser::new(other_node.router());
    there.plant(&browser.session().unwrap());

    let assertion = scene
        .card(&COMPANY)
        .sign(crate::scene::ORIGIN, &start.challenge);
    let answer = there.post_card(&start.token, assertion).await;

    assert_eq!(answer.location(), "/account");
    browser.plant(&there.session().unwrap());
    assert!(browser.get("/account").await.body.contains(&account.number));
}
