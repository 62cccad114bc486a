//! Pages written for HiCOS, in real browsers, against the real agent with a card like GPKI's: they
//! do not notice a difference, except that the person is asked.

use std::process::Stdio;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use e2e::browser::{Page, policy};
use e2e::pki::Holder;
use e2e::site::{HOST, SITE};
use serde_json::{Value, json};
use tokio::process::Command;

use crate::browser_scene::{LONG, in_namespace};
use crate::hipki_desk::{Desk, allow, chromium, click, firefox, in_both, openssl, result};

async fn demo(desk: &Desk, page: &impl Page) {
    click(page, "demo.html").await;
    desk.answer("Chop － 使用卡片").await;
    let result = result(page).await;
    assert_eq!(result["events"], json!(["getTbs", "sign"]));
    let ret = &result["ret"];
    assert_eq!(
        (&ret["ret_code"], &ret["last_error"]),
        (&json!(0), &json!(0))
    );
    assert_eq!(desk.verified(&ret["signature"]), "登入 <a&b> 100% +");
    let certificate = BASE64_STANDARD.encode(&desk.signing.certificate);
    assert_eq!(ret["certb64"], certificate);
}

#[test]
fn hipki_demonstration_page_signs_once_the_person_has_let_it_in() {
    in_namespace(async |namespace| {
        // No permission of the browser is needed for a popup.
        let desk = Desk::new(namespace).await;
        in_both!(desk, demo);
    });
}

async fn version(desk: &Desk, page: &impl Page) {
    // Nobody has been let in: one reader with a card, whatever there is.
    let unknown = json!({
        "slots": 1, "reader": "Chop 0", "hasCard": true, "number": null, "isNew": true, "code": true
    });
    click(page, "version.html").await;
    assert_eq!(result(page).await, unknown);
    for call in ["byCanvas(300)", "byBytes()", "byText()"] {
        page.eval(&format!("{call}, 0")).await.unwrap();
        assert_eq!(result(page).await, unknown, "{call}");
    }
    assert!(desk.no_window().await);
}

#[test]
fn hipki_version_page_reads_the_image_in_every_way() {
    in_namespace(async |namespace| {
        policy::allow_loopback(namespace, HOST).unwrap();
        let desk = Desk::new(namespace).await;
        in_both!(desk, version);
    });
}

#[test]
fn hipki_version_page_sees_the_card_once_it_was_let_in() {
    in_namespace(async |namespace| {
        policy::allow_loopback(namespace, HOST).unwrap();
        allow(namespace, "read");
        let desk = Desk::new(namespace).await;
        let browser = chromium(&desk).await;
        let page = browser.page().await.unwrap();
        click(&page, "version.html").await;
        let seen = result(&page).await;
        assert_eq!(seen["number"], desk.card_number().await);
    });
}

#[test]
fn hipki_version_page_fails_where_the_browser_does_not_let_it_through() {
    in_namespace(async |namespace| {
        policy::deny_loopback(namespace, HOST).unwrap();
        let desk = Desk::new(namespace).await;
        let browser = chromium(&desk).await;
        let page = browser.page().await.unwrap();
        click(&page, "version.html").await;
        assert_eq!(result(&page).await["ret_code"], 1_979_711_501);
    });
}

async fn documents(desk: &Desk, page: &impl Page) {
    click(page, "documents.html").await;
    let result = result(page).await;
    let answers = result["answers"]
        .as_array()
        .unwrap_or_else(|| panic!("{result}"));
    let contents = answers
        .iter()
        .map(|answer| desk.verified(&answer["signature"]));
    assert_eq!(contents.collect::<Vec<_>>(), ["甲", "乙", "丙"]);
    assert!(desk.no_window().await);
}

#[test]
fn hipki_document_system_signs_popup_after_popup_under_one_name() {
    in_namespace(async |namespace| {
        policy::allow_loopback_and_popups(namespace, HOST).unwrap();
        allow(namespace, "sign");
        let desk = Desk::new(namespace).await;
        in_both!(desk, documents);
    });
}

async fn library(desk: &Desk, page: &impl Page) {
    click(page, "library.html").await;
    let result = result(page).await;
    let answer = &result["answer"];
    assert_eq!(answer["ret_code"], 0, "{result}");
    assert_eq!(desk.verified(&answer["signature"]), "nonce-of-the-site");
    let number = answer["cardSN"].as_str().unwrap();
    let readers = result["readers"].as_object().unwrap();
    assert_eq!(readers.values().collect::<Vec<_>>(), [number]);
    let text = desk.asn1(&answer["signature"]);
    assert!(
        text.contains("2.16.886.1.100.2.204") && text.contains(number),
        "{text}"
    );
    assert!(
        text.contains("1.2.840.113549.1.9.25.3") && text.contains("A1B2C3"),
        "{text}"
    );
}

#[test]
fn hipki_vendor_library_finds_the_same_card_number_twice() {
    in_namespace(async |namespace| {
        policy::allow_loopback_and_popups(namespace, HOST).unwrap();
        allow(namespace, "sign");
        let desk = Desk::new(namespace).await;
        in_both!(desk, library);
    });
}

async fn certificates(page: &impl Page) {
    let mut read = result(page).await;
    let until = read["validUntil"].take();
    assert!(until.as_i64().unwrap() > 2026, "{until}");
    assert_eq!(
        read,
        json!({
            "reader": read["reader"],
            "label": "cert1",
            "sameLast": true,
            "number": Holder::company().number,
            "subjectID": Holder::company().number,
            "authority": read["issuer"],
            "issuer": "C=TW,O=測試憑證機構,OU=測試工商憑證管理中心",
            "validUntil": null,
            "encryption": "S0VZWA==",
            "keys": ["0U0lHTg==", "0S0VZWA=="],
            "isNew": true,
        })
    );
}

#[test]
fn hipki_certificates_are_told_when_the_person_allows_it() {
    in_namespace(async |namespace| {
        let desk = Desk::new(namespace).await;
        let browser = chromium(&desk).await;
        let page = browser.page().await.unwrap();
        click(&page, "certificates.html").await;
        desk.answer("Chop － 使用卡片").await;
        certificates(&page).await;
        // Who was let in can look again for a while.
        let browser = firefox(&desk).await;
        let page = browser.page().await.unwrap();
        click(&page, "certificates.html").await;
        certificates(&page).await;
        assert!(desk.no_window().await);
    });
}

#[test]
fn hipki_page_is_told_that_the_person_said_no() {
    in_namespace(async |namespace| {
        let desk = Desk::new(namespace).await;
        let browser = chromium(&desk).await;
        let page = browser.page().await.unwrap();
        click(&page, "certificates.html").await;
        desk.refuse("Chop － 使用卡片").await;
        assert_eq!(result(&page).await["code"], 0x7600_0031);
    });
}

async fn bare(_: &Desk, page: &impl Page) {
    click(page, "bare.html").await;
    let verified = result(page).await;
    assert_eq!(verified, json!({ "verified": [true, true, true, true] }));
}

#[test]
fn hipki_bare_signatures_verify_in_the_page_itself() {
    in_namespace(async |namespace| {
        policy::allow_loopback_and_popups(namespace, HOST).unwrap();
        allow(namespace, "sign");
        let desk = Desk::new(namespace).await;
        in_both!(desk, bare);
    });
}

async fn decrypt(desk: &Desk, page: &impl Page) {
    let cipher = desk.encrypted("機密：100% + &");
    let cipher: String = cipher.bytes().map(|byte| format!("%{byte:02X}")).collect();
    click(page, &format!("decrypt.html#{cipher}")).await;
    let answer = result(page).await;
    assert_eq!(
        answer,
        json!({ "plain": "機密：100% + &", "code": 0, "error": 0 })
    );
}

#[test]
fn hipki_decryption_page_has_its_text() {
    in_namespace(async |namespace| {
        allow(namespace, "decrypt");
        let desk = Desk::new(namespace).await;
        in_both!(desk, decrypt);
    });
}

#[test]
fn hipki_page_that_asks_by_itself_needs_a_policy() {
    in_namespace(async |namespace| {
        policy::allow_loopback(namespace, HOST).unwrap();
        allow(namespace, "sign");
        let desk = Desk::new(namespace).await;
        let browser = chromium(&desk).await;
        let page = browser.page().await.unwrap();
        click(&page, "direct.html").await;
        assert_eq!(result(&page).await["info"], json!({ "installed": false }));
    });
    in_namespace(async |namespace| {
        policy::allow_loopback(namespace, HOST).unwrap();
        let text = format!("[hipki]\nallow_sign = ['{SITE}']\ndirect = ['{SITE}']\n");
        namespace.write_etc("chop/policy.toml", &text).unwrap();
        let desk = Desk::new(namespace).await;
        let browser = chromium(&desk).await;
        let page = browser.page().await.unwrap();
        click(&page, "direct.html").await;
        let answers = result(&page).await;
        assert_eq!(desk.verified(&answers["signed"]["signature"]), "direct");
    });
}

#[test]
fn hipki_program_is_asked_after_by_its_file() {
    in_namespace(async |namespace| {
        let desk = Desk::new(namespace).await;
        let mut curl = Command::new("curl");
        curl.args([
            "--silent",
            "http://localhost:61161/sign",
            "--data-urlencode",
        ]);
        curl.arg(r#"tbsPackage={"tbs":"of a program","signatureType":"PKCS7","pin":"123456"}"#);
        let asked = curl.stdout(Stdio::piped()).spawn().unwrap();

        desk.answer_this_once("curl").await;

        let said = asked.wait_with_output().await.unwrap().stdout;
        let answer: Value = serde_json::from_slice(&said).unwrap();
        assert_eq!(desk.verified(&answer["signature"]), "of a program");
    });
}

#[test]
fn hipki_popup_is_ready_in_time_while_a_card_hangs() {
    in_namespace(async |namespace| {
        let desk = Desk::with_a_module_that_hangs(namespace).await;
        let browser = chromium(&desk).await;
        let page = browser.page().await.unwrap();
        click(&page, "demo.html").await;
        page.wait_for("events.length > 0 && events", LONG)
            .await
            .unwrap();
        assert_eq!(
            page.eval("window.result ?? null").await.unwrap(),
            Value::Null
        );
        // What openssl is for in the other tests.
        assert!(!openssl(&["version"]).is_empty());
    });
}
