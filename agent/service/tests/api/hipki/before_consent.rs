//! What is shown to who has not been let in: the same, whatever is plugged in (C-5).

use chop_service::{Decision, Unknown};
use chop_token::{Inventory, Readers};
use serde_json::{Value, json};

use super::{
    card::{Card, NUMBER, READER},
    client::{Client, SITE, popup},
};
use crate::scene::{Scene, Stage};

/// The text in an image, as a page reads it.
pub(super) fn text(image: &[u8]) -> Value {
    let end = image[54..].iter().position(|byte| *byte == 0).unwrap();
    serde_json::from_slice(&image[54..54 + end]).unwrap()
}

async fn everything(stage: &Stage) -> Vec<(String, Vec<u8>)> {
    let mut answers = Vec::new();
    for client in [
        Client::page(stage, SITE),
        Client::page(stage, "null"),
        Client::program(stage).with("sec-fetch-mode", "no-cors"),
        Client::program(stage).with("referer", "https://bank.example/"),
        Client::program(stage).with("cookie", "a=b"),
    ] {
        for path in [
            "/p11Image.bmp?1",
            "/pkcs11info",
            "/pkcs11info?withcert=true",
        ] {
            let reply = client.get(path).await;
            let mut headers = reply.headers.clone();
            headers.remove("date");
            answers.push((
                format!("{:?} {headers:?}", reply.status),
                reply.body.to_vec(),
            ));
        }
        let reply = client.ask("POST", "/pkcs11info", b"tbsPackage={}").await;
        answers.push((reply.status.to_string(), reply.body.to_vec()));
    }
    answers
}

#[tokio::test]
async fn it_is_the_same_whatever_is_plugged_in_and_nothing_is_looked_at() {
    let nothing = Inventory {
        readers: Readers::ServiceDown,
        ..Inventory::default()
    };
    let empty = Scene::new().inventory(nothing).start().await;
    let full = Card::rsa().scene(None).start().await;

    let answers = everything(&full).await;

    assert_eq!(answers, everything(&empty).await);
    assert!(full.nothing_happened() && empty.nothing_happened());
    let info: Value = serde_json::from_slice(&answers[1].1).unwrap();
    assert_eq!(info["slots"].as_array().unwrap().len(), 1);
    assert_eq!(info["slots"][0]["slotDescription"], "Chop 0");
    let token = &info["slots"][0]["token"];
    assert!(
        token.is_object() && token.get("serialNumber").is_none(),
        "{token}"
    );
    let image = text(&answers[0].1);
    assert_eq!(
        image["slots"],
        json!([{ "slotDescription": "Chop 0", "token": {} }])
    );
    assert_eq!(image["ret_code"], 0);
}

#[tokio::test]
async fn the_image_can_be_read_by_every_page_and_the_rest_by_none() {
    let stage = Scene::new().start().await;
    let image = Client::page(&stage, SITE).get("/p11Image.bmp").await;
    assert_eq!(image.header("access-control-allow-origin"), Some("*"));
    assert_eq!(image.header("content-type"), Some("image/bmp"));
    assert_eq!(image.header("cache-control"), Some("no-store"));
    assert_eq!(
        image.header("cross-origin-resource-policy"),
        Some("cross-origin")
    );
    let info = Client::page(&stage, SITE).get("/pkcs11info").await;
    assert_eq!(info.header("access-control-allow-origin"), None);
}

#[tokio::test]
async fn who_was_let_in_sees_what_there_is_in_the_image_as_well() {
    let stage = Card::rsa().scene(Some(Decision::Always)).start().await;
    popup(&stage, SITE, &json!({ "func": "CheckEnvir" })).await;

    let image = Client::page(&stage, SITE).get("/p11Image.bmp").await;
    let slots = &text(&image.body)["slots"];
    assert_eq!(slots[1], json!({ "slotDescription": "Empty Reader" }));
    assert_eq!(
        slots[0],
        json!({ "slotDescription": READER, "token": { "serialNumber": NUMBER } })
    );
    let other = Client::page(&stage, "https://evil.example");
    let image = other.get("/p11Image.bmp").await;
    assert_eq!(text(&image.body)["slots"][0]["slotDescription"], "Chop 0");
}

#[tokio::test]
async fn a_page_finds_the_reader_by_the_name_that_the_image_had() {
    let stage = Card::rsa().scene(Some(Decision::Always)).start().await;
    let page = Client::page(&stage, SITE);
    let image = text(&page.get("/p11Image.bmp").await.body);
    let chosen = &image["slots"][0]["slotDescription"];
    for func in ["GetUserCert", "CheckEnvir"] {
        let info = popup(&stage, SITE, &json!({ "func": func })).await;
        assert_eq!(&info["slots"][0]["slotDescription"], chosen, "{func}");
        assert_eq!(info["slots"][0]["token"]["serialNumber"], NUMBER);
        assert_eq!(info["slots"][1]["slotDescription"], "Empty Reader");
    }
    let sign = json!({ "func": "MakeSignature", "tbs": "a", "pin": "123456",
        "signatureType": "PKCS7", "slotDescription": chosen });
    assert_eq!(popup(&stage, SITE, &sign).await["ret_code"], 0);
    // Once it has looked again, it has the readers' own names.
    let image = text(&page.get("/p11Image.bmp").await.body);
    assert_eq!(image["slots"][0]["slotDescription"], READER);
    let info = popup(&stage, SITE, &json!({ "func": "GetUserCert" })).await;
    assert_eq!(info["slots"][0]["slotDescription"], READER);
}

#[tokio::test]
async fn a_policy_can_show_everybody_what_there_is_as_the_component_does() {
    let stage = Card::rsa()
        .scene(None)
        .hipki(|it| it.unknown = Unknown::True)
        .start()
        .await;
    let image = Client::page(&stage, SITE).get("/p11Image.bmp").await;
    assert_eq!(
        text(&image.body)["slots"][0]["token"]["serialNumber"],
        NUMBER
    );
    let refused = Client::page(&stage, SITE);
    let answer = refused
        .post("/sign", &json!({ "tbs": "a", "pin": "123456" }))
        .await;
    assert_eq!(answer["ret_code"], 0x7600_0031);
}
