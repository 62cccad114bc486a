//! The simulated public site in headless Chromium: that it is really gated, and by what it opens.

use e2e::browser::{Chromium, Options, Page as _, policy};
use e2e::site::{HOST, SITE, with_headers};
use serde_json::json;

use crate::browser_scene::{LONG, Scene, in_namespace, permission, talk_to_popup, visit};

#[test]
fn browser_chromium_keeps_a_public_page_from_loopback() {
    in_namespace(async |_| {
        let scene = Scene::new().await;
        let chromium = Chromium::start(&scene.home, Options::default())
            .await
            .unwrap();
        let page = chromium.page().await.unwrap();
        visit(&page).await;

        let answer = page.eval(&scene.agent.fetch("/here")).await.unwrap();

        // Without a window nobody can be asked: refused, and not a single request gets through.
        assert_eq!(answer, "failed");
        assert_eq!(permission(&page).await, "denied");
        assert_eq!(scene.agent.seen("/here").len(), 0);
    });
}

#[test]
fn browser_chromium_lets_a_site_reach_loopback_when_a_policy_names_it() {
    in_namespace(async |namespace| {
        policy::allow_loopback(namespace, HOST).unwrap();
        let scene = Scene::new().await;
        let chromium = Chromium::start(&scene.home, Options::default())
            .await
            .unwrap();
        let page = chromium.page().await.unwrap();
        visit(&page).await;

        let answer = page.eval(&scene.agent.fetch("/here")).await.unwrap();

        assert_eq!(answer, "the agent");
        let seen = scene.agent.seen("/here");
        assert_eq!(seen[0].host, scene.agent.host());
        assert_eq!(seen[0].origin.as_deref(), Some(SITE));
        assert_eq!(seen[0].mode.as_deref(), Some("cors"));
    });
}

#[test]
fn browser_chromium_policy_for_one_site_is_none_for_another() {
    in_namespace(async |namespace| {
        policy::allow_loopback(namespace, HOST).unwrap();
        let scene = Scene::new().await;
        let chromium = Chromium::start(&scene.home, Options::default())
            .await
            .unwrap();
        let page = chromium.page().await.unwrap();
        page.goto("https://site.test.evil.test/blank")
            .await
            .unwrap();

        let answer = page.eval(&scene.agent.fetch("/here")).await.unwrap();

        assert_eq!(answer, "failed");
    });
}

#[test]
fn browser_chromium_policy_can_deny_a_site() {
    in_namespace(async |namespace| {
        policy::deny_loopback(namespace, HOST).unwrap();
        let scene = Scene::new().await;
        let chromium = Chromium::start(&scene.home, Options::default())
            .await
            .unwrap();
        let page = chromium.page().await.unwrap();
        visit(&page).await;

        let state = permission(&page).await;

        assert_eq!(state, "denied");
    });
}

#[test]
fn browser_chromium_popup_needs_a_click_and_no_permission() {
    in_namespace(async |_| {
        let scene = Scene::new().await;
        let chromium = Chromium::start(&scene.home, Options::default())
            .await
            .unwrap();
        let page = chromium.page().await.unwrap();
        visit(&page).await;

        let answer = talk_to_popup(&page, &scene.agent).await;
        let popup = page.popup(LONG).await.unwrap();

        assert_eq!(answer, json!({ "echo": "sign this", "origin": SITE }));
        assert_eq!(permission(&page).await, "prompt");
        assert_eq!(popup.eval("document.title").await.unwrap(), "agent");
        // A popup is a navigation: it has no `Origin`, which is why the agent trusts none without.
        assert_eq!(scene.agent.seen("/popup")[0].origin, None);
    });
}

#[test]
fn browser_chromium_blocks_a_popup_without_a_click() {
    in_namespace(async |_| {
        let scene = Scene::new().await;
        let chromium = Chromium::start(&scene.home, Options::default())
            .await
            .unwrap();
        let page = chromium.page().await.unwrap();
        visit(&page).await;

        let open = format!(
            "window.open('https://{}/popup') === null",
            scene.agent.host()
        );
        let blocked = page.eval(&open).await.unwrap();

        assert_eq!(blocked, true);
        assert_eq!(scene.agent.seen("/popup").len(), 0);
    });
}

#[test]
fn browser_chromium_obeys_the_headers_that_a_test_gives_the_site() {
    in_namespace(async |namespace| {
        policy::allow_loopback(namespace, HOST).unwrap();
        let scene = Scene::new().await;
        let chromium = Chromium::start(&scene.home, Options::default())
            .await
            .unwrap();
        let page = chromium.page().await.unwrap();
        let csp = [("Content-Security-Policy", "connect-src 'self'")];
        page.goto(&with_headers(&format!("{SITE}/blank"), &csp))
            .await
            .unwrap();

        let answer = page.eval(&scene.agent.fetch("/here")).await.unwrap();

        assert_eq!(answer, "failed");
        assert!(
            page.console().contains("Content Security Policy"),
            "{}",
            page.console()
        );
    });
}

#[test]
fn browser_chromium_refuses_a_certificate_that_its_home_does_not_trust() {
    in_namespace(async |_| {
        let scene = Scene::new().await;
        let stranger = tempfile::tempdir().unwrap();
        let home = e2e::trust::Home::new(stranger.path(), &[]).unwrap();
        let chromium = Chromium::start(&home, Options::default()).await.unwrap();
        let page = chromium.page().await.unwrap();

        let refused = page.goto(SITE).await.unwrap_err();

        assert!(
            refused.to_string().contains("ERR_CERT_AUTHORITY_INVALID"),
            "{refused}"
        );
        assert_eq!(scene.site.challenges().len(), 0);
    });
}
