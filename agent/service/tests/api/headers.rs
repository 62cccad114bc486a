//! What is on every answer, and what is on none.
//!
//! Spec: docs/protocol.md, "Who asks"; docs/threat-model.md, C-18.

use crate::{
    client::{Http, Page, Reply},
    scene::{Scene, Stage},
};

/// One answer of every kind.
async fn answers(stage: &Stage, http: Http) -> Vec<Reply> {
    let page = || stage.page().over(http);
    let own = || Page::own(stage).over(http);
    let popup = page()
        .without("origin")
        .with("sec-fetch-mode", "navigate")
        .with("sec-fetch-dest", "document");
    vec![
        page().get("/v1/info").await,
        page().ask("OPTIONS", "/v1/info", "").await,
        page().ask("OPTIONS", "/v1/sign-in", "").await,
        page().sign_in().await,
        popup.get("/v1/bridge").await,
        own()
            .post("/v1/bridge/tickets", r#"{"origin":"https://bank.example"}"#)
            .await,
        own().sign_in().await,
        page().get("/").await,
        page().get("/v1/sign-in").await,
        page().post("/v1/sign-in", "{}").await,
        page().with("content-type", "text/plain").sign_in().await,
        page().with("origin", "null").sign_in().await,
        page().named("rebind.example").sign_in().await,
        page().with("x", &"x".repeat(40_000)).sign_in().await,
        page()
            .with("cookie", "a=b\tc")
            .with("x-forwarded-host", "evil.example")
            .get("/v1/info")
            .await,
    ]
}

#[tokio::test]
async fn every_answer_has_the_same_four_and_none_has_what_would_reach_other_programs() {
    for http in [Http::One, Http::Two] {
        let stage = Scene::willing().start().await;
        for reply in answers(&stage, http).await {
            for (name, value) in [
                ("cache-control", "no-store"),
                ("x-content-type-options", "nosniff"),
                ("cross-origin-resource-policy", "same-origin"),
                ("referrer-policy", "no-referrer"),
                ("vary", "origin"),
            ] {
                assert_eq!(reply.header(name), Some(value), "{reply:?}");
            }
            for name in [
                "set-cookie",
                "strict-transport-security",
                "clear-site-data",
                "access-control-allow-credentials",
                "access-control-allow-private-network",
                "server",
                "location",
            ] {
                assert_eq!(reply.header(name), None, "{reply:?}");
            }
            assert_ne!(reply.header("access-control-allow-origin"), Some("*"));
        }
    }
}

#[tokio::test]
async fn a_site_may_read_its_own_refusals_and_nobody_elses() {
    let stage = Scene::willing().start().await;
    let readable = |reply: Reply| {
        reply
            .header("access-control-allow-origin")
            .map(str::to_owned)
    };
    let bank = Some("https://bank.example".to_owned());
    assert_eq!(readable(stage.page().post("/v1/sign-in", "{}").await), bank);
    assert_eq!(readable(stage.page().get("/v1/nothing").await), bank);
    assert_eq!(
        readable(stage.page().with("origin", "null").sign_in().await),
        None
    );
    assert_eq!(
        readable(
            stage
                .page()
                .and("origin", "https://b.example")
                .sign_in()
                .await
        ),
        None
    );
    assert_eq!(
        readable(stage.page().named("rebind.example").sign_in().await),
        None
    );
}
