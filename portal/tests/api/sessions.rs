//! 登入中的裝置: each can be signed out, and all at once.

use axum::{body::Body, http::Request};

use crate::{card::COMPANY, scene::Scene};

#[tokio::test]
async fn sessions_are_listed_and_one_can_be_ended() {
    let (scene, _) = Scene::with_account().await;
    let (here, there) = (scene.browser(), scene.browser());
    for browser in [&here, &there] {
        scene.sign_in(browser, &scene.card(&COMPANY)).await;
    }
    let page = here.get("/account/sessions").await;
    assert_eq!(page.body.matches("登出這個裝置").count(), 1);
    assert_eq!(page.body.matches("這一個").count(), 1);
    page.hides(&[&here.session().unwrap(), &there.session().unwrap()]);

    let handle = page.field("handle");
    here.submit("/account/sessions", &[("handle", &handle)])
        .await;

    assert_eq!(there.get("/account").await.header("location"), "/");
    assert_eq!(here.get("/account").await.status, 200);
}

#[tokio::test]
async fn signing_out_everywhere_ends_all() {
    let (scene, _) = Scene::with_account().await;
    let browsers = [scene.browser(), scene.browser(), scene.browser()];
    for browser in &browsers {
        scene.sign_in(browser, &scene.card(&COMPANY)).await;
    }
    let [here, ..] = &browsers;
    here.get("/account/sessions").await;

    let answer = here.submit("/account/sign-out-everywhere", &[]).await;

    assert_eq!(answer.header("location"), "/");
    assert_eq!(here.session(), None);
    for browser in &browsers {
        assert_eq!(browser.get("/account").await.header("location"), "/");
    }
    assert_eq!(scene.rows("SELECT COUNT(*) FROM sessions").await, 0);
}

#[tokio::test]
async fn nobody_ends_a_session_of_somebody_else() {
    let (scene, _) = Scene::with_account().await;
    let other = crate::card::Blank {
        number: "04595257",
        ..COMPANY
    };
    scene
        .seed_of(portal::Kind::Company, &other, portal::State::Active)
        .await;
    let (victim, second, attacker) = (scene.browser(), scene.browser(), scene.browser());
    for browser in [&victim, &second] {
        scene.sign_in(browser, &scene.card(&COMPANY)).await;
    }
    scene.sign_in(&attacker, &scene.card(&other)).await;
    let handle = second.get("/account/sessions").await.field("handle");
    attacker.get("/account/sessions").await;

    attacker
        .submit("/account/sessions", &[("handle", &handle)])
        .await;

    assert_eq!(victim.get("/account").await.status, 200);
}

#[tokio::test]
async fn the_browser_is_named_and_its_name_is_text() {
    let (scene, _) = Scene::with_account().await;
    let browser = scene.browser();
    let start = browser.challenge().await;
    let assertion = scene
        .card(&COMPANY)
        .sign(crate::scene::ORIGIN, &start.challenge);
    let request = Request::post("/login/company")
        .header("origin", crate::scene::ORIGIN)
        .header("x-csrf-token", &start.token)
        .header("user-agent", "<script>Firefox/153.0 Windows")
        .body(Body::from(assertion));
    browser.send(request.unwrap()).await;
    let page = browser.get("/account/sessions").await;
    page.shows(&["Firefox, Windows"]);
    page.hides(&["<script>Firefox"]);
}
