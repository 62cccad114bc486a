//! Every page: its headers, its language, what it shows of what was entered.

use axum::{body::Body, http::Request};

use crate::{card::COMPANY, scene::Scene};

const PATHS: [&str; 18] = [
    "/",
    "/account",
    "/apply/company",
    "/apply/citizen",
    "/apply/cardless",
    "/applied",
    "/activation",
    "/sign-in",
    "/password",
    "/activate/unknown",
    "/help",
    "/help/permission_denied",
    "/operator",
    "/nothing",
    "/assets/portal.css",
    "/assets/login.js",
    "/assets/bridge.js",
    "/assets/seal.svg",
];

#[tokio::test]
async fn every_answer_carries_the_security_headers() {
    let scene = Scene::new().await;
    let browser = scene.browser();
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
    let scene = Scene::new().await;
    let browser = scene.browser();
    assert_eq!(browser.get("/").await.header("cache-control"), "no-store");

    let script = browser.get("/assets/login.js").await;
    assert_eq!(script.header("cache-control"), "no-cache");
    let again = Request::get("/assets/login.js").header("if-none-match", script.header("etag"));
    let again = browser.send(again.body(Body::empty()).unwrap()).await;
    assert_eq!((again.status.as_u16(), again.body.as_str()), (304, ""));
}

#[tokio::test]
async fn pages_have_no_inline_script_or_style() {
    let scene = Scene::new().await;
    let browser = scene.browser();
    for path in PATHS.iter().filter(|path| !path.starts_with("/assets/")) {
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
    let scene = Scene::new().await;
    let browser = scene.browser();
    assert_eq!(browser.get("/").await.header("set-cookie"), "");
}

#[tokio::test]
async fn the_home_page_has_the_card_and_the_way_to_an_account() {
    let scene = Scene::new().await;
    let page = scene.browser().get("/").await.body;
    for part in [
        r#"id="card-login""#,
        "工商憑證",
        r#"href="/apply/company""#,
        "建立工商憑證帳號",
        "建立自然人憑證帳號",
        "建立非憑證帳號",
    ] {
        assert!(page.contains(part), "{part}");
    }
}

#[tokio::test]
async fn chinese_comes_first_and_english_is_remembered() {
    let scene = Scene::new().await;
    let browser = scene.browser();
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
            .get("/apply/company")
            .await
            .body
            .contains(r#"<html lang="en">"#)
    );
}

#[tokio::test]
async fn there_is_a_page_for_what_is_not_there() {
    let scene = Scene::new().await;
    let browser = scene.browser();
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
async fn a_database_that_is_broken_gives_a_page_and_a_code_without_its_cause() {
    let scene = Scene::new().await;
    let browser = scene.browser();
    let start = browser.challenge().await;
    for statement in ["DROP TABLE chop_challenges", "DROP TABLE sessions"] {
        scene.execute(statement).await.unwrap();
    }

    let page = browser.get("/account").await;
    let answer = browser.post_card(&start.token, "{}").await;

    assert_eq!(page.status, 500);
    page.shows(&["系統發生問題"]);
    assert!(!page.body.to_lowercase().contains("sql") && !page.body.contains("table"));
    answer.is_code(500, "site_fault");
}

#[tokio::test]
async fn a_proxy_can_ask_whether_a_node_can_serve() {
    let scene = Scene::new().await;
    let browser = scene.browser();
    let healthy = browser.get("/health").await;
    assert_eq!(
        (healthy.status.as_u16(), healthy.body.as_str()),
        (200, "ok\n")
    );
    assert_eq!(healthy.header("set-cookie"), "");
}

#[tokio::test]
async fn every_way_to_end_has_a_page_of_its_own_with_a_next_step() {
    let scene = Scene::new().await;
    let browser = scene.browser();
    let index = browser.get("/help").await.body;
    let mut topics = 0;
    for link in index.split(r#"href="/help/"#).skip(1) {
        let key = link.split('"').next().unwrap();
        let page = browser.get(&format!("/help/{key}")).await;
        assert_eq!(page.status, 200, "{key}");
        page.shows(&["<h1>", r#"class="button" href="/""#]);
        page.hides(&["{n}"]);
        topics += 1;
    }
    assert!(topics > 45, "{topics}");
    assert_eq!(browser.get("/help/nothing").await.status, 404);
    // A state on the way is no end.
    assert_eq!(browser.get("/help/connecting").await.status, 404);
}

#[tokio::test]
async fn how_to_undo_a_block_is_drawn_for_the_browser_in_use_first() {
    let scene = Scene::new().await;
    let browser = scene.browser();
    let request = Request::get("/help/permission_denied").header(
        "user-agent",
        "Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0",
    );
    let page = browser.send(request.body(Body::empty()).unwrap()).await;
    page.shows(&[
        "Chrome",
        "Edge",
        "Firefox",
        "Safari",
        "<svg class=\"drawing\"",
    ]);
    let first = page.body.split("<summary>").nth(1).unwrap();
    assert!(first.starts_with("Firefox"), "{first}");
    assert_eq!(page.body.matches("<details class=\"how\" open>").count(), 1);
}

#[tokio::test]
async fn where_to_get_the_agent_is_the_operators_word() {
    let scene = Scene::with(|settings| {
        settings.agent_download = Some("https://chop.example/get".to_owned());
    });
    let (scene, without) = (scene.await, Scene::new().await);
    let page = scene.browser().get("/help/agent_unreachable").await;
    page.shows(&["https://chop.example/get", "/assets/find-agent.js"]);
    let page = without.browser().get("/help/agent_unreachable").await;
    page.hides(&["chop.example"]);
}

#[tokio::test]
async fn what_is_not_understood_is_a_page_too() {
    let scene = Scene::new().await;
    let browser = scene.browser();
    for path in ["/apply/nobody", "/help/%FF", "/activate/%FF"] {
        let page = browser.get(path).await;
        assert!(page.status.is_client_error(), "{path}");
        page.shows(&["<h1>"]);
    }
}

#[tokio::test]
async fn the_account_shows_names_as_text() {
    let scene = Scene::new().await;
    let blank = crate::card::Blank {
        name: "<img src=x>",
        ..COMPANY
    };
    scene
        .seed_of(portal::Kind::Company, &blank, portal::State::Active)
        .await;
    let browser = scene.browser();
    scene.sign_in(&browser, &scene.card(&blank)).await;
    let page = browser.get("/account").await;
    assert_eq!(page.status, 200);
    page.hides(&["<img src=x>"]);
}
