//! The outcomes of a sign-in with a card and PIN that are right.

use portal::State;

use crate::{
    card::{Blank, COMPANY},
    scene::Scene,
};

#[tokio::test]
async fn a_company_with_an_active_account_is_signed_in() {
    let (scene, account) = Scene::with_account().await;
    let browser = scene.browser();

    let answer = scene.sign_in(&browser, &scene.card(&COMPANY)).await;

    assert_eq!(
        (answer.status.as_u16(), answer.location()),
        (303, "/account")
    );
    let page = browser.get("/account").await.body;
    for shown in [COMPANY.name, COMPANY.number, &account.number, "0a1b2c"] {
        assert!(page.contains(shown), "{shown}");
    }
}

#[tokio::test]
async fn a_company_without_an_account_gets_the_form_filled_in_from_its_card() {
    let scene = Scene::new().await;
    let browser = scene.browser();

    let answer = scene.sign_in(&browser, &scene.card(&COMPANY)).await;

    assert_eq!((answer.status.as_u16(), answer.location()), (303, "/apply"));
    let page = browser.get("/apply").await.body;
    for field in [
        format!(r#"name="name" type="text" value="{}""#, COMPANY.name),
        format!(r#"name="ban" type="text" value="{}""#, COMPANY.number),
    ] {
        let rest = page.split_once(&field).expect(&field).1;
        assert!(rest.split('>').next().unwrap().contains(" readonly"));
    }
    // It is not signed in.
    assert_eq!(browser.get("/account").await.location(), "/");
}

#[tokio::test]
async fn an_account_that_is_not_activated_is_not_signed_in() {
    let scene = Scene::new().await;
    scene.seed(State::Pending).await;
    let browser = scene.browser();

    scene
        .sign_in(&browser, &scene.card(&COMPANY))
        .await
        .is_code(403, "account_pending");

    assert_eq!(browser.get("/account").await.location(), "/");
}

#[tokio::test]
async fn a_closed_account_is_not_signed_in() {
    let scene = Scene::new().await;
    scene.seed(State::Disabled).await;
    let browser = scene.browser();

    scene
        .sign_in(&browser, &scene.card(&COMPANY))
        .await
        .is_code(403, "account_disabled");

    assert_eq!(browser.get("/account").await.location(), "/");
}

#[tokio::test]
async fn a_sign_in_is_recorded_with_its_certificate() {
    let (scene, account) = Scene::with_account().await;
    let card = scene.card(&Blank {
        rank: "secondary",
        ..COMPANY
    });

    scene.sign_in(&scene.browser(), &card).await;

    let logins = scene
        .portal
        .logins()
        .of_account(&account.number, 10)
        .await
        .unwrap();
    let [login] = logins.as_slice() else {
        panic!("{logins:?}")
    };
    assert_eq!(login.certificate_serial, "0a1b2c");
    assert_eq!(login.certificate_sha256.len(), 64);
    assert_eq!(login.card, "secondary");
}

#[tokio::test]
async fn a_sign_in_that_is_refused_is_not_recorded() {
    let scene = Scene::new().await;
    let account = scene.seed(State::Pending).await;

    scene.sign_in(&scene.browser(), &scene.card(&COMPANY)).await;

    let logins = scene
        .portal
        .logins()
        .of_account(&account.number, 10)
        .await
        .unwrap();
    assert!(logins.is_empty());
}
