//! The outcomes of a sign-in with a card and PIN that are right.

use portal::{Kind, State};

use crate::{
    card::{Blank, CITIZEN, COMPANY},
    scene::Scene,
};

#[tokio::test]
async fn a_company_with_an_active_account_is_signed_in() {
    let (scene, account) = Scene::with_account().await;
    let browser = scene.browser();

    let answer = scene.sign_in(&browser, &scene.card(&COMPANY)).await;

    assert_eq!(answer.status, 200);
    assert_eq!(answer.body, r#"{"next":"/account"}"#);
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

    assert_eq!(answer.location(), "/apply/company");
    let page = browser.get("/apply/company").await.body;
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

    let audit = scene.portal.audit();
    let sign_ins = audit.sign_ins(&account.number, 10).await.unwrap();
    let [entry] = sign_ins.as_slice() else {
        panic!("{sign_ins:?}")
    };
    assert_eq!(entry.certificate_serial, "0a1b2c");
    assert_eq!(entry.detail, "secondary");
    let kept = audit.certificate(&entry.certificate_sha256).await.unwrap();
    assert_eq!(kept.unwrap(), card.certificate_base64());
}

#[tokio::test]
async fn a_sign_in_that_is_refused_is_no_sign_in() {
    let scene = Scene::new().await;
    let account = scene.seed(State::Disabled).await;

    scene.sign_in(&scene.browser(), &scene.card(&COMPANY)).await;

    let audit = scene.portal.audit();
    assert!(
        audit
            .sign_ins(&account.number, 10)
            .await
            .unwrap()
            .is_empty()
    );
    let all = audit.before("", &account.number, 10).await.unwrap();
    assert_eq!(all[0].action, "card_refused");
}

#[tokio::test]
async fn a_citizen_with_an_active_account_is_signed_in() {
    let scene = Scene::new().await;
    let account = scene.seed_of(Kind::Citizen, &CITIZEN, State::Active).await;
    let (browser, card) = (scene.browser(), scene.citizens.card(&CITIZEN));

    let answer = scene.sign_in_at(&browser, "/login/citizen", &card).await;

    assert_eq!(answer.location(), "/account");
    let page = browser.get("/account").await;
    page.shows(&[CITIZEN.name, &account.number]);
    // The number in the certificate is a key, not a thing to show.
    page.hides(&[CITIZEN.number]);
}

#[tokio::test]
async fn a_company_that_changed_its_name_is_called_as_its_new_certificate_says() {
    let (scene, account) = Scene::with_account().await;
    let renamed = scene.card(&Blank {
        name: "改名股份有限公司",
        ..COMPANY
    });

    scene.sign_in(&scene.browser(), &renamed).await;

    let name = scene.account(&account.number).await.profile.name;
    assert_eq!(name, "改名股份有限公司");
}
