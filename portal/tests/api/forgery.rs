//! What another site can make a browser send. Spec: threats C-4, C-25.

use axum::{body::Body, http::Request};

use crate::{
    browser::{Answer, Browser},
    card::COMPANY,
    scene::{ORIGIN, Scene},
};

async fn post(browser: &Browser, path: &str, headers: &[(&str, &str)], body: String) -> Answer {
    let mut request = Request::post(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    browser.send(request.body(Body::from(body)).unwrap()).await
}

#[tokio::test]
async fn an_assertion_without_the_token_is_refused() {
    let (scene, _) = Scene::with_account().await;
    let browser = scene.browser();
    let start = browser.challenge().await;
    let assertion = scene.card(&COMPANY).sign(ORIGIN, &start.challenge);

    let answer = post(&browser, "/login/company", &[("origin", ORIGIN)], assertion).await;

    answer.is_code(403, "request_refused");
}

#[tokio::test]
async fn an_assertion_with_a_guessed_token_is_refused() {
    let (scene, _) = Scene::with_account().await;
    let browser = scene.browser();
    let start = browser.challenge().await;
    let assertion = scene.card(&COMPANY).sign(ORIGIN, &start.challenge);

    let answer = browser.post_card(&"A".repeat(43), assertion).await;

    answer.is_code(409, "challenge_gone");
}

#[tokio::test]
async fn an_assertion_from_another_site_is_refused_and_leaves_the_challenge() {
    let (scene, _) = Scene::with_account().await;
    let browser = scene.browser();
    let start = browser.challenge().await;
    let assertion = scene.card(&COMPANY).sign(ORIGIN, &start.challenge);

    for headers in [
        &[("x-csrf-token", start.token.as_str())][..],
        &[("x-csrf-token", &start.token), ("origin", "null")],
        &[
            ("x-csrf-token", &start.token),
            ("origin", "https://evil.example"),
        ],
        &[
            ("x-csrf-token", &start.token),
            ("origin", ORIGIN),
            ("sec-fetch-site", "cross-site"),
        ],
    ] {
        let answer = post(&browser, "/login/company", headers, assertion.clone()).await;
        answer.is_code(403, "request_refused");
    }
    assert_eq!(
        browser.post_card(&start.token, assertion).await.location(),
        "/account"
    );
}

#[tokio::test]
async fn another_site_gets_no_challenge_and_no_cookie() {
    let scene = Scene::new().await;
    let browser = scene.browser();
    let headers = [("origin", "https://evil.example")];

    let answer = post(&browser, "/login/challenge", &headers, String::new()).await;

    answer.is_code(403, "request_refused");
    assert_eq!(browser.session(), None);
}

#[tokio::test]
async fn the_session_has_another_id_after_the_sign_in_and_the_old_one_is_dead() {
    let (scene, _) = Scene::with_account().await;
    let browser = scene.browser();
    let start = browser.challenge().await;
    let before = browser.session().unwrap();

    browser
        .post_card(
            &start.token,
            scene.card(&COMPANY).sign(ORIGIN, &start.challenge),
        )
        .await;

    assert_ne!(browser.session().unwrap(), before);
    let fixated = scene.browser();
    fixated.plant(&before);
    assert_eq!(fixated.get("/account").await.header("location"), "/");
}

#[tokio::test]
async fn the_session_has_another_id_for_the_application_form() {
    let scene = Scene::new().await;
    let browser = scene.browser();
    let start = browser.challenge().await;
    let before = browser.session().unwrap();

    browser
        .post_card(
            &start.token,
            scene.card(&COMPANY).sign(ORIGIN, &start.challenge),
        )
        .await;

    let fixated = scene.browser();
    fixated.plant(&before);
    assert!(
        !fixated
            .get("/apply/company")
            .await
            .body
            .contains(COMPANY.number)
    );
}

#[tokio::test]
async fn a_made_up_session_id_is_never_taken_over() {
    let scene = Scene::new().await;
    let browser = scene.browser();
    browser.plant("AAAAAAAAAAAAAAAAAAAAAA");

    browser.challenge().await;

    assert_ne!(browser.session().unwrap(), "AAAAAAAAAAAAAAAAAAAAAA");
}

#[tokio::test]
async fn the_cookie_is_for_this_host_https_and_no_script() {
    let scene = Scene::new().await;
    let browser = scene.browser();
    let headers = [("origin", ORIGIN)];
    let answer = post(&browser, "/login/challenge", &headers, String::new());
    let cookie = answer.await.header("set-cookie").to_owned();
    assert!(cookie.starts_with("__Host-portal="), "{cookie}");
    for flag in ["; Secure", "; HttpOnly", "; SameSite=Lax", "; Path=/"] {
        assert!(cookie.contains(flag), "{cookie}");
    }
    // Without an end it goes with the browser: people share computers.
    for flag in ["Domain", "Max-Age", "Expires"] {
        assert!(!cookie.contains(flag), "{cookie}");
    }
}

#[tokio::test]
async fn signing_out_ends_the_session() {
    let (scene, _) = Scene::with_account().await;
    let browser = scene.browser();
    scene.sign_in(&browser, &scene.card(&COMPANY)).await;
    let session = browser.session().unwrap();
    browser.get("/account").await;

    let answer = browser.submit("/logout", &[]).await;

    assert_eq!(
        (answer.status.as_u16(), answer.header("location")),
        (303, "/")
    );
    assert_eq!(browser.session(), None);
    let thief = scene.browser();
    thief.plant(&session);
    assert_eq!(thief.get("/account").await.header("location"), "/");
}

#[tokio::test]
async fn nobody_is_signed_out_without_the_token_or_by_another_site() {
    let (scene, _) = Scene::with_account().await;
    let browser = scene.browser();
    scene.sign_in(&browser, &scene.card(&COMPANY)).await;

    browser.get("/account").await;
    let token = browser.form_token();
    let guess = [("csrf_token", "guess")];
    let guessed = browser.post_form("/logout", ORIGIN, &guess).await;
    let without = browser.post_form("/logout", ORIGIN, &[]).await;
    let stolen = [("csrf_token", token.as_str())];
    let forged = browser
        .post_form("/logout", "https://evil.example", &stolen)
        .await;

    for answer in [guessed, without, forged] {
        assert_eq!(answer.status, 403);
        answer.shows(&["這個動作沒有執行"]);
    }
    assert_eq!(browser.get("/account").await.status, 200);
}

#[tokio::test]
async fn no_form_of_the_site_is_taken_without_its_token() {
    let (scene, browser, _) = crate::exemptions::signed_in().await;
    let exemption = crate::exemptions::made(&browser).await;
    for path in [
        "/apply/company",
        "/apply/citizen",
        "/apply/cardless",
        "/activate/AAAA",
        "/activation",
        "/pending",
        "/bind",
        "/bind/citizen",
        "/sign-in",
        "/logout",
        "/password",
        "/password/AAAA",
        "/mail/AAAA",
        "/account/profile",
        "/account/sessions",
        "/account/sign-out-everywhere",
        "/account/password",
        "/account/exemptions/new",
        &exemption,
    ] {
        for token in [&[][..], &[("csrf_token", "guess")]] {
            let answer = browser.post_form(path, ORIGIN, token).await;
            assert_eq!(answer.status, 403, "{path}");
            answer.shows(&["這個動作沒有執行"]);
        }
    }
    assert_eq!(browser.get("/account").await.status, 200);
    assert_eq!(browser.get(&exemption).await.status, 200);
    assert_eq!(scene.rows("SELECT COUNT(*) FROM exemptions").await, 1);
}

#[tokio::test]
async fn no_form_of_an_operator_is_taken_without_its_token() {
    let (scene, browser) = crate::operators::operated().await;
    let account = scene.seed(portal::State::Active).await;
    let path = format!("/operator/accounts/{}", account.number);
    for (path, fields) in [
        (path.as_str(), &[("what", "disable")][..]),
        ("/operator/cards", &[("id", "a"), ("what", "bind")]),
        ("/operator/mail", &[("id", "a")]),
        ("/operator/audit/export", &[]),
    ] {
        for token in [&[][..], &[("csrf_token", "guess")]] {
            let fields = [token, fields].concat();
            let answer = browser.post_form(path, ORIGIN, &fields).await;
            assert_eq!(answer.status, 403, "{path}");
            answer.shows(&["這個動作沒有執行"]);
        }
    }
    let state = scene.account(&account.number).await.state;
    assert_eq!(state, portal::State::Active);
    let exported = "SELECT COUNT(*) FROM audit WHERE action = 'exported'";
    assert_eq!(scene.rows(exported).await, 0);
}

#[tokio::test]
async fn a_token_of_another_browser_is_worth_nothing() {
    let scene = Scene::new().await;
    let (victim, attacker) = (scene.browser(), scene.browser());
    attacker.get("/sign-in").await;
    victim.get("/sign-in").await;

    let token = attacker.form_token();
    let answer = victim
        .post_form(
            "/sign-in",
            ORIGIN,
            &[("csrf_token", &token), ("number", "IN1")],
        )
        .await;

    assert_eq!(answer.status, 403);
    answer.shows(&["這個動作沒有執行"]);
}
