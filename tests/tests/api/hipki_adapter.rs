//! `@chop/bridge/hipki` in real browsers: one page, with Chop, with the vendor's component, and with
//! neither.

use e2e::browser::{Page, policy};
use e2e::component::Component;
use e2e::namespace::Namespace;
use e2e::pki::Pki;
use e2e::site::{HOST, SITE};
use serde_json::{Value, json};

use crate::browser_scene::{LONG, in_namespace};
use crate::hipki_desk::{Desk, chromium, firefox};

const CHALLENGE: &str = "c2l0ZSdzIGNoYWxsZW5nZSwgYXMgdGV4dCwgb25jZSA=";

/// Opens the page, and clicks its button.
async fn click(page: &impl Page, query: &str) {
    page.goto(&format!("{SITE}/hipki/adapter.html{query}"))
        .await
        .unwrap();
    page.wait_for("window.ready", LONG).await.unwrap();
    page.click("#go").await.unwrap();
}

/// What came of it. Clicks the second button, if the page shows it.
async fn result(page: &impl Page) -> Value {
    let shown = "window.result || !document.getElementById('proceed').hidden";
    page.wait_for(shown, LONG).await.unwrap();
    if page.eval("window.result ?? null").await.unwrap() == Value::Null {
        page.click("#proceed").await.unwrap();
    }
    page.wait_for("window.result", LONG).await.unwrap()
}

async fn component(namespace: &Namespace, desk: &Desk) -> Component {
    let (signing, decrypting) = (desk.signing.clone(), desk.decrypting.clone());
    let authority = Pki::shared().intermediate(e2e::pki::Holder::company().issuer);
    let started = Component::start(namespace.folder(), signing, decrypting, authority).await;
    started.unwrap()
}

async fn signs_in_by_the_component(desk: &Desk, page: &impl Page) {
    click(page, "").await;
    let result = result(page).await;
    let answer = &result["answer"];
    assert_eq!(answer["form"], "cms", "{result}");
    assert_eq!(answer["cardNumber"], "TP00000000000000");
    assert_eq!(desk.verified(&answer["signature"]), CHALLENGE);
    let states = result["states"].as_array().unwrap();
    assert!(states.contains(&json!("pin")), "{result}");
}

#[test]
fn hipki_adapter_signs_in_by_the_component_where_there_is_no_chop() {
    in_namespace(async |namespace| {
        let desk = Desk::without_agent(namespace).await;
        let _component = component(namespace, &desk).await;
        let browser = chromium(&desk).await;
        signs_in_by_the_component(&desk, &browser.page().await.unwrap()).await;
        drop(browser);
        let browser = firefox(&desk).await;
        signs_in_by_the_component(&desk, &browser.page().await.unwrap()).await;
    });
}

#[test]
fn hipki_adapter_signs_in_by_the_component_where_the_browser_lets_it_through() {
    in_namespace(async |namespace| {
        policy::allow_loopback(namespace, HOST).unwrap();
        let desk = Desk::without_agent(namespace).await;
        let _component = component(namespace, &desk).await;
        let browser = chromium(&desk).await;
        let page = browser.page().await.unwrap();
        signs_in_by_the_component(&desk, &page).await;
        // No second click: the browser said that nothing is there.
        let states = page.eval("window.result.states").await.unwrap();
        assert_eq!(states, json!(["connecting", "component", "pin"]));
    });
}

#[test]
fn hipki_adapter_reads_certificates_and_decrypts_by_the_component() {
    in_namespace(async |namespace| {
        policy::allow_loopback(namespace, HOST).unwrap();
        let desk = Desk::without_agent(namespace).await;
        let _component = component(namespace, &desk).await;
        let browser = chromium(&desk).await;
        let page = browser.page().await.unwrap();

        click(&page, "?work=certificates").await;
        let read = result(&page).await;
        let uses: Vec<_> = read["answer"]["certificates"]
            .as_array()
            .unwrap_or_else(|| panic!("{read}"))
            .iter()
            .map(|it| &it["uses"])
            .collect();
        assert_eq!(uses, [&json!(["sign_in", "sign"]), &json!(["decrypt"])]);
        assert_eq!(read["states"], json!(["connecting", "component"]));

        let cipher = desk.encrypted("機密：100% + &").replace("\r\n", "");
        let cipher = cipher.replace('+', "%2B").replace('/', "%2F");
        click(&page, &format!("?work=decrypt#{cipher}")).await;
        assert_eq!(result(&page).await["answer"], "機密：100% + &");
    });
}

#[test]
fn hipki_adapter_says_how_many_tries_the_component_leaves() {
    in_namespace(async |namespace| {
        policy::allow_loopback(namespace, HOST).unwrap();
        let desk = Desk::without_agent(namespace).await;
        let (signing, decrypting) = (desk.signing.clone(), desk.decrypting.clone());
        let authority = Pki::shared().root();
        let folder = namespace.folder();
        let started = Component::with_another_pin(folder, signing, decrypting, authority).await;
        let _component = started.unwrap();
        let browser = chromium(&desk).await;
        let page = browser.page().await.unwrap();
        click(&page, "").await;
        let said = &result(&page).await["error"];
        let expected = json!({ "name": "BridgeError", "code": "pin_wrong", "triesLeft": 2 });
        assert_eq!(said, &expected);
    });
}

async fn signs_in_by_chop(desk: &Desk, page: &impl Page) {
    click(page, "").await;
    desk.enter_pin().await;
    let result = result(page).await;
    assert_eq!(result["answer"]["form"], "assertion", "{result}");
    assert_eq!(result["answer"]["assertion"]["format"], "web-eid:1.0");
    let states = result["states"].as_array().unwrap();
    assert!(!states.contains(&json!("component")) && !states.contains(&json!("pin")));
}

#[test]
fn hipki_adapter_signs_in_by_chop_where_it_is() {
    in_namespace(async |namespace| {
        policy::allow_loopback(namespace, HOST).unwrap();
        let desk = Desk::new(namespace).await;
        let browser = chromium(&desk).await;
        signs_in_by_chop(&desk, &browser.page().await.unwrap()).await;
        drop(browser);
        let browser = firefox(&desk).await;
        signs_in_by_chop(&desk, &browser.page().await.unwrap()).await;
    });
}

#[test]
fn hipki_adapter_finds_chop_in_a_window_where_the_browser_closes_the_direct_way() {
    in_namespace(async |namespace| {
        policy::deny_loopback(namespace, HOST).unwrap();
        let desk = Desk::new(namespace).await;
        let browser = chromium(&desk).await;
        let page = browser.page().await.unwrap();
        click(&page, "").await;
        let shown = "!document.getElementById('proceed').hidden";
        page.wait_for(shown, LONG).await.unwrap();
        page.click("#proceed").await.unwrap();
        desk.enter_pin().await;
        let result = page.wait_for("window.result", LONG).await.unwrap();
        assert_eq!(result["answer"]["form"], "assertion", "{result}");
    });
}

#[test]
fn hipki_adapter_says_so_where_neither_is() {
    in_namespace(async |namespace| {
        policy::allow_loopback(namespace, HOST).unwrap();
        let desk = Desk::without_agent(namespace).await;
        let browser = chromium(&desk).await;
        let page = browser.page().await.unwrap();
        click(&page, "").await;
        let result = result(&page).await;
        assert_eq!(result["error"]["code"], "agent_unreachable", "{result}");
        assert_eq!(result["states"], json!(["connecting", "component"]));
    });
}
