//! Whatever comes to the room: it answers, nothing of the request is in the answer, and who may not
//! ask opens no window and reaches no card (C-1, C-2, C-18, C-21, C-28).

use std::cell::RefCell;

use chop_service::{Decision, Event, View};
use proptest::{
    prelude::*,
    test_runner::{Config, TestRunner},
};
use serde_json::json;
use tokio::runtime::Runtime;

use super::{
    card::Card,
    client::{Client, SITE, through},
};
use crate::{
    client::Reply,
    scene::{Scene, Stage},
};

/// Stands in every request, and in no answer.
const MARK: &str = "zqx9";

const PATHS: [&str; 21] = [
    "/",
    "/popupForm",
    "/ChtPopupForm",
    "/CardManagement/CMCPopForm",
    "/CardManagement/sendCardCommand",
    "/p11Image.bmp",
    "/pkcs11info",
    "/pkcs11info?withcert=true",
    "/sign",
    "/decrypt",
    "/addDomain",
    "/selfTest.htm",
    "/errorcode.js",
    "/waiting.gif",
    "/umakeSig",
    "/chop/ticket",
    "/chop/popup",
    "/chop/let-in",
    "/chop/here",
    "/v1/info",
    "/zqx9",
];

const METHODS: [&str; 7] = ["GET", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "ZQX9"];

/// Headers that a browser sends for somebody who may not ask; none of them makes a program.
fn strangers() -> impl Strategy<Value = Vec<(&'static str, String)>> {
    let origins = prop_oneof![
        Just(format!("https://{MARK}.example")),
        Just(format!("http://{MARK}.example")),
        Just("null".to_owned()),
        Just("http://localhost:8080".to_owned()),
        Just(format!("chrome-extension://{MARK}")),
        "[!-~]{0,30}".prop_map(|text| format!("{MARK}{text}")),
    ];
    let named = origins.prop_map(|origin| vec![("origin", origin)]);
    let unnamed = prop_oneof![
        Just(("sec-fetch-site", "cross-site".to_owned())),
        Just(("referer", format!("https://{MARK}.example/"))),
        Just(("cookie", format!("a={MARK}"))),
        Just(("sec-ch-ua", format!("\"{MARK}\""))),
        Just(("upgrade-insecure-requests", "1".to_owned())),
    ];
    let unnamed = unnamed.prop_map(|header| vec![header]);
    let more = prop::collection::vec(
        prop_oneof![
            Just((
                "content-type",
                "application/x-www-form-urlencoded".to_owned()
            )),
            Just(("content-type", "application/json".to_owned())),
            Just(("chop-ticket", format!("{MARK}{}", "A".repeat(40)))),
            Just(("x-forwarded-for", MARK.to_owned())),
            Just(("sec-fetch-mode", "navigate".to_owned())),
            Just(("access-control-request-method", "POST".to_owned())),
            Just(("access-control-request-private-network", "true".to_owned())),
        ],
        0..3,
    );
    (prop_oneof![named, unnamed], more).prop_map(|(first, more)| [first, more].concat())
}

/// A value that any page might put into a field.
fn value() -> impl Strategy<Value = serde_json::Value> {
    prop_oneof![
        any::<bool>().prop_map(|it| json!(it)),
        any::<i64>().prop_map(|it| json!(it)),
        Just(json!(null)),
        Just(json!("__NotExistedTag__")),
        Just(json!([MARK, { MARK: MARK }])),
        "\\PC{0,40}".prop_map(|it| json!(format!("{MARK}{it}"))),
        "[A-Za-z0-9+/ %=]{0,80}".prop_map(|it| json!(it)),
        prop_oneof![
            Just("PKCS7"),
            Just("PKCS1"),
            Just("RAW"),
            Just("base64"),
            Just("SHA1"),
            Just("SHA512"),
            Just("U0lHTg=="),
            Just("true"),
            Just("123456"),
            Just("Chop 0"),
        ]
        .prop_map(|it| json!(it)),
    ]
}

const FIELDS: [&str; 22] = [
    "tbs",
    "tbsEncoding",
    "hashAlgorithm",
    "signatureType",
    "pin",
    "nonce",
    "withCardSN",
    "withSigningTime",
    "withCert",
    "checkValidity",
    "keyidb64",
    "slotDescription",
    "readername",
    "cipher",
    "cipherType",
    "plainEncoding",
    "currentPIN",
    "newpin",
    "cardid",
    "func",
    "withSCAP",
    "zqx9",
];

const FUNCTIONS: [&str; 8] = [
    "MakeSignature",
    "GetUserCert",
    "CheckEnvir",
    "DecryptData",
    "changeUserPINCode",
    "writecert",
    "zqx9",
    "",
];

/// A package, as JSON.
fn package() -> impl Strategy<Value = String> {
    let fields = prop::collection::vec((prop::sample::select(&FIELDS[..]), value()), 0..12);
    (prop::sample::select(&FUNCTIONS[..]), fields).prop_map(|(func, fields)| {
        let mut package = json!({ "func": func });
        for (name, value) in fields {
            package[name] = value;
        }
        package.to_string()
    })
}

/// A body: a package in some encoding, or anything.
fn body() -> impl Strategy<Value = Vec<u8>> {
    let form = |text: String| -> String { text.bytes().map(|it| format!("%{it:02X}")).collect() };
    prop_oneof![
        package().prop_map(|text| format!("tbsPackage={text}").into_bytes()),
        package().prop_map(move |text| format!("tbsPackage={}", form(text)).into_bytes()),
        package().prop_map(String::into_bytes),
        package().prop_map(|text| text.into_bytes().into_iter().rev().collect()),
        prop::collection::vec(any::<u8>(), 0..300),
        Just(Vec::new()),
    ]
}

fn check<S: Strategy>(
    cases: u32,
    strategy: &S,
    stage: Scene,
    holds: impl AsyncFn(&Stage, S::Value),
) {
    let runtime = Runtime::new().unwrap();
    let stage = RefCell::new(runtime.block_on(stage.start()));
    let config = Config {
        cases,
        failure_persistence: None,
        ..Config::default()
    };
    let outcome = TestRunner::new(config).run(strategy, |value| {
        runtime.block_on(holds(&stage.borrow(), value));
        Ok(())
    });
    outcome.unwrap();
}

fn says_nothing_of_it(reply: &Reply) {
    let body = String::from_utf8_lossy(&reply.body);
    let said = format!("{:?} {body}", reply.headers).to_lowercase();
    assert!(!said.contains(MARK), "{reply:?}");
}

/// The fields that are asked for, and may hold anything, are left out.
fn without_results(reply: &Reply) -> serde_json::Value {
    let mut answer = reply.json();
    for name in ["signature", "plain"] {
        answer.as_object_mut().unwrap().remove(name);
    }
    answer
}

#[test]
fn strangers_are_answered_and_have_nothing() {
    let paths = prop_oneof![
        4 => prop::sample::select(&PATHS[..]).prop_map(str::to_owned),
        1 => "/[a-zA-Z0-9%._/-]{0,30}(\\?[a-z0-9=&%]{0,20})?",
    ];
    let requests = (
        prop::sample::select(&METHODS[..]),
        paths,
        strangers(),
        body(),
    );
    // Whoever sees a window says yes: there must be none.
    let scene = Card::rsa().scene(Some(Decision::Always));
    check(
        400,
        &requests,
        scene,
        async |stage, (method, path, headers, body)| {
            let path = format!("{path}{}zqx9", if path.contains('?') { "&" } else { "?" });
            let mut client = Client::program(stage);
            for (name, value) in headers {
                client = client.with(name, &value);
            }
            let reply = client.ask(method, &path, &body).await;
            let status = reply.status.as_u16();
            assert!(
                matches!(status, 200 | 400 | 403),
                "{method} {path}: {reply:?}"
            );
            says_nothing_of_it(&reply);
            let readable = reply.header("access-control-allow-origin");
            assert!(
                readable.is_none() || path.starts_with("/p11Image.bmp"),
                "{path}: {reply:?}"
            );
            assert!(
                stage.nothing_happened(),
                "{method} {path}: {:?}",
                stage.happened()
            );
        },
    );
}

#[test]
fn packages_of_any_kind_have_an_answer_with_func_and_number() {
    let scene = Card::rsa()
        .scene(Some(Decision::Once))
        .work(|_, _| Some(Err(chop_token::Error::Unsupported)));
    check(400, &package(), scene, async |stage, text| {
        let reply = through(stage, SITE, "/chop/popup", &text).await;
        assert_eq!(reply.status, 200);
        let answer = without_results(&reply);
        assert!(
            answer["func"].is_string() && answer["ret_code"].is_u64(),
            "{text}: {answer}"
        );
        assert!(answer["last_error"].is_i64(), "{text}: {answer}");
        assert!(!answer.to_string().contains(MARK), "{text}: {answer}");
    });
}

#[test]
fn programs_of_any_kind_have_an_answer() {
    let scene = Scene::new().person(|view| match view {
        View::Deciding => Some(Event::Decided(Decision::Once)),
        _ => Some(Event::Closed),
    });
    let paths = prop::sample::select(&PATHS[..]);
    let requests = (prop::sample::select(&METHODS[..]), paths, body());
    check(
        300,
        &requests,
        scene,
        async |stage, (method, path, body)| {
            let reply = Client::program(stage).ask(method, path, &body).await;
            assert!(
                matches!(reply.status.as_u16(), 200 | 403),
                "{method} {path}: {reply:?}"
            );
            says_nothing_of_it(&reply);
        },
    );
}

#[test]
fn names_that_lead_here_without_being_ours_are_misdirected() {
    let hosts = prop_oneof![
        "[a-z0-9.-]{1,40}",
        "[a-z0-9.-]{1,20}:[0-9]{1,5}",
        Just("localhost".to_owned()),
        Just("127.0.0.1".to_owned()),
        Just("127.0.0.2".to_owned()),
        Just("[::1]".to_owned()),
        Just("localhost.".to_owned()),
        Just("0.0.0.0".to_owned()),
        Just("LOCALHOST.evil.example".to_owned()),
    ];
    let requests = (
        hosts,
        any::<bool>(),
        prop::sample::select(&PATHS[..]),
        strangers(),
    );
    let scene = Card::rsa().scene(Some(Decision::Always));
    check(
        300,
        &requests,
        scene,
        async |stage, (host, with_port, path, headers)| {
            let named = host.contains(':') && !host.ends_with(']');
            let host = match with_port && !named {
                true => format!("{host}:{}", stage.hipki),
                false => host,
            };
            let ours = ["localhost", "127.0.0.1", "[::1]"];
            if ours
                .iter()
                .any(|name| host == format!("{name}:{}", stage.hipki))
            {
                return;
            }
            let mut client = Client::program(stage).named(&host);
            for (name, value) in headers {
                client = client.with(name, &value);
            }
            let reply = client.get(path).await;
            assert_eq!(reply.status, 421, "{host} {path}");
            assert!(stage.nothing_happened());
        },
    );
}
