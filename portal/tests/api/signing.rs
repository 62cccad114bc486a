//! What is refused as a signature of an application: anything but this document, signed as a document,
//! with a card of this account, once.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use chop_testpki::Message;
use portal::{Kind, State};

use crate::{
    card::{Authority, Blank, CITIZEN, COMPANY, Card},
    exemptions::{OTHER_COMPANY, document, made, post, signed_in},
    scene::Scene,
};

#[tokio::test]
async fn a_signature_of_anything_else_is_refused() {
    let (scene, browser, card) = signed_in().await;
    let address = made(&browser).await;
    let text = document(&browser, &address).await;
    let other = document(&browser, &made(&browser).await).await;
    let login = Message::hipki(text.as_bytes(), std::time::SystemTime::now());
    let mut altered = card.sign_document(&text);
    *altered.last_mut().unwrap() ^= 1;
    let detached = login.clone().detached();
    for cms in [
        card.sign_document(&other),
        card.sign_document(&text.replace("20 個", "2000 個")),
        card.sign_document(&format!("{text} ")),
        // A login's signature, which does not name its certificate.
        login.sign(&card.credential()).unwrap(),
        detached.sign(&card.credential()).unwrap(),
        altered,
        b"nothing".to_vec(),
        Vec::new(),
    ] {
        post(&browser, &address, &cms)
            .await
            .is_code(403, "document_mismatch");
    }
    assert_eq!(scene.rows("SELECT COUNT(*) FROM signatures").await, 0);
    assert_eq!(
        scene
            .rows("SELECT COUNT(*) FROM audit WHERE action = 'exemption_signed'")
            .await,
        0
    );
}

#[tokio::test]
async fn a_login_is_no_signature_and_a_signature_no_login() {
    let (scene, browser, card) = signed_in().await;
    let address = made(&browser).await;
    let start = browser.challenge().await;
    let assertion = card.sign(crate::scene::ORIGIN, &start.challenge);
    post(&browser, &address, assertion.as_bytes())
        .await
        .is_code(403, "document_mismatch");

    let cms = card.sign_document(&start.challenge);
    let stranger = scene.browser();
    let start = stranger.challenge().await;
    let posted = STANDARD.encode(cms);
    let answer = stranger.post_card(&start.token, posted).await;
    answer.is_code(400, "assertion_unreadable");
}

#[tokio::test]
async fn a_card_of_somebody_else_is_refused() {
    let (scene, browser, _) = signed_in().await;
    scene
        .seed_of(Kind::Company, &OTHER_COMPANY, State::Active)
        .await;
    let address = made(&browser).await;
    let text = document(&browser, &address).await;
    let sign = async |card: Card| post(&browser, &address, &card.sign_document(&text)).await;

    for card in [scene.card(&OTHER_COMPANY), scene.citizens.card(&CITIZEN)] {
        sign(card).await.is_code(403, "signer_differs");
    }
    sign(Authority::of_companies().card(&COMPANY))
        .await
        .is_code(403, "certificate_untrusted");
    let expired = Blank {
        valid: -400..-1,
        ..COMPANY
    };
    sign(scene.card(&expired))
        .await
        .is_code(403, "certificate_expired");
    assert_eq!(scene.rows("SELECT COUNT(*) FROM signatures").await, 0);
}

#[tokio::test]
async fn a_secondary_card_signs_where_it_may_sign_in() {
    let scene = Scene::with(|settings| settings.secondary_cards = false).await;
    scene.seed(State::Active).await;
    let browser = scene.browser();
    scene.sign_in(&browser, &scene.card(&COMPANY)).await;
    let address = made(&browser).await;
    let text = document(&browser, &address).await;
    let secondary = scene.card(&Blank {
        rank: "secondary",
        ..COMPANY
    });
    post(&browser, &address, &secondary.sign_document(&text))
        .await
        .is_code(403, "secondary_card_refused");
}

#[tokio::test]
async fn a_citizen_signs_with_any_card_of_the_account() {
    let scene = Scene::new().await;
    scene.seed_of(Kind::Citizen, &CITIZEN, State::Active).await;
    let browser = scene.browser();
    let card = scene.citizens.card(&CITIZEN);
    scene.sign_in_at(&browser, "/login/citizen", &card).await;
    let address = made(&browser).await;
    let text = document(&browser, &address).await;
    assert!(text.contains("申請人：王小明\n") && !text.contains(CITIZEN.number));
    let answer = post(&browser, &address, &card.sign_document(&text)).await;
    assert_eq!(answer.location(), format!("{address}?signed"));
}

#[tokio::test]
async fn it_is_signed_once_and_stays_as_it_is() {
    let (scene, browser, card) = signed_in().await;
    let address = made(&browser).await;
    let text = document(&browser, &address).await;
    let cms = card.sign_document(&text);
    let (one, other) = tokio::join!(
        post(&browser, &address, &cms),
        post(&browser, &address, &cms)
    );
    let signed = [&one, &other]
        .iter()
        .filter(|answer| answer.status == 200)
        .count();
    assert_eq!(signed, 1, "{} {}", one.body, other.body);
    post(&browser, &address, &cms)
        .await
        .is_code(409, "already_signed");

    browser.submit(&address, &[]).await;
    assert_eq!(browser.get(&address).await.status, 200);
    for statement in [
        "UPDATE signatures SET cms = ''",
        "DELETE FROM signatures",
        "DELETE FROM exemptions",
    ] {
        assert!(scene.execute(statement).await.is_err(), "{statement}");
    }
}

#[tokio::test]
async fn only_the_page_itself_can_post_a_signature_and_only_signed_in() {
    let (scene, browser, card) = signed_in().await;
    let address = made(&browser).await;
    let text = document(&browser, &address).await;
    let cms = STANDARD.encode(card.sign_document(&text));
    let body = serde_json::json!({ "signature": cms }).to_string();
    let path = format!("{address}/signature");
    for token in ["", "wrong"] {
        browser
            .post_to(&path, token, body.clone())
            .await
            .is_code(403, "request_refused");
    }
    browser.get(&address).await;
    let token = browser.form_token();
    let odd = browser.post_to(&path, &token, "{}").await;
    odd.is_code(400, "bad_request");
    let large = format!("{{\"signature\":\"{}\"}}", "A".repeat(64 * 1024));
    browser
        .post_to(&path, &token, large)
        .await
        .is_code(400, "bad_request");

    let nobody = scene.browser();
    nobody.get("/").await;
    nobody
        .post_to(&path, "any", body)
        .await
        .is_code(403, "signed_out");
    nobody
        .get(&format!("{address}/document"))
        .await
        .is_code(403, "signed_out");
    assert_eq!(nobody.get(&address).await.header("location"), "/");
}

#[tokio::test]
async fn so_many_an_hour_and_no_more() {
    let (_scene, browser, card) = signed_in().await;
    let address = made(&browser).await;
    let cms = card.sign_document("something else");
    for _ in 0..60 {
        post(&browser, &address, &cms)
            .await
            .is_code(403, "document_mismatch");
    }
    post(&browser, &address, &cms)
        .await
        .is_code(429, "too_often");
}
