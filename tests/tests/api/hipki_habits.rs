//! More pages written for HiCOS, each with a habit of its own, in real browsers.

use e2e::browser::{Page, policy};
use e2e::pki::Holder;
use e2e::site::{HOST, SITE};
use serde_json::{Value, json};

use crate::browser_scene::{LONG, in_namespace};
use crate::hipki_desk::{Desk, allow, chromium, click, firefox, in_both, result};

async fn session(desk: &Desk, page: &impl Page) {
    click(page, "session.html").await;
    let result = result(page).await;
    assert_eq!(result["number"], Holder::company().number, "{result}");
    assert_eq!(result["sameCard"], true);
    assert_eq!(desk.verified(&result["signed"]["signature"]), "nonce-5f3a");
}

#[test]
fn hipki_page_of_the_other_port_closes_its_window_and_opens_it_at_once() {
    in_namespace(async |namespace| {
        policy::allow_loopback_and_popups(namespace, HOST).unwrap();
        allow(namespace, "sign");
        let desk = Desk::new(namespace).await;
        in_both!(desk, session);
    });
}

async fn environment(desk: &Desk, page: &impl Page) {
    click(page, "environment.html?patience=3500").await;
    let result = result(page).await;
    assert_eq!(result["ready"], true, "{result}");
    let form = &result["form"];
    assert_eq!(
        desk.verified(&form["signedData"]),
        "<申請 編號=\"1\">\n100%+\n</申請>"
    );
    assert_eq!(form["cardNumber"], desk.card_number().await);
    let number = Holder::company().number;
    assert_eq!(
        (&form["subjectSN"], &form["ownerId"]),
        (&json!(number), &json!(number))
    );
    assert!(form["encryptCert"].is_string());
}

#[test]
fn hipki_page_looks_signs_and_reads_in_popups_that_open_each_other() {
    in_namespace(async |namespace| {
        policy::allow_loopback_and_popups(namespace, HOST).unwrap();
        allow(namespace, "sign");
        let desk = Desk::new(namespace).await;
        in_both!(desk, environment);
    });
}

async fn typed(_: &Desk, page: &impl Page) {
    click(page, "typed.html").await;
    let expected = json!({ "types": [true, true], "chained": true, "same": true, "bytes": 256 });
    assert_eq!(result(page).await, expected);
}

#[test]
fn hipki_page_with_strict_types_finds_each_field_as_it_must_be() {
    in_namespace(async |namespace| {
        policy::allow_loopback_and_popups(namespace, HOST).unwrap();
        allow(namespace, "sign");
        let desk = Desk::new(namespace).await;
        in_both!(desk, typed);
    });
}

async fn assets(_: &Desk, page: &impl Page) {
    click(page, "assets.html").await;
    let expected = json!({
        "ran": true,
        "shown": true,
        "major": "IC卡登入失敗",
        "negative": "IC卡登入失敗",
        "minor": "PIN碼錯誤，剩餘兩次機會",
    });
    assert_eq!(result(page).await, expected);
}

#[test]
fn hipki_page_runs_the_words_and_shows_the_picture_of_the_component() {
    in_namespace(async |namespace| {
        policy::allow_loopback(namespace, HOST).unwrap();
        let desk = Desk::new(namespace).await;
        in_both!(desk, assets);
    });
}

#[test]
fn hipki_page_that_never_opens_a_popup_is_let_in_on_our_own_page() {
    in_namespace(async |namespace| {
        policy::allow_loopback(namespace, HOST).unwrap();
        let desk = Desk::new(namespace).await;
        let browser = chromium(&desk).await;
        let page = browser.page().await.unwrap();
        click(&page, "card-number.html").await;
        assert_eq!(result(&page).await, json!({ "code": 0, "number": null }));

        page.click("#let-in").await.unwrap();
        let popup = page.popup(LONG).await.unwrap();
        popup
            .wait_for("document.getElementById('ask')?.hidden === false", LONG)
            .await
            .unwrap();
        let site = popup.eval("document.getElementById('site').textContent");
        assert_eq!(site.await.unwrap(), SITE);
        popup.click("#ask").await.unwrap();
        desk.answer("Chop － 使用卡片").await;
        let number = desk.card_number().await;
        let seen = page.wait_for("window.result?.number", LONG).await.unwrap();
        assert_eq!(seen, number);
    });
}

#[test]
fn hipki_page_without_encryption_is_let_in_once_each_time() {
    in_namespace(async |namespace| {
        let desk = Desk::new(namespace).await;
        let browser = firefox(&desk).await;
        let page = browser.page().await.unwrap();
        for _ in 0..2 {
            let address = format!("http://{HOST}/hipki/demo.html");
            page.goto(&address).await.unwrap();
            page.click("#go").await.unwrap();
            desk.answer_this_once("Chop － 使用卡片").await;
            let ret = result(&page).await;
            assert_eq!(ret["ret"]["ret_code"], 0, "{ret}");
        }
    });
}

/// What a direct answer without a policy is to the page: nothing.
#[test]
fn hipki_form_that_a_page_submits_is_nobodys() {
    in_namespace(async |namespace| {
        policy::allow_loopback(namespace, HOST).unwrap();
        allow(namespace, "sign");
        let desk = Desk::new(namespace).await;
        let browser = chromium(&desk).await;
        let page = browser.page().await.unwrap();
        page.goto(&format!("{SITE}/blank")).await.unwrap();
        // A whole form, sent by navigating: the site may sign, but not so.
        let submit = "(() => { const form = document.createElement('form');
            form.method = 'POST'; form.action = 'http://localhost:61161/sign'; form.enctype = 'text/plain';
            form.innerHTML = '<input name=\"tbsPackage\">';
            form.firstChild.value = JSON.stringify({ tbs: 'a', pin: '123456', signatureType: 'PKCS7' });
            document.body.append(form); form.submit(); return 0 })()";
        page.eval(submit).await.unwrap();
        let shown = page
            .wait_for(
                "location.port === '61161' && document.body.textContent",
                LONG,
            )
            .await
            .unwrap();
        let answer: Value = serde_json::from_str(shown.as_str().unwrap()).unwrap();
        assert_eq!(answer["ret_code"], 0x7600_0031);
        assert!(answer.get("signature").is_none());
        assert!(desk.no_window().await);
    });
}
