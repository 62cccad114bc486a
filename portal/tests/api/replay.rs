//! A challenge works once, soon, and in its own session. Spec: threats C-24, C-25.

use std::sync::Arc;

use tokio::{sync::Barrier, task::JoinSet};

use crate::{
    card::COMPANY,
    scene::{ORIGIN, Scene},
};

#[tokio::test]
async fn a_challenge_works_once() {
    let (scene, _) = Scene::with_account().await;
    let (browser, card) = (scene.browser(), scene.card(&COMPANY));
    let start = browser.challenge().await;
    let assertion = card.sign(ORIGIN, &start.challenge);
    let session = browser.session().unwrap();

    let first = browser.post_card(&start.token, assertion.clone()).await;
    let again = browser.post_card(&start.token, assertion.clone()).await;
    let replay = scene.browser();
    replay.plant(&session);
    let replayed = replay.post_card(&start.token, assertion).await;

    assert_eq!(first.location(), "/account");
    again.is_code(409, "challenge_gone");
    replayed.is_code(409, "challenge_gone");
}

#[tokio::test]
async fn a_challenge_is_used_up_by_an_attempt_that_fails() {
    let (scene, _) = Scene::with_account().await;
    let (browser, card) = (scene.browser(), scene.card(&COMPANY));
    let start = browser.challenge().await;
    let elsewhere = card.sign("https://evil.example", &start.challenge);

    browser
        .post_card(&start.token, elsewhere)
        .await
        .is_code(403, "signature_mismatch");

    let here = card.sign(ORIGIN, &start.challenge);
    browser
        .post_card(&start.token, here)
        .await
        .is_code(409, "challenge_gone");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_posts_at_once_exactly_one_signs_in() {
    const POSTS: usize = 16;
    let (scene, account) = Scene::with_account().await;
    let (browser, card) = (scene.browser(), scene.card(&COMPANY));
    let start = browser.challenge().await;
    let assertion = card.sign(ORIGIN, &start.challenge);
    let gate = Arc::new(Barrier::new(POSTS));

    let mut posts = JoinSet::new();
    for _ in 0..POSTS {
        let (gate, token, assertion) = (Arc::clone(&gate), start.token.clone(), assertion.clone());
        let tab = scene.browser();
        tab.plant(&browser.session().unwrap());
        posts.spawn(async move {
            gate.wait().await;
            tab.post_card(&token, assertion).await
        });
    }
    let answers = posts.join_all().await;

    let (won, lost): (Vec<_>, Vec<_>) = answers
        .iter()
        .partition(|answer| answer.location() == "/account");
    assert_eq!(won.len(), 1);
    for answer in lost {
        answer.is_code(409, "challenge_gone");
    }
    let audit = scene.portal.audit();
    let sign_ins = audit.sign_ins(&account.number, 10).await.unwrap();
    assert_eq!(sign_ins.len(), 1);
}

#[tokio::test]
async fn a_challenge_of_another_session_is_refused_and_stays_with_its_owner() {
    let (scene, _) = Scene::with_account().await;
    let (victim, attacker) = (scene.browser(), scene.browser());
    let card = scene.card(&COMPANY);
    let start = attacker.challenge().await;
    victim.challenge().await;
    let assertion = card.sign(ORIGIN, &start.challenge);

    let forged = victim.post_card(&start.token, assertion.clone()).await;

    forged.is_code(409, "challenge_gone");
    assert_eq!(victim.get("/account").await.location(), "/");
    let own = attacker.post_card(&start.token, assertion).await;
    assert_eq!(own.location(), "/account");
}

#[tokio::test]
async fn an_assertion_for_another_challenge_of_the_same_session_is_refused() {
    let (scene, _) = Scene::with_account().await;
    let (browser, card) = (scene.browser(), scene.card(&COMPANY));
    let (one, other) = (browser.challenge().await, browser.challenge().await);

    let swapped = browser
        .post_card(&one.token, card.sign(ORIGIN, &other.challenge))
        .await;

    swapped.is_code(403, "signature_mismatch");
}

#[tokio::test]
async fn a_challenge_older_than_five_minutes_is_refused() {
    let (scene, _) = Scene::with_account().await;
    let (browser, card) = (scene.browser(), scene.card(&COMPANY));
    let (soon, late) = (browser.challenge().await, scene.browser());
    let too_late = late.challenge().await;

    scene.later(4);
    let in_time = browser
        .post_card(&soon.token, card.sign(ORIGIN, &soon.challenge))
        .await;
    scene.later(2);
    let expired = late
        .post_card(&too_late.token, card.sign(ORIGIN, &too_late.challenge))
        .await;

    assert_eq!(in_time.location(), "/account");
    expired.is_code(409, "challenge_gone");
}

#[tokio::test]
async fn two_windows_of_one_browser_can_sign_in_side_by_side() {
    let scene = Scene::new().await;
    let (browser, card) = (scene.browser(), scene.card(&COMPANY));
    let (_, second) = (browser.challenge().await, browser.challenge().await);

    let answer = browser
        .post_card(&second.token, card.sign(ORIGIN, &second.challenge))
        .await;

    assert_eq!(answer.location(), "/apply/company");
}

#[tokio::test]
async fn a_fifth_challenge_takes_the_place_of_the_first() {
    let (scene, _) = Scene::with_account().await;
    let (browser, card) = (scene.browser(), scene.card(&COMPANY));
    let first = browser.challenge().await;
    for _ in 0..4 {
        scene.later(1);
        browser.challenge().await;
    }

    let answer = browser
        .post_card(&first.token, card.sign(ORIGIN, &first.challenge))
        .await;

    answer.is_code(409, "challenge_gone");
}

#[tokio::test]
async fn challenges_are_of_32_bytes_and_never_the_same() {
    let scene = Scene::new().await;
    let browser = scene.browser();
    let (one, other) = (browser.challenge().await, browser.challenge().await);
    assert_eq!(one.challenge.len(), 44);
    assert_ne!(one.challenge, other.challenge);
    assert_ne!(one.token, other.token);
}
