//! The simulated public site in headless Firefox: that it is really gated, and by what it opens.

use e2e::browser::{Answer, Firefox, Options, Page as _, policy};
use e2e::site::{HOST, SITE};
use serde_json::json;

use crate::browser_scene::{LONG, Scene, ask, in_namespace, permission, talk_to_popup, visit};

#[test]
fn browser_firefox_asks_before_a_public_page_reaches_loopback() {
    in_namespace(async |_| {
        let scene = Scene::new().await;
        let firefox = Firefox::start(&scene.home, Options::default())
            .await
            .unwrap();
        let page = firefox.page().await.unwrap();
        visit(&page).await;

        ask(&page, &scene.agent).await;
        let prompt = firefox.answer_prompt(Answer::Block, LONG).await.unwrap();

        assert_eq!(
            page.wait_for("window.answer", LONG).await.unwrap(),
            "failed"
        );
        assert_eq!(prompt, "loopback-network");
        assert_eq!(permission(&page).await, "denied");
        assert_eq!(scene.agent.seen("/here").len(), 0);
    });
}

#[test]
fn browser_firefox_lets_a_page_through_when_the_person_allows_it() {
    in_namespace(async |_| {
        let scene = Scene::new().await;
        let firefox = Firefox::start(&scene.home, Options::default())
            .await
            .unwrap();
        let page = firefox.page().await.unwrap();
        visit(&page).await;

        ask(&page, &scene.agent).await;
        firefox.answer_prompt(Answer::Allow, LONG).await.unwrap();

        assert_eq!(
            page.wait_for("window.answer", LONG).await.unwrap(),
            "the agent"
        );
    });
}

#[test]
fn browser_firefox_lets_a_site_reach_loopback_when_a_policy_names_it() {
    in_namespace(async |namespace| {
        policy::allow_loopback(namespace, HOST).unwrap();
        let scene = Scene::new().await;
        let firefox = Firefox::start(&scene.home, Options::default())
            .await
            .unwrap();
        let page = firefox.page().await.unwrap();
        visit(&page).await;

        let answer = page.eval(&scene.agent.fetch("/here")).await.unwrap();

        assert_eq!(answer, "the agent");
        let seen = scene.agent.seen("/here");
        assert_eq!(seen[0].host, scene.agent.host());
        assert_eq!(seen[0].origin.as_deref(), Some(SITE));
    });
}

#[test]
fn browser_firefox_popup_needs_no_permission() {
    in_namespace(async |_| {
        let scene = Scene::new().await;
        let firefox = Firefox::start(&scene.home, Options::default())
            .await
            .unwrap();
        let page = firefox.page().await.unwrap();
        visit(&page).await;

        let answer = talk_to_popup(&page, &scene.agent).await;
        let popup = page.popup(LONG).await.unwrap();

        assert_eq!(answer, json!({ "echo": "sign this", "origin": SITE }));
        assert_eq!(permission(&page).await, "prompt");
        assert_eq!(popup.eval("document.title").await.unwrap(), "agent");
        assert_eq!(scene.agent.seen("/popup")[0].origin, None);
    });
}
