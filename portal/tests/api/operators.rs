//! The operator's pages: for cards on the list, and for nobody else.

use axum::{body::Body, http::Request};
use http_body_util::BodyExt as _;
use portal::{Kind, State};

use crate::{
    applying::{FIELDS, apply},
    browser::Browser,
    card::{Blank, CITIZEN, COMPANY},
    scene::{MAIL, Scene},
};

const OPERATOR: Blank = Blank {
    number: "9999000000000001",
    name: "管理員",
    ..COMPANY
};

const PAGES: [&str; 6] = [
    "/operator",
    "/operator/accounts",
    "/operator/cards",
    "/operator/mail",
    "/operator/audit",
    "/operator/trust",
];

pub(crate) async fn operated() -> (Scene, Browser) {
    let scene = Scene::with(|settings| {
        settings.operators = vec!["citizen:9999000000000001".parse().unwrap()];
    })
    .await;
    let browser = scene.browser();
    let card = scene.citizens.card(&OPERATOR);
    let answer = scene.sign_in_at(&browser, "/operator/login", &card).await;
    assert_eq!(answer.location(), "/operator");
    (scene, browser)
}

#[tokio::test]
async fn a_card_on_the_list_opens_every_page() {
    let (_scene, browser) = operated().await;
    for path in PAGES {
        let page = browser.get(path).await;
        assert_eq!(page.status, 200, "{path}");
        page.shows(&["管理員", "<h1>"]);
    }
}

#[tokio::test]
async fn nobody_else_does() {
    let (scene, _) = operated().await;
    let stranger = scene.browser();
    scene
        .sign_in_at(&stranger, "/operator/login", &scene.citizens.card(&CITIZEN))
        .await
        .is_code(403, "not_an_operator");
    // A company with the same digits is somebody else.
    scene
        .sign_in_at(&stranger, "/operator/login", &scene.card(&COMPANY))
        .await
        .is_code(403, "not_an_operator");
    scene.seed(State::Active).await;
    scene.sign_in(&stranger, &scene.card(&COMPANY)).await;
    for path in &PAGES[1..] {
        let answer = stranger.get(path).await;
        assert_eq!(
            (answer.status.as_u16(), answer.header("location")),
            (303, "/operator")
        );
        let posted = stranger.submit(path, &[]).await;
        assert!(posted.status.is_client_error(), "{path}");
    }
    stranger.get("/operator").await.shows(&["管理者登入"]);
    let export = stranger.submit("/operator/audit/export", &[]).await;
    assert_eq!(export.status, 403);
}

#[tokio::test]
async fn an_operators_card_is_no_account() {
    let (scene, browser) = operated().await;
    assert_eq!(browser.get("/account").await.header("location"), "/");
    let card = scene.citizens.card(&OPERATOR);
    let answer = scene.sign_in_at(&browser, "/login/citizen", &card).await;
    assert_eq!(answer.location(), "/apply/citizen");
    // As an applicant the browser is no operator's any more.
    assert_eq!(
        browser.get("/operator/audit").await.header("location"),
        "/operator"
    );
}

#[tokio::test]
async fn whoever_is_struck_off_the_list_is_out_at_once() {
    let (scene, browser) = operated().await;
    let mut settings = portal::Settings::default();
    settings.origin = crate::scene::ORIGIN.parse().unwrap();
    settings.database.clone_from(&scene.database.url);
    let node = portal::Portal::open(settings).await.unwrap();
    let there = Browser::new(node.router());
    there.plant(&browser.session().unwrap());
    assert_eq!(
        there.get("/operator/audit").await.header("location"),
        "/operator"
    );
}

#[tokio::test]
async fn accounts_are_found_shown_closed_and_opened() {
    let (scene, browser) = operated().await;
    let account = scene.seed(State::Active).await;
    let holder = scene.browser();
    scene.sign_in(&holder, &scene.card(&COMPANY)).await;
    for query in [&account.number, COMPANY.number, "%E6%B8%AC", "office", ""] {
        let page = browser.get(&format!("/operator/accounts?q={query}")).await;
        page.shows(&[&account.number]);
    }
    browser
        .get("/operator/accounts?q=nobody")
        .await
        .shows(&["沒有符合的帳號"]);
    let path = format!("/operator/accounts/{}", account.number);
    browser
        .get(&path)
        .await
        .shows(&[COMPANY.name, MAIL, "登入"]);

    browser.submit(&path, &[("what", "disable")]).await;
    assert_eq!(scene.account(&account.number).await.state, State::Disabled);
    assert_eq!(holder.get("/account").await.header("location"), "/");
    browser
        .get(&path)
        .await
        .shows(&["重新開放", "citizen:9999000000000001"]);
    browser.submit(&path, &[("what", "enable")]).await;
    assert_eq!(scene.account(&account.number).await.state, State::Active);

    let odd = browser.submit(&path, &[("what", "delete")]).await;
    assert_eq!(odd.status, 400);
    assert_eq!(browser.get("/operator/accounts/IC0").await.status, 404);
}

#[tokio::test]
async fn an_account_that_was_never_active_is_not_made_active_by_closing_and_opening() {
    let (scene, browser) = operated().await;
    let account = scene.seed(State::Pending).await;
    let path = format!("/operator/accounts/{}", account.number);
    for what in ["disable", "enable"] {
        browser.get(&path).await;
        browser.submit(&path, &[("what", what)]).await;
    }
    assert_eq!(scene.account(&account.number).await.state, State::Pending);
}

#[tokio::test]
async fn a_mail_is_sent_again_and_one_that_was_given_up_is_tried_anew() {
    let (scene, browser) = operated().await;
    scene.mail.refuse(Some("550 no such mailbox"));
    apply(&scene.browser(), "company", &FIELDS).await;
    scene.portal.deliver().await.unwrap();
    let page = browser.get("/operator/mail").await;
    page.shows(&["寄不出去", "no such mailbox"]);
    scene.mail.refuse(None);

    let id = page.field("id");
    browser.submit("/operator/mail", &[("id", &id)]).await;
    let letter = scene.letter(0).await;
    let number = letter.text.split("IC").nth(1).unwrap().get(..10).unwrap();
    let path = format!("/operator/accounts/IC{number}");
    browser.get(&path).await;
    browser.submit(&path, &[("what", "resend")]).await;

    scene.letter(1).await;
}

#[tokio::test]
async fn the_audit_log_is_exported_whole_and_that_is_written_down() {
    let (scene, browser) = operated().await;
    scene.seed(State::Active).await;
    for _ in 0..3 {
        scene.sign_in(&scene.browser(), &scene.card(&COMPANY)).await;
    }
    scene.later(2);
    browser
        .get("/operator/audit")
        .await
        .shows(&["登入", "0a1b2c"]);

    let export = browser.submit("/operator/audit/export", &[]).await;

    assert_eq!(export.header("content-type"), "application/x-ndjson");
    assert!(export.header("content-disposition").contains("attachment"));
    let rows: Vec<serde_json::Value> = export
        .body
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let signed_in = rows
        .iter()
        .filter(|row| row["action"] == "signed_in")
        .count();
    // Three of the company, one of the operator.
    assert_eq!((rows.len(), signed_in), (5, 4));
    let newest = scene.portal.audit().before("", "", 1).await.unwrap();
    assert_eq!(newest[0].action, "exported");
}

/// What has an end looks whole.
#[tokio::test]
async fn an_export_that_fails_in_the_middle_has_no_end() {
    let (scene, browser) = operated().await;
    scene
        .execute(
            "INSERT INTO audit (id, at, actor, action, account, certificate_serial, \
             certificate_sha256, client, detail) \
             WITH RECURSIVE n(i) AS (SELECT 10001 UNION ALL SELECT i + 1 FROM n WHERE i < 15000) \
             SELECT CAST(i AS TEXT), 0, 'system', 'odd', '', '', '', '', '' FROM n",
        )
        .await
        .unwrap();
    browser.get("/operator/audit").await;
    let token = browser.form_token();
    let request = Request::post("/operator/audit/export")
        .header("origin", crate::scene::ORIGIN)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Body::from(format!("csrf_token={token}")));
    let response = browser.open(request.unwrap()).await;
    assert_eq!(response.status(), 200);
    let mut body = response.into_body();
    body.frame().await.unwrap().unwrap();

    scene
        .execute("ALTER TABLE audit RENAME TO elsewhere")
        .await
        .unwrap();

    let mut parts = 1;
    let end = loop {
        match body.frame().await {
            Some(Ok(_)) => parts += 1,
            end => break end,
        }
    };
    assert!(parts < 10 && matches!(end, Some(Err(_))), "{parts}");
}

#[tokio::test]
async fn whom_the_site_trusts_is_shown() {
    let (_scene, browser) = operated().await;
    let page = browser.get("/operator/trust").await;
    page.shows(&[
        "工商憑證管理中心",
        "內政部憑證管理中心",
        "companies.pem",
        "SHA-256",
    ]);
}

#[tokio::test]
async fn figures_are_given_on_their_own_listener_alone() {
    let (scene, browser) = operated().await;
    scene.seed_of(Kind::Company, &COMPANY, State::Active).await;
    scene.sign_in(&scene.browser(), &scene.card(&COMPANY)).await;
    assert_eq!(browser.get("/metrics").await.status, 404);

    let figures = Browser::new(scene.portal.metrics()).get("/metrics").await;

    figures.shows(&[
        r#"portal_card_logins_total{outcome="account"} 1"#,
        r#"portal_accounts{kind="company",state="active"} 1"#,
        r#"portal_letters{state="waiting"} 0"#,
    ]);
    figures.hides(&[COMPANY.number, OPERATOR.number]);
}
