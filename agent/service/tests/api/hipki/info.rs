//! `pkcs11info`, field by field.

use chop_service::Decision;
use chop_token::{Inventory, Readers};
use serde_json::{Value, json};

use super::{
    card::{Card, NUMBER, READER},
    client::{SITE, popup},
};
use crate::scene::Scene;

async fn info(scene: Scene, func: &str) -> Value {
    let stage = scene.start().await;
    popup(&stage, SITE, &json!({ "func": func })).await
}

#[tokio::test]
async fn readers_cards_certificates_and_keys_have_the_fields_types_and_order_that_pages_use() {
    let card = Card::rsa();
    let info = info(card.scene(Some(Decision::Always)), "GetUserCert").await;

    assert_eq!(info["func"], "pkcs11info");
    assert_eq!(
        (&info["ret_code"], &info["last_error"]),
        (&json!(0), &json!(0))
    );
    for name in ["cryptokiVersion", "libraryVersion", "flags"] {
        assert!(info[name].is_number(), "{name}");
    }
    for name in [
        "libraryDescription",
        "manufacturerID",
        "version",
        "serverVersion",
    ] {
        assert!(info[name].is_string(), "{name}");
    }
    assert_eq!(
        info["installedModule"][0]["description"],
        "HiPKILocalSignServer"
    );
    let slots = info["slots"].as_array().unwrap();
    // Pages look into the first alone, or count by what the image said.
    assert_eq!(slots[1]["slotDescription"], "Empty Reader");
    assert!(slots[1].get("token").is_none());
    assert_eq!(
        (&slots[0]["slotID"], &slots[0]["slotDescription"]),
        (&json!(0), &json!(READER))
    );

    let token = &slots[0]["token"];
    assert_eq!(token["serialNumber"], NUMBER);
    assert_eq!(
        (&token["ulMinPinLen"], &token["ulMaxPinLen"]),
        (&json!(6), &json!(8))
    );
    let certificates = token["certs"].as_array().unwrap();
    let labels: Vec<_> = certificates
        .iter()
        .map(|it| it["label"].as_str().unwrap())
        .collect();
    assert_eq!(labels, ["ROOT CA Cert", "CA Cert", "cert1", "cert2"]);
    let usages: Vec<_> = certificates
        .iter()
        .map(|it| it["usage"].as_str().unwrap())
        .collect();
    assert_eq!(
        usages,
        [
            "keyCertSign|cRLSign",
            "keyCertSign|cRLSign",
            "digitalSignature",
            "keyEncipherment|dataEncipherment"
        ]
    );
    let signing = &certificates[2];
    assert_eq!(signing["id"], "U0lHTg==");
    assert_eq!(
        signing["subjectDN"],
        "C=TW,O=測試股份有限公司,serialNumber=04595257"
    );
    assert_eq!(signing["issuerDN"], "C=TW,O=行政院,OU=工商憑證管理中心");
    assert_eq!(signing["subjectID"], "04595257");
    assert_eq!(signing["holderRank"], "primary");
    assert_eq!(signing["email"], "card@example.tw");
    assert_eq!(signing["signatureAlgorithm"], "1.2.840.113549.1.1.11");
    let (before, after) = (&signing["notBefore"], &signing["notAfter"]);
    assert!(before.as_str().unwrap().len() == 13 && after.as_str().unwrap().ends_with('Z'));
    assert!(signing["notBeforeT"].as_i64().unwrap() > 1_700_000_000);
    let said = |name: &str| {
        let (_, text) = card.signing().try_run(&[
            "x509",
            "-in",
            "cert.pem",
            "-noout",
            "-fingerprint",
            "-sha1",
            "-serial",
        ]);
        let line = text
            .lines()
            .find(|line| line.to_lowercase().starts_with(name));
        line.unwrap().split('=').nth(1).unwrap().replace(':', "")
    };
    assert_eq!(signing["thumbprint"], said("sha1 fingerprint"));
    assert_eq!(signing["sn"], said("serial"));

    let keys = token["keys"].as_array().unwrap();
    assert_eq!(keys.len(), 2);
    assert_eq!(
        (&keys[0]["id"], &keys[0]["label"], &keys[0]["type"]),
        (&json!("U0lHTg=="), &json!("K1"), &json!(0))
    );
    assert!(
        keys[0]["keyb64"]
            .as_str()
            .unwrap()
            .starts_with("MIIBCgKCAQEA")
    );
}

#[tokio::test]
async fn an_elliptic_key_is_a_bare_point() {
    let card = Card::new("ec -pkeyopt ec_paramgen_curve:P-256");
    let info = info(card.scene(Some(Decision::Always)), "GetUserCert").await;
    let key = &info["slots"][0]["token"]["keys"][0];
    assert_eq!(key["type"], 3);
    assert!(
        key["keyb64"].as_str().unwrap().starts_with('B'),
        "04 ‖ X ‖ Y"
    );
}

#[tokio::test]
async fn without_certificates_there_are_neither_these_nor_keys() {
    let info = info(Card::rsa().scene(Some(Decision::Always)), "CheckEnvir").await;
    let token = &info["slots"][0]["token"];
    assert_eq!(token["serialNumber"], NUMBER);
    assert!(token.get("certs").is_none() && token.get("keys").is_none());
}

#[tokio::test]
async fn without_readers_there_is_an_empty_list() {
    let scene = Card::rsa()
        .scene(Some(Decision::Always))
        .inventory(Inventory {
            settled: true,
            readers: Readers::Present(Vec::new()),
            ..Inventory::default()
        });
    let info = info(scene, "CheckEnvir").await;
    assert_eq!((&info["slots"], &info["ret_code"]), (&json!([]), &json!(0)));
}

#[tokio::test]
async fn names_that_pages_paste_into_scripts_break_nothing() {
    let card = Card::rsa();
    let mut inventory = card.inventory();
    inventory.tokens[0].label = "a\"b\\c\nd".to_owned();
    inventory.tokens[0].certificates[0].label = "\"'\\".to_owned();
    let scene = card.scene(Some(Decision::Always)).inventory(inventory);
    let info = info(scene, "GetUserCert").await;
    assert_eq!(info["slots"][0]["token"]["label"], "a'b/c d");
}

#[tokio::test]
async fn two_cards_in_one_reader_and_cards_in_none_have_names_of_their_own() {
    let card = Card::rsa();
    let mut inventory = card.inventory();
    let mut second = card.token();
    second.id.serial = "MT2".to_owned();
    let mut file = card.token();
    file.reader = None;
    file.label = "工商憑證.p12".to_owned();
    file.id.serial = String::new();
    inventory.tokens.extend([second, file]);
    let scene = card.scene(Some(Decision::Always)).inventory(inventory);
    let info = info(scene, "CheckEnvir").await;
    let slots = info["slots"].as_array().unwrap();
    let names: Vec<_> = slots
        .iter()
        .map(|it| it["slotDescription"].as_str().unwrap())
        .collect();
    assert_eq!(
        names,
        [
            READER,
            &format!("{READER} (2)"),
            "工商憑證.p12",
            "Empty Reader"
        ]
    );
    let number = slots[2]["token"]["serialNumber"].as_str().unwrap();
    assert_eq!(number.len(), 16, "one that is made up");
}

#[tokio::test]
async fn a_page_that_asks_by_the_answers_name_has_it() {
    let stage = Card::rsa().scene(Some(Decision::Always)).start().await;
    for (withcert, has) in [
        (json!(true), true),
        (json!("true"), true),
        (json!(false), false),
    ] {
        let package = json!({ "func": "pkcs11info", "withcert": withcert });
        let info = popup(&stage, SITE, &package).await;
        assert_eq!(info["func"], "pkcs11info");
        assert_eq!(info["slots"][0]["token"].get("certs").is_some(), has);
    }
}
