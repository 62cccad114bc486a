//! Chromium with a window: the question that people really see, and the road that needs no answer.

use std::time::Duration;

use e2e::browser::{Answer, Chromium, ChromiumPage, Options, Page as _};
use e2e::display::Display;
use serde_json::json;

use crate::browser_scene::{LONG, Scene, ask, in_namespace, permission, talk_to_popup, visit};

/// Opens the site in a browser with a window, with the keyboard on the page.
async fn open(scene: &Scene, display: &Display) -> (Chromium, ChromiumPage) {
    let options = Options {
        display: Some(display),
        ..Options::default()
    };
    let chromium = Chromium::start(&scene.home, options).await.unwrap();
    let page = chromium.page().await.unwrap();
    visit(&page).await;
    page.click("body").await.unwrap();
    (chromium, page)
}

#[test]
fn browser_prompt_blocked_after_ten_seconds_leaves_the_popup_road() {
    in_namespace(async |_| {
        let display = Display::start().await.unwrap();
        let scene = Scene::new().await;
        let (_chromium, page) = open(&scene, &display).await;

        ask(&page, &scene.agent).await;
        tokio::time::sleep(Duration::from_secs(10)).await;
        // The person may take as long as they like: the page's request is still waiting.
        assert_eq!(
            page.eval("window.answer ?? 'waiting'").await.unwrap(),
            "waiting"
        );
        page.answer_prompt(&display, Answer::Block, LONG)
            .await
            .unwrap();

        assert_eq!(
            page.wait_for("window.answer", LONG).await.unwrap(),
            "failed"
        );
        assert_eq!(permission(&page).await, "denied");
        assert_eq!(scene.agent.seen("/here").len(), 0);
        let answer = talk_to_popup(&page, &scene.agent).await;
        assert_eq!(
            answer,
            json!({ "echo": "sign this", "origin": e2e::site::SITE })
        );
    });
}

#[test]
fn browser_prompt_allowed_lets_the_waiting_request_through() {
    in_namespace(async |_| {
        let display = Display::start().await.unwrap();
        let scene = Scene::new().await;
        let (_chromium, page) = open(&scene, &display).await;

        ask(&page, &scene.agent).await;
        page.answer_prompt(&display, Answer::Allow, LONG)
            .await
            .unwrap();

        assert_eq!(
            page.wait_for("window.answer", LONG).await.unwrap(),
            "the agent"
        );
        assert_eq!(permission(&page).await, "granted");
    });
}
