//! Logins as on pages written for HiCOS: whom they let in, and whom never.

use std::time::SystemTime;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use chop_testpki::Message;
use portal::{HicosSignIn, Kind, State};

use crate::{
    browser::{Answer, Browser},
    card::{Blank, CITIZEN, COMPANY, Card},
    scene::{ORIGIN, Scene},
};

const AT: &str = "/login/hicos/company";
const LINK: &str = r#"href="/hicos""#;

async fn scene(which: HicosSignIn) -> Scene {
    Scene::with(|settings| settings.hicos_sign_in = which).await
}

/// What the component makes of a challenge.
fn signed(card: &Card, challenge: &str) -> String {
    posted(
        &Message::hipki(challenge.as_bytes(), SystemTime::now())
            .sign(&card.credential())
            .unwrap(),
    )
}

fn posted(cms: &[u8]) -> String {
    serde_json::json!({ "signature": STANDARD.encode(cms) }).to_string()
}

async fn sign_in(browser: &Browser, card: &Card) -> Answer {
    sign_in_at(browser, AT, card).await
}

/// The whole road of such a login, at this address.
pub(crate) async fn sign_in_at(browser: &Browser, path: &str, card: &Card) -> Answer {
    ready_at(browser, path, card).await.await
}

/// All of it but its last step.
pub(crate) async fn ready_at(
    browser: &Browser,
    path: &str,
    card: &Card,
) -> impl Future<Output = Answer> {
    let start = browser.challenge().await;
    let answer = signed(card, &start.challenge);
    async move { browser.post_to(path, &start.token, answer).await }
}

#[tokio::test]
async fn it_is_off_unless_the_operator_turns_it_on() {
    let (scene, _) = Scene::with_account().await;
    let browser = scene.browser();
    let answer = sign_in(&browser, &scene.card(&COMPANY)).await;
    answer.is_code(403, "native_login_needed");
    assert_eq!(browser.get("/hicos").await.status, 404);
    assert!(!browser.get("/").await.body.contains(LINK));
}

#[tokio::test]
async fn it_opens_an_account_until_its_holder_has_signed_in_natively() {
    let scene = scene(HicosSignIn::UnlessNative).await;
    let account = scene.seed(State::Active).await;
    let (browser, card) = (scene.browser(), scene.card(&COMPANY));
    assert!(browser.get("/").await.body.contains(LINK));
    assert_eq!(browser.get("/hicos").await.status, 200);

    let before = browser.session();
    assert_eq!(sign_in(&browser, &card).await.location(), "/account");
    assert_ne!(browser.session(), before);
    let page = browser.get("/account").await.body;
    assert!(page.contains(&account.number));
    let rows = "SELECT COUNT(*) FROM audit WHERE action = 'signed_in' AND detail = 'hicos'";
    assert_eq!(scene.rows(rows).await, 1);

    scene.sign_in(&scene.browser(), &card).await;
    let again = sign_in(&scene.browser(), &card).await;
    again.is_code(403, "native_login_needed");
}

#[tokio::test]
async fn the_operator_can_let_it_go_on() {
    let scene = scene(HicosSignIn::Always).await;
    scene.seed(State::Active).await;
    let card = scene.card(&COMPANY);
    scene.sign_in(&scene.browser(), &card).await;
    let answer = sign_in(&scene.browser(), &card).await;
    assert_eq!(answer.location(), "/account");
}

/// Another site could apply, or say whose application it is, in the card holder's name.
#[tokio::test]
async fn it_neither_makes_nor_binds_nor_activates_an_account() {
    for state in [None, Some(State::Pending), Some(State::Disabled)] {
        let scene = scene(HicosSignIn::Always).await;
        if let Some(state) = state {
            scene.seed(state).await;
        }
        let browser = scene.browser();
        let answer = sign_in(&browser, &scene.card(&COMPANY)).await;
        let code = match state {
            Some(State::Disabled) => "account_disabled",
            _ => "native_login_needed",
        };
        answer.is_code(403, code);
        assert_eq!(scene.rows("SELECT COUNT(*) FROM sessions").await, 0);
        assert_eq!(browser.get("/account").await.location(), "/");
    }
}

#[tokio::test]
async fn a_challenge_works_once_and_for_its_own_browser() {
    let scene = scene(HicosSignIn::Always).await;
    scene.seed(State::Active).await;
    let (browser, card) = (scene.browser(), scene.card(&COMPANY));
    let start = browser.challenge().await;
    let answer = signed(&card, &start.challenge);
    let stranger = scene.browser();
    stranger.challenge().await;
    let stolen = stranger.post_to(AT, &start.token, answer.clone()).await;
    stolen.is_code(409, "challenge_gone");
    let first = browser.post_to(AT, &start.token, answer.clone()).await;
    assert_eq!(first.location(), "/account");
    let second = browser.post_to(AT, &start.token, answer).await;
    second.is_code(409, "challenge_gone");
}

#[tokio::test]
async fn nothing_else_that_a_card_signs_will_do() {
    let scene = scene(HicosSignIn::Always).await;
    scene.seed(State::Active).await;
    let (browser, card) = (scene.browser(), scene.card(&COMPANY));
    let post = async |make: &dyn Fn(&str) -> String, status, code| {
        let start = browser.challenge().await;
        let answer = browser
            .post_to(AT, &start.token, make(&start.challenge))
            .await;
        answer.is_code(status, code);
    };
    let unreadable = "assertion_unreadable";
    // A native login, a document, another challenge, another kind of card, nonsense.
    post(&|challenge| card.sign(ORIGIN, challenge), 400, unreadable).await;
    post(
        &|challenge| posted(&card.sign_document(challenge)),
        400,
        unreadable,
    )
    .await;
    post(&|_| signed(&card, "another"), 400, unreadable).await;
    let citizen = scene.citizens.card(&CITIZEN);
    post(
        &|challenge| signed(&citizen, challenge),
        403,
        "card_kind_wrong",
    )
    .await;
    post(&|_| "{}".to_owned(), 400, unreadable).await;
    // Its signature was made for another content.
    let login = |challenge: &str| {
        let mut cms = Message::hipki(challenge.as_bytes(), SystemTime::now())
            .sign(&card.credential())
            .unwrap();
        *cms.last_mut().unwrap() ^= 1;
        posted(&cms)
    };
    post(&login, 403, "signature_mismatch").await;
    let expired = scene.card(&Blank {
        valid: -10..-1,
        ..COMPANY
    });
    post(
        &|challenge| signed(&expired, challenge),
        403,
        "certificate_expired",
    )
    .await;
}

/// Whoever passed a login on would stay for good.
#[tokio::test]
async fn a_session_of_this_form_binds_no_other_card() {
    let scene = scene(HicosSignIn::UnlessNative).await;
    scene.seed_of(Kind::Citizen, &CITIZEN, State::Active).await;
    let (browser, own) = (scene.browser(), scene.citizens.card(&CITIZEN));
    let start = browser.challenge().await;
    let answer = signed(&own, &start.challenge);
    let at = "/login/hicos/citizen";
    let entered = browser.post_to(at, &start.token, answer).await;
    assert_eq!(entered.location(), "/account");

    let new = scene.citizens.card(&Blank {
        number: "9999000087654321",
        ..CITIZEN
    });
    let bind = async || {
        scene
            .sign_in_at(&browser, "/account/card/login", &new)
            .await
    };
    bind().await.is_code(403, "native_login_needed");

    scene.sign_in_at(&browser, "/login/citizen", &own).await;
    assert_eq!(bind().await.location(), "/account?changed");
}

#[tokio::test]
async fn a_citizen_signs_in_at_the_citizens_own_address() {
    let scene = scene(HicosSignIn::UnlessNative).await;
    scene.seed_of(Kind::Citizen, &CITIZEN, State::Active).await;
    let browser = scene.browser();
    let start = browser.challenge().await;
    let answer = signed(&scene.citizens.card(&CITIZEN), &start.challenge);
    let answer = browser
        .post_to("/login/hicos/citizen", &start.token, answer)
        .await;
    assert_eq!(answer.location(), "/account");
}
