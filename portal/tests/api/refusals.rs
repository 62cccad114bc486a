//! Cards and assertions that are not taken: each with its code, and nothing of what lies behind.

use axum::body::Body;
use rcgen::KeyUsagePurpose;

use crate::{
    card::{Authority, Blank, COMPANY},
    scene::{ORIGIN, Scene},
};

#[tokio::test]
async fn an_expired_certificate_is_refused() {
    let (scene, _) = Scene::with_account().await;
    let card = scene.card(&Blank {
        valid: -400..-1,
        ..COMPANY
    });
    scene
        .sign_in(&scene.browser(), &card)
        .await
        .is_code(403, "certificate_expired");
}

#[tokio::test]
async fn a_certificate_that_begins_tomorrow_is_refused() {
    let (scene, _) = Scene::with_account().await;
    let card = scene.card(&Blank {
        valid: 1..365,
        ..COMPANY
    });
    scene
        .sign_in(&scene.browser(), &card)
        .await
        .is_code(403, "certificate_not_yet_valid");
}

#[tokio::test]
async fn a_simulated_card_is_refused_unless_the_settings_allow_it() {
    let simulated = Blank {
        simulated: true,
        ..COMPANY
    };
    let (scene, _) = Scene::with_account().await;
    let card = scene.card(&simulated);
    scene
        .sign_in(&scene.browser(), &card)
        .await
        .is_code(403, "certificate_untrusted");

    let scene = Scene::with(|settings| settings.allow_simulated_cards = true).await;
    let card = scene.card(&simulated);
    let answer = scene.sign_in(&scene.browser(), &card).await;
    assert_eq!(answer.status, 200);
}

#[tokio::test]
async fn a_certificate_of_another_authority_with_the_same_name_is_refused() {
    let (scene, _) = Scene::with_account().await;
    let card = Authority::of_companies().card(&COMPANY);
    scene
        .sign_in(&scene.browser(), &card)
        .await
        .is_code(403, "certificate_untrusted");
}

#[tokio::test]
async fn nobody_is_trusted_where_no_authority_is_set() {
    let scene = Scene::with(|settings| settings.anchors.clear()).await;
    let card = scene.card(&COMPANY);
    scene
        .sign_in(&scene.browser(), &card)
        .await
        .is_code(403, "certificate_untrusted");
}

#[tokio::test]
async fn a_signature_for_another_origin_is_refused() {
    let (scene, _) = Scene::with_account().await;
    for origin in [
        "https://evil.example",
        "https://portal.example:8443",
        "https://a.portal.example",
    ] {
        let browser = scene.browser();
        let start = browser.challenge().await;
        let assertion = scene.card(&COMPANY).sign(origin, &start.challenge);
        browser
            .post_card(&start.token, assertion)
            .await
            .is_code(403, "signature_mismatch");
    }
}

#[tokio::test]
async fn a_signature_that_was_altered_is_refused() {
    let (scene, _) = Scene::with_account().await;
    let browser = scene.browser();
    let start = browser.challenge().await;
    let assertion = scene.card(&COMPANY).sign(ORIGIN, &start.challenge);
    let mut json: serde_json::Value = serde_json::from_str(&assertion).unwrap();
    let mut signature = json["signature"].as_str().unwrap().to_owned();
    let first = if signature.starts_with('A') { "B" } else { "A" };
    signature.replace_range(..1, first);
    json["signature"] = signature.into();

    let answer = browser.post_card(&start.token, json.to_string()).await;

    answer.is_code(403, "signature_mismatch");
}

#[tokio::test]
async fn a_citizens_card_is_not_a_companys() {
    let (scene, _) = Scene::with_account().await;
    let blank = Blank {
        number: "0000000123456789",
        name: "王小明",
        ..COMPANY
    };
    let card = scene.citizens.card(&blank);
    scene
        .sign_in(&scene.browser(), &card)
        .await
        .is_code(403, "card_kind_wrong");
}

#[tokio::test]
async fn a_citizens_card_with_a_companys_number_is_not_a_companys() {
    let (scene, _) = Scene::with_account().await;
    let blank = Blank {
        number: "0000000012345675",
        name: COMPANY.name,
        ..COMPANY
    };
    let card = scene.citizens.card(&blank);
    scene
        .sign_in(&scene.browser(), &card)
        .await
        .is_code(403, "card_kind_wrong");
}

#[tokio::test]
async fn a_companys_card_is_not_a_citizens() {
    let (scene, _) = Scene::with_account().await;
    let browser = scene.browser();
    scene
        .sign_in_at(&browser, "/login/citizen", &scene.card(&COMPANY))
        .await
        .is_code(403, "card_kind_wrong");
}

#[tokio::test]
async fn there_is_no_card_login_without_a_card() {
    let (scene, _) = Scene::with_account().await;
    let browser = scene.browser();
    scene
        .sign_in_at(&browser, "/login/cardless", &scene.card(&COMPANY))
        .await
        .is_code(403, "card_kind_wrong");
    let card = scene.card(&COMPANY);
    let unknown = scene.sign_in_at(&browser, "/login/agency", &card).await;
    unknown.is_code(400, "bad_request");
}

#[tokio::test]
async fn a_certificate_for_encryption_cannot_sign_in() {
    let (scene, _) = Scene::with_account().await;
    let card = scene.card(&Blank {
        usage: KeyUsagePurpose::KeyEncipherment,
        ..COMPANY
    });
    scene
        .sign_in(&scene.browser(), &card)
        .await
        .is_code(403, "certificate_unsuitable");
}

#[tokio::test]
async fn a_certificate_without_a_business_number_is_refused() {
    let (scene, _) = Scene::with_account().await;
    let card = scene.card(&Blank {
        number: "12345673",
        ..COMPANY
    });
    scene
        .sign_in(&scene.browser(), &card)
        .await
        .is_code(403, "identity_unclear");
}

#[tokio::test]
async fn a_secondary_card_is_refused_where_the_operator_wants_primary_ones() {
    let scene = Scene::with(|settings| settings.secondary_cards = false).await;
    scene.seed(portal::State::Active).await;
    let secondary = scene.card(&Blank {
        rank: "secondary",
        ..COMPANY
    });
    let answer = scene.sign_in(&scene.browser(), &secondary).await;
    answer.is_code(403, "secondary_card_refused");

    let answer = scene.sign_in(&scene.browser(), &scene.card(&COMPANY)).await;
    assert_eq!(answer.location(), "/account");
}

#[tokio::test]
async fn what_is_not_an_assertion_is_refused() {
    let scene = Scene::new().await;
    let browser = scene.browser();
    for odd in [
        String::new(),
        "null".to_owned(),
        "{}".to_owned(),
        "[".repeat(5000),
        format!(r#"{{"format":"web-eid:1.0","x":"{}"}}"#, "y".repeat(200)),
        "x".repeat(12_000),
    ] {
        let start = browser.challenge().await;
        let answer = browser.post_card(&start.token, odd).await;
        answer.is_code(400, "assertion_unreadable");
    }
}

#[tokio::test]
async fn a_body_that_is_too_large_or_no_text_is_refused() {
    let scene = Scene::new().await;
    let browser = scene.browser();
    for odd in [vec![b'x'; 20_000], vec![0xFF; 200]] {
        let start = browser.challenge().await;
        browser
            .post_card(&start.token, Body::from(odd))
            .await
            .is_code(400, "bad_request");
    }
}

#[tokio::test]
async fn a_card_without_a_session_is_refused() {
    let (scene, _) = Scene::with_account().await;
    let start = scene.browser().challenge().await;
    let assertion = scene.card(&COMPANY).sign(ORIGIN, &start.challenge);
    let answer = scene.browser().post_card(&start.token, assertion).await;
    answer.is_code(409, "challenge_gone");
}
