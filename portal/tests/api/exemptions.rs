//! Applications for tax-exemption letters: filled in, signed with the card, and kept.

use axum::http::StatusCode;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use portal::{Kind, State};

use crate::{
    browser::{Answer, Browser},
    card::{Blank, COMPANY, Card},
    scene::Scene,
};

const FIELDS: [(&str, &str); 4] = [
    ("goods", "工業用感測器"),
    ("quantity", "20 個"),
    ("value", "1,350,000"),
    ("purpose", "自動化產線"),
];

pub(crate) const OTHER_COMPANY: Blank = Blank {
    number: "00000022",
    name: "另一家股份有限公司",
    ..COMPANY
};

/// A company that is signed in, with its browser.
pub(crate) async fn signed_in() -> (Scene, Browser, Card) {
    let scene = Scene::new().await;
    scene.seed(State::Active).await;
    let (browser, card) = (scene.browser(), scene.card(&COMPANY));
    assert_eq!(scene.sign_in(&browser, &card).await.location(), "/account");
    (scene, browser, card)
}

/// Fills one in, and gives its address.
pub(crate) async fn made(browser: &Browser) -> String {
    let page = browser.get("/account/exemptions/new").await;
    let form = page.field("form");
    let fields = [&FIELDS[..], &[("form", form.as_str())]].concat();
    let sent = browser.submit("/account/exemptions/new", &fields).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.body);
    let address = sent.header("location").to_owned();
    assert!(address.starts_with("/account/exemptions/TX"), "{address}");
    address
}

/// The document that is signed.
pub(crate) async fn document(browser: &Browser, address: &str) -> String {
    browser.get(&format!("{address}/document")).await.body
}

/// Posts what a card has signed, as the page's script does.
pub(crate) async fn post(browser: &Browser, address: &str, cms: &[u8]) -> Answer {
    browser.get(address).await;
    let body = serde_json::json!({ "signature": STANDARD.encode(cms) }).to_string();
    let path = format!("{address}/signature");
    browser.post_to(&path, &browser.form_token(), body).await
}

#[tokio::test]
async fn an_application_is_filled_in_signed_and_kept() {
    let (scene, browser, card) = signed_in().await;
    let address = made(&browser).await;
    let number = address.rsplit('/').next().unwrap();
    browser
        .get("/account/exemptions")
        .await
        .shows(&[number, "工業用感測器", "尚未簽章"]);
    let text = document(&browser, &address).await;
    for line in [
        format!("申請編號：{number}"),
        "申請人：測試股份有限公司（統一編號 12345675）".to_owned(),
        "貨品價值：新臺幣 1,350,000 元".to_owned(),
        "申請網站：https://portal.example".to_owned(),
    ] {
        assert!(text.lines().any(|found| found == line), "{line}: {text}");
    }
    browser.get(&address).await.shows(&[&text, "sign.js"]);

    let cms = card.sign_document(&text);
    let answer = post(&browser, &address, &cms).await;

    assert_eq!(answer.location(), format!("{address}?signed"));
    let page = browser.get(&answer.location()).await;
    page.shows(&["簽章已驗證並保存", COMPANY.name, "0a1b2c"]);
    page.hides(&["sign.js", "withdraw"]);
    let kept = browser.get(&format!("{address}/signature")).await;
    assert_eq!(kept.bytes, cms);
    assert!(kept.header("content-type").starts_with("application/pkcs7"));
    assert!(
        kept.header("content-disposition")
            .contains(&format!("{number}.p7m"))
    );
    let entry = &scene.portal.audit().before("", "", 1).await.unwrap()[0];
    assert_eq!(entry.action, "exemption_signed");
    assert_eq!(entry.certificate_serial, "0a1b2c");
    assert!(entry.detail.starts_with(&format!("{number} ")));
    let evidence = scene.portal.audit().certificate(&entry.certificate_sha256);
    assert_eq!(evidence.await.unwrap(), Some(card.certificate_base64()));
    // One of the last minute could still be followed by an older one.
    let exemptions = scene.portal.exemptions();
    assert!(exemptions.signed_after(0, "", 9).await.unwrap().is_empty());
    scene.later(2);
    let signed = exemptions.signed_after(0, "", 9).await.unwrap();
    assert_eq!((signed.len(), &*signed[0].number), (1, number));
}

#[tokio::test]
async fn what_is_missing_or_odd_is_said_below_its_field() {
    let (_scene, browser, _) = signed_in().await;
    let page = browser.get("/account/exemptions/new").await;
    let form = page.field("form");
    for (field, value, said) in [
        ("goods", "", "請填寫這一欄"),
        ("goods", "貨\n用途：別的", "無法使用的字元"),
        ("value", "很多", "請只填數字"),
        ("value", "0", "請只填數字"),
        ("value", "-5", "請只填數字"),
        ("quantity", &"個".repeat(41), "太長了"),
    ] {
        let mut fields = FIELDS.to_vec();
        fields.retain(|(name, _)| *name != field);
        fields.extend([(field, value), ("form", &form)]);
        let page = browser.submit("/account/exemptions/new", &fields).await;
        assert_eq!(page.status, StatusCode::OK, "{field}");
        page.shows(&[said, "有欄位需要修正"]);
    }
    let odd = [&FIELDS[..], &[("form", "short")]].concat();
    let odd = browser.submit("/account/exemptions/new", &odd).await;
    assert_eq!(odd.status, StatusCode::BAD_REQUEST);
    browser
        .get("/account/exemptions")
        .await
        .shows(&["還沒有申請案"]);
}

#[tokio::test]
async fn the_same_form_sent_twice_makes_one() {
    let (scene, browser, _) = signed_in().await;
    let page = browser.get("/account/exemptions/new").await;
    let form = page.field("form");
    let fields = [&FIELDS[..], &[("form", form.as_str())]].concat();
    let path = "/account/exemptions/new";
    let (first, second) = (
        browser.submit(path, &fields).await,
        browser.submit(path, &fields).await,
    );
    assert_eq!(first.header("location"), second.header("location"));
    assert_eq!(scene.rows("SELECT COUNT(*) FROM exemptions").await, 1);
}

#[tokio::test]
async fn one_that_was_not_signed_can_be_deleted() {
    let (_scene, browser, card) = signed_in().await;
    let address = made(&browser).await;
    let text = document(&browser, &address).await;
    browser.get(&address).await;
    let deleted = browser.submit(&address, &[]).await;
    assert_eq!(deleted.header("location"), "/account/exemptions");
    assert_eq!(browser.get(&address).await.status, StatusCode::NOT_FOUND);
    post(&browser, &address, &card.sign_document(&text))
        .await
        .is_code(400, "bad_request");
}

#[tokio::test]
async fn nobody_sees_or_signs_an_application_of_another_account() {
    let (scene, browser, _) = signed_in().await;
    let address = made(&browser).await;
    scene
        .seed_of(Kind::Company, &OTHER_COMPANY, State::Active)
        .await;
    let (stranger, card) = (scene.browser(), scene.card(&OTHER_COMPANY));
    scene.sign_in(&stranger, &card).await;
    let text = document(&browser, &address).await;

    for path in ["", "/signature"] {
        let answer = stranger.get(&format!("{address}{path}")).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
    }
    stranger
        .get(&format!("{address}/document"))
        .await
        .is_code(400, "bad_request");
    stranger
        .get("/account/exemptions")
        .await
        .shows(&["還沒有申請案"]);
    let cms = card.sign_document(&text);
    stranger.get("/account").await;
    let body = serde_json::json!({ "signature": STANDARD.encode(cms) }).to_string();
    let path = format!("{address}/signature");
    let token = stranger.form_token();
    stranger
        .post_to(&path, &token, body)
        .await
        .is_code(400, "bad_request");
    stranger.submit(&address, &[]).await;
    assert_eq!(browser.get(&address).await.status, StatusCode::OK);
}

#[tokio::test]
async fn an_account_without_a_card_prepares_and_cannot_sign() {
    let scene = Scene::new().await;
    let browser = crate::passwords::signed_in(&scene).await;
    let address = made(&browser).await;
    let page = browser.get(&address).await;
    page.shows(&["簽章需要卡片", "申請人：陳測試"]);
    page.hides(&["sign.js"]);
    let text = document(&browser, &address).await;
    // Another company's card, with an account of its own, is not this account's.
    scene.seed(State::Active).await;
    let card = scene.card(&COMPANY);
    post(&browser, &address, &card.sign_document(&text))
        .await
        .is_code(403, "signer_differs");
}
