//! Every page: its headers, its language, what it shows of what was entered.

use axum::{body::Body, http::Request};

use crate::{card::COMPANY, scene::Scene};

const PATHS: [&str; 8] = [
    "/",
    "/account",
    "/apply",
    "/nothing",
    "/assets/portal.css",
    "/assets/login.js",
    "/assets/bridge.js",
    "/assets/seal.svg",
];

#[tokio::test]
async fn every_answer_carries_the_security_headers() {
    let browser = Scene::new().await.browser();
    for path in PATHS {
        let answer = browser.get(path).await;
        let policy = answer.header("content-security-policy");
        assert!(
            policy.starts_with("default-src 'none'; script-src 'self';"),
            "{path}"
        );
        assert!(policy.contains("frame-ancestors 'none'"), "{path}");
        assert!(!policy.contains("unsafe"), "{path}");
        for (name, value) in [
            ("cross-origin-opener-policy", "same-origin-allow-popups"),
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("referrer-policy", "same-origin"),
            ("strict-transport-security", "max-age=31536000"),
        ] {
            assert_eq!(answer.header(name), value, "{path} {name}");
        }
    }
}

#[tokio::test]
async fn a_site_on_localhost_says_nothing_about_transport_security() {
    let scene =
        Scene::with(|settings| settings.origin = "https://localhost:8443".parse().unwrap()).await;
    let answer = scene.browser().get("/").await;
    assert_eq!(answer.header("strict-transport-security"), "");
}

#[tokio::test]
async fn pages_are_not_kept_by_the_browser_and_assets_are_asked_for_again() {
    let browser = Scene::new().await.browser();
    assert_eq!(browser.get("/").await.header("cache-control"), "no-store");

    let script = browser.get("/assets/login.js").await;
    assert_eq!(script.header("cache-control"), "no-cache");
    let again = Request::get("/assets/login.js").header("if-none-match", script.header("etag"));
    let again = browser.send(again.body(Body::empty()).unwrap()).await;
    assert_eq!((again.status.as_u16(), again.body.as_str()), (304, ""));
}

#[tokio::test]
async fn pages_have_no_inline_script_or_style() {
    let browser = Scene::new().await.browser();
    for path in ["/", "/apply", "/nothing"] {
        let page = browser.get(path).await.body;
        assert!(
            !page.contains("<style") && !page.contains(" style="),
            "{path}"
        );
        let inline = page
            .split("<script")
            .skip(1)
            .filter(|script| !script.contains(" src="));
        assert_eq!(inline.count(), 0, "{path}");
        assert!(
            !page.contains(" onclick") && !page.contains("javascript:"),
            "{path}"
        );
    }
}

#[tokio::test]
async fn the_first_look_at_the_home_page_makes_no_session() {
    let browser = Scene::new().await.browser();
    assert_eq!(browser.get("/").await.header("set-cookie"), "");
}

#[tokio::test]
async fn the_home_page_has_the_card_and_the_way_to_an_account() {
    let page = Scene::new().await.browser().get("/").await.body;
    for part in [
        r#"id="card-login""#,
        "工商憑證",
        r#"href="/apply""#,
        "建立工商憑證帳號",
    ] {
        assert!(page.contains(part), "{part}");
    }
}

#[tokio::test]
async fn chinese_comes_first_and_english_is_remembered() {
    let browser = Scene::new().await.browser();
    assert!(
        browser
            .get("/")
            .await
            .body
            .contains(r#"<html lang="zh-Hant-TW">"#)
    );
    assert!(
        browser
            .get("/?lang=en")
            .await
            .body
            .contains(r#"<html lang="en">"#)
    );
    assert!(
        browser
            .get("/apply")
            .await
            .body
            .contains(r#"<html lang="en">"#)
    );
}

#[tokio::test]
async fn there_is_a_page_for_what_is_not_there() {
    let browser = Scene::new().await.browser();
    let (missing, wrong) = (browser.get("/nothing").await, browser.get("/logout").await);
    assert_eq!((missing.status.as_u16(), wrong.status.as_u16()), (404, 405));
    assert!(missing.body.contains("找不到這一頁"));
    assert_eq!(missing.header("content-type"), "text/html; charset=utf-8");
    assert!(
        browser
            .get("/nothing?lang=en")
            .await
            .body
            .contains("There is no such page")
    );
}

#[tokio::test]
async fn a_database_that_is_gone_gives_a_page_and_a_code_without_its_cause() {
    let scene = Scene::new().await;
    let browser = scene.browser();
    let start = browser.challenge().await;
    scene.break_database().await;

    let page = browser.get("/account").await;
    let answer = browser.post_card(&start.token, "{}").await;

    assert_eq!(page.status, 500);
    assert!(page.body.contains("系統發生問題"));
    assert!(!page.body.to_lowercase().contains("sql") && !page.body.contains("table"));
    answer.is_code(500, "site_fault");
}

#[tokio::test]
async fn what_is_entered_into_the_form_is_shown_again_and_never_as_html() {
    let browser = Scene::new().await.browser();
    let form = "name=%3Cscript%3Ealert(1)%3C%2Fscript%3E&ban=12345675&representative=%22%3E&\
                address=a&contact=b&phone=c&mail=a%40b.example";

    let page = browser.submit("/apply", form).await;

    assert_eq!(page.status, 200);
    assert!(page.body.contains("資料尚未送出"));
    assert!(!page.body.contains("<script>alert"));
    assert!(page.body.contains("&#60;script&#62;alert(1)"));
}

#[tokio::test]
async fn a_form_with_gaps_comes_back_with_what_was_entered() {
    let browser = Scene::new().await.browser();

    let page = browser
        .submit("/apply", "name=%E6%B8%AC%E8%A9%A6&ban=12345673")
        .await
        .body;

    assert!(page.contains(r#"id="faults""#));
    assert!(page.contains("這不是正確的統一編號"));
    assert!(page.contains(r#"value="測試""#));
    // Every field but the name is at fault.
    assert_eq!(page.matches(r#"aria-invalid="true""#).count(), 6);
}

#[tokio::test]
async fn who_the_card_says_it_is_cannot_be_posted_otherwise() {
    let scene = Scene::new().await;
    let browser = scene.browser();
    scene.sign_in(&browser, &scene.card(&COMPANY)).await;
    let form =
        "name=Evil&ban=04595257&representative=a&address=b&contact=c&phone=d&mail=a%40b.example";

    let page = browser.submit("/apply", form).await.body;

    assert!(page.contains(COMPANY.number) && page.contains(COMPANY.name));
    assert!(!page.contains("04595257") && !page.contains("Evil"));
}

#[tokio::test]
async fn the_account_shows_names_as_text() {
    let scene = Scene::new().await;
    let new = portal::NewAccount {
        kind: portal::Kind::Company,
        state: portal::State::Active,
        subject: COMPANY.number.to_owned(),
        name: "<img src=x>".to_owned(),
        mail: "a@b.example".to_owned(),
    };
    scene.portal.accounts().seed(new).await.unwrap();
    let browser = scene.browser();
    scene.sign_in(&browser, &scene.card(&COMPANY)).await;
    assert!(!browser.get("/account").await.body.contains("<img src=x>"));
}
