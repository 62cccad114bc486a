//! What there is to call, and that it is nothing for anybody else.

use serde_json::json;

use super::client::{Client, SITE, popup, popup_text, through, ticket};
use crate::scene::Scene;

#[tokio::test]
async fn the_pages_that_are_the_same_for_everybody_are_static_pinned_and_keep_their_opener() {
    let stage = Scene::new().start().await;
    for path in [
        "/popupForm",
        "/ChtPopupForm",
        "/CardManagement/CMCPopForm",
        "/addDomain?domain=bank.example",
        "/selfTest.htm",
        "/chop/here",
    ] {
        for client in [
            Client::program(&stage).with("sec-fetch-mode", "navigate"),
            Client::program(&stage).with("referer", "https://bank.example/"),
        ] {
            let reply = client.get(path).await;

            assert_eq!(reply.status, 200, "{path}");
            let policy = reply.header("content-security-policy").unwrap();
            assert!(
                policy.contains("default-src 'none'; script-src 'sha256-"),
                "{path}"
            );
            assert!(policy.contains("frame-ancestors 'none'"), "{path}");
            assert_eq!(reply.header("x-frame-options"), Some("DENY"));
            assert_eq!(reply.header("cross-origin-opener-policy"), None);
            assert_eq!(reply.header("access-control-allow-origin"), None);
            assert!(!String::from_utf8_lossy(&reply.body).contains("bank.example"));
        }
    }
    assert!(stage.nothing_happened());
}

#[tokio::test]
async fn scripts_find_the_version_and_the_words_for_numbers() {
    let stage = Scene::new()
        .hipki(|it| it.version = "1.3.4.103349".to_owned())
        .start()
        .await;
    let program = Client::program(&stage);
    let root = program.get("/").await;
    assert!(String::from_utf8_lossy(&root.body).contains("version:1.3.4.103349"));
    let words = program.get("/errorcode.js").await;
    assert!(String::from_utf8_lossy(&words.body).contains("function MajorErrorReason(rcode)"));
    let picture = program.get("/waiting.gif").await;
    assert!(picture.body.starts_with(b"GIF89a"));
    assert_eq!(picture.header("content-type"), Some("image/gif"));
    // Pages of other sites run and show them.
    for reply in [words, picture] {
        let policy = reply.header("cross-origin-resource-policy");
        assert_eq!(policy, Some("cross-origin"));
    }
    assert_eq!(
        root.header("cross-origin-resource-policy"),
        Some("same-origin")
    );
}

/// What there is for a site's page, for our own page, for a navigation and for a program: method,
/// path, and what comes: a kind of content, a number, or a status. A new line here is a new way in:
/// it needs a reason and its own tests.
const SURFACE: &str = "\
site GET / text/html
site GET /popupForm text/html
site GET /ChtPopupForm text/html
site GET /CardManagement/CMCPopForm text/html
site POST /CardManagement/sendCardCommand 0x76000031
site GET /p11Image.bmp image/bmp
site GET /pkcs11info Chop 0
site POST /pkcs11info Chop 0
site POST /sign 0x76000031
site POST /decrypt 0x76000031
site GET /addDomain text/html
site GET /selfTest.htm text/html
site GET /errorcode.js text/javascript
site GET /waiting.gif image/gif
site POST /umakeSig 0x76000031
site POST /chop/ticket 403
site POST /chop/popup 403
site POST /chop/let-in 403
site GET /chop/here text/html
own GET / text/html
own GET /popupForm text/html
own GET /ChtPopupForm text/html
own GET /CardManagement/CMCPopForm text/html
own POST /CardManagement/sendCardCommand 0x76000031
own GET /p11Image.bmp image/bmp
own GET /pkcs11info Chop 0
own POST /pkcs11info Chop 0
own POST /sign 0x76000031
own POST /decrypt 0x76000031
own GET /addDomain text/html
own GET /selfTest.htm text/html
own GET /errorcode.js text/javascript
own GET /waiting.gif image/gif
own POST /umakeSig 0x76000031
own POST /chop/ticket 400
own POST /chop/popup 403
own POST /chop/let-in 403
own GET /chop/here text/html
navigation GET / text/html
navigation GET /popupForm text/html
navigation GET /ChtPopupForm text/html
navigation GET /CardManagement/CMCPopForm text/html
navigation POST /CardManagement/sendCardCommand 0x76000031
navigation GET /p11Image.bmp image/bmp
navigation GET /pkcs11info Chop 0
navigation POST /pkcs11info Chop 0
navigation POST /sign 0x76000031
navigation POST /decrypt 0x76000031
navigation GET /addDomain text/html
navigation GET /selfTest.htm text/html
navigation GET /errorcode.js text/javascript
navigation GET /waiting.gif image/gif
navigation POST /umakeSig 0x76000031
navigation POST /chop/ticket 403
navigation POST /chop/popup 403
navigation POST /chop/let-in 403
navigation GET /chop/here text/html
";

#[tokio::test]
async fn this_is_the_whole_surface() {
    let stage = Scene::new().start().await;
    let navigation = || Client::program(&stage).with("sec-fetch-mode", "navigate");
    let paths = [
        "/",
        "/popupForm",
        "/ChtPopupForm",
        "/CardManagement/CMCPopForm",
        "/CardManagement/sendCardCommand",
        "/p11Image.bmp",
        "/pkcs11info",
        "/sign",
        "/decrypt",
        "/addDomain",
        "/selfTest.htm",
        "/errorcode.js",
        "/waiting.gif",
        "/writecert",
        "/makeCsr",
        "/getChallenge",
        "/umakeSig",
        "/chop/ticket",
        "/chop/popup",
        "/chop/let-in",
        "/chop/here",
        "/chop",
        "/chop/",
        "/popupForm.htm",
        "/popupForm/",
        "/CardManagement",
        "/PrintCard/ChtPopupFormPrintCard",
        "/eIDPM/ChtPopupFormEIDPM",
        "/whiteList.txt",
        "/v1/info",
        "/v1/sign-in",
        "/v1/bridge",
        "/favicon.ico",
    ];
    let methods = [
        "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE",
    ];
    let mut surface = String::new();
    for (who, client) in [
        ("site", Client::page(&stage, SITE)),
        ("own", Client::own(&stage)),
        ("navigation", navigation()),
    ] {
        for path in paths {
            for method in methods {
                let reply = client.ask(method, path, b"").await;
                let kind = reply.header("content-type").unwrap_or_default();
                let kind = kind.split(';').next().unwrap_or_default();
                let what = match (reply.status.as_u16(), kind) {
                    // An answer to HEAD has no body.
                    (200, "application/json") if method == "HEAD" => continue,
                    (200, "application/json") => {
                        let answer = reply.json();
                        match answer["ret_code"].as_u64() {
                            Some(0) => answer["slots"][0]["slotDescription"]
                                .as_str()
                                .unwrap()
                                .to_owned(),
                            Some(0x7600_000e) => continue,
                            code => format!("0x{:08x}", code.unwrap()),
                        }
                    }
                    (200, kind) => kind.to_owned(),
                    (status, _) => status.to_string(),
                };
                surface += &format!("{who} {method} {path} {what}\n");
            }
        }
    }
    assert_eq!(surface, SURFACE);
    assert!(stage.nothing_happened());
}

#[tokio::test]
async fn whatever_else_is_called_is_not_supported() {
    let stage = Scene::new().start().await;
    for (method, path) in [
        ("POST", "/writecert"),
        ("POST", "/makeCsr"),
        ("GET", "/sign"),
        ("PUT", "/sign"),
        ("GET", "/PrintCard/ChtPopupFormPrintCard"),
        ("POST", "/eIDPM/readCard"),
        ("OPTIONS", "/sign"),
        ("GET", "/v1/info"),
        ("POST", "/v1/sign-in"),
        ("GET", "/../etc/passwd"),
        ("GET", "/%2e%2e/whiteList.txt"),
    ] {
        let reply = Client::page(&stage, SITE).ask(method, path, b"").await;
        assert_eq!(reply.status, 200, "{method} {path}");
        assert_eq!(reply.json()["ret_code"], 0x7600_000e, "{method} {path}");
        assert_eq!(reply.header("access-control-allow-origin"), None);
    }
    assert!(stage.nothing_happened());
}

#[tokio::test]
async fn functions_that_need_the_vendors_keys_say_so_by_the_name_that_pages_wait_for() {
    let stage = Scene::new().start().await;
    for (func, name) in [
        ("writecert", "writeCert"),
        ("makeCsr", "csr"),
        ("umakeSig", "umakeSig"),
        ("resetUserPIN", "resetUserPIN"),
        ("openCard", "openCard"),
    ] {
        let answer = popup(&stage, SITE, &json!({ "func": func })).await;
        assert_eq!(answer["func"], name);
        assert_eq!(answer["ret_code"], 0x7600_000e);
    }
    let answer = popup(&stage, SITE, &json!({ "func": "<b>hello" })).await;
    assert!(!answer.to_string().contains("hello"), "{answer}");
    assert!(stage.nothing_happened());
}

#[tokio::test]
async fn a_host_that_is_not_ours_is_refused() {
    let stage = Scene::new().start().await;
    for host in [
        "evil.example",
        "localhost:21443",
        &format!("evil.example:{}", stage.hipki),
    ] {
        for path in ["/", "/popupForm", "/p11Image.bmp", "/pkcs11info"] {
            let reply = Client::program(&stage).named(host).get(path).await;
            assert_eq!(reply.status, 421, "{host} {path}");
        }
    }
    let by_address = format!("127.0.0.1:{}", stage.hipki);
    let reply = Client::program(&stage).named(&by_address).get("/").await;
    assert_eq!(reply.status, 200);
}

#[tokio::test]
async fn a_ticket_is_for_our_own_page_once_and_for_its_site() {
    let stage = Scene::new().start().await;
    let origin = json!({ "origin": SITE }).to_string();
    for client in [
        Client::program(&stage),
        Client::page(&stage, SITE),
        Client::page(&stage, "null"),
        Client::own(&stage).with("sec-fetch-site", "cross-site"),
    ] {
        let reply = client.ask("POST", "/chop/ticket", origin.as_bytes()).await;
        assert_eq!(reply.status, 403, "{reply:?}");
    }
    let spent = ticket(&stage, SITE).await;
    for (expected, who) in [
        (403, Client::program(&stage)),
        (403, Client::page(&stage, SITE)),
        (200, Client::own(&stage)),
        (403, Client::own(&stage)),
    ] {
        let who = who.with("chop-ticket", &spent);
        let reply = who
            .ask("POST", "/chop/popup", br#"{"func":"openCard"}"#)
            .await;
        assert_eq!(reply.status, expected);
    }
    let none = Client::own(&stage).ask("POST", "/chop/popup", b"{}").await;
    assert_eq!(none.status, 403);
    assert!(stage.nothing_happened());
}

#[tokio::test]
async fn our_own_page_without_a_ticket_is_nobody() {
    let stage = Scene::new().start().await;
    let own = Client::own(&stage);
    let package = json!({ "tbs": "a", "pin": "123456" });
    assert_eq!(own.post("/sign", &package).await["ret_code"], 0x7600_0031);
    let info = own.post("/pkcs11info", &json!({})).await;
    assert_eq!(info["slots"][0]["slotDescription"], "Chop 0");
    assert!(stage.nothing_happened());
}

#[tokio::test]
async fn a_text_that_is_no_package_is_said_to_be_none() {
    let stage = Scene::new().start().await;
    for text in ["", "[]", "getTbs", "{", "null"] {
        let answer = popup_text(&stage, SITE, text).await;
        assert_eq!(answer["ret_code"], 0x7600_000b, "{text}");
        assert_eq!(answer["func"], "sign");
    }
    let reply = Client::program(&stage)
        .ask("POST", "/sign", b"tbsPackage={")
        .await;
    assert_eq!(reply.json()["ret_code"], 0x7600_000b);
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused() {
    let stage = Scene::new().start().await;
    let large = vec![b' '; 24 * 1024 * 1024 + 1];
    let reply = Client::program(&stage).ask("POST", "/sign", &large).await;
    assert_eq!(reply.status, 413);
}

#[tokio::test]
async fn nothing_of_a_request_comes_back() {
    let stage = Scene::new().start().await;
    let marked = "zqx9";
    for path in [
        "/?zqx9",
        "/zqx9",
        "/popupForm?zqx9",
        "/addDomain?domain=zqx9.example",
        "/p11Image.bmp?zqx9",
        "/pkcs11info?withcert=zqx9",
        "/errorcode.js?zqx9",
    ] {
        let reply = Client::page(&stage, "https://zqx9.example")
            .with("referer", "https://zqx9.example/")
            .get(path)
            .await;
        let answer = format!(
            "{:?} {}",
            reply.headers,
            String::from_utf8_lossy(&reply.body)
        );
        assert!(!answer.contains(marked), "{path}: {answer}");
    }
    let package = r#"{"func":"zqx9","tbs":"zqx9","slotDescription":"zqx9"}"#;
    let answer = popup_text(&stage, SITE, package).await;
    assert!(!answer.to_string().contains(marked), "{answer}");
}

#[tokio::test]
async fn the_page_that_lets_a_site_in_asks_the_person() {
    use chop_service::{Decision, Event, View};
    let stage = Scene::new()
        .person(|view| match view {
            View::Deciding => Some(Event::Decided(Decision::Always)),
            _ => None,
        })
        .start()
        .await;
    let reply = through(&stage, SITE, "/chop/let-in", "{}").await;
    assert_eq!(reply.json(), json!({ "ret_code": 0 }));
    assert_eq!(stage.count(&format!("window for {SITE}")), 1);
    // It is in already.
    let reply = through(&stage, SITE, "/chop/let-in", "{}").await;
    assert_eq!(reply.json(), json!({ "ret_code": 0 }));
    assert_eq!(stage.count(&format!("window for {SITE}")), 1);
}
