//! `chop-verify token.json …`, `hipki`, `document`, `openapi`.

use std::{
    path::{Path, PathBuf},
    process::{Command, Output},
    time::SystemTime,
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use chop_testpki::{Holder, KeyKind, Message, Scheme, pkcs1, signing_certificate_v2};
use serde_json::Value;

use crate::scene::{Files, ORIGIN, card, card_of, serial, signed};

pub(crate) fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_chop-verify"))
        .args(arguments)
        .output()
        .unwrap()
}

pub(crate) fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

const CHALLENGE: &str = "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=";

/// Runs with the files' authorities and lists; the exit code and what it printed.
fn judge(files: &Files, arguments: &[&str]) -> (i32, Value) {
    let (root, between) = (files.path("root.pem"), files.path("between.pem"));
    let (root_list, list) = (files.path("root.crl"), files.path("companies.crl"));
    let trust = [
        "--anchors",
        text(&root),
        "--intermediates",
        text(&between),
        "--crl",
        text(&root_list),
        "--crl",
        text(&list),
    ];
    let output = run(&[arguments, &trust].concat());
    let printed = String::from_utf8(output.stdout).unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    let json = serde_json::from_str(&printed).unwrap_or_else(|_| panic!("{printed}{said}"));
    (output.status.code().unwrap(), json)
}

#[test]
fn a_token_is_accepted_with_zero_and_refused_with_one() {
    let (files, card) = (Files::new(), card(&Holder::company()));
    let token = files.write(
        "token.json",
        signed(&card, CHALLENGE).to_string().as_bytes(),
    );
    let ask = |files: &Files, origin: &str, challenge: &str| {
        let arguments = [text(&token), "--origin", origin, "--challenge", challenge];
        judge(files, &arguments)
    };
    let (code, verdict) = ask(&files, ORIGIN, CHALLENGE);
    assert_eq!((code, &verdict["accepted"]), (0, &true.into()));
    assert_eq!(verdict["signer"]["identity"]["ban"], "12345675");
    let (code, verdict) = ask(&files, "https://evil.example", CHALLENGE);
    assert_eq!((code, &verdict["code"]), (1, &"signature_mismatch".into()));
    let (code, verdict) = ask(&files, ORIGIN, &STANDARD.encode([8; 32]));
    assert_eq!((code, &verdict["code"]), (1, &"signature_mismatch".into()));
    let revoked = Files::revoking(&[&serial(&card)]);
    let (code, verdict) = ask(&revoked, ORIGIN, CHALLENGE);
    assert_eq!((code, &verdict["code"]), (1, &"revoked".into()));
}

#[test]
fn without_lists_a_token_is_refused_unless_that_is_allowed() {
    let files = Files::new();
    let token = signed(&card(&Holder::company()), CHALLENGE).to_string();
    let token = files.write("token.json", token.as_bytes());
    let (root, between) = (files.path("root.pem"), files.path("between.pem"));
    let arguments = [
        text(&token),
        "--origin",
        ORIGIN,
        "--challenge",
        CHALLENGE,
        "--anchors",
        text(&root),
        "--intermediates",
        text(&between),
    ];
    assert_eq!(run(&arguments).status.code(), Some(1));
    let allowed = [&arguments[..], &["--allow-unknown-revocation"]].concat();
    assert_eq!(run(&allowed).status.code(), Some(0));
}

#[test]
fn a_hipki_login_is_judged() {
    let (files, card) = (
        Files::new(),
        card_of(&Holder::company(), KeyKind::Rsa(2048)),
    );
    let message = Message::hipki(b"tbs", SystemTime::now())
        .sign(&card)
        .unwrap();
    let signature = files.write("signature", STANDARD.encode(message).as_bytes());
    let (code, verdict) = judge(&files, &["hipki", text(&signature), "--challenge", "tbs"]);
    assert_eq!((code, &verdict["origin_bound"]), (0, &false.into()));
    let (code, verdict) = judge(&files, &["hipki", text(&signature), "--challenge", "other"]);
    assert_eq!((code, &verdict["code"]), (1, &"content_mismatch".into()));

    let bare = pkcs1(&card, Scheme::RsaSha256, b"tbs").unwrap();
    let bare = files.write("bare", STANDARD.encode(bare).as_bytes());
    let certificate = files.write("certificate", STANDARD.encode(&card.certificate).as_bytes());
    let certificate = ["--certificate", text(&certificate), "--hash", "sha256"];
    let arguments = [
        &["hipki", text(&bare), "--challenge", "tbs"],
        &certificate[..],
    ]
    .concat();
    assert_eq!(judge(&files, &arguments).0, 0);
}

#[test]
fn a_document_is_judged() {
    let (files, card) = (Files::new(), card(&Holder::company()));
    let named = signing_certificate_v2(&card.certificate).unwrap();
    let message = Message::hipki(b"letter", SystemTime::now())
        .with(named)
        .detached();
    let message = files.write("letter.p7s", &message.sign(&card).unwrap());
    let (letter, other) = (
        files.write("letter", b"letter"),
        files.write("other", b"other"),
    );
    let ask = |content: &PathBuf| {
        judge(
            &files,
            &["document", text(&message), "--content", text(content)],
        )
    };
    assert_eq!(ask(&letter).0, 0);
    assert_eq!(ask(&other), (1, ask(&other).1));
    assert_eq!(ask(&other).1["code"], "content_mismatch");
}

#[test]
fn a_question_that_cannot_be_asked_ends_with_two() {
    let files = Files::new();
    let (root, token) = (files.path("root.pem"), files.write("token.json", b"{}"));
    let (root, token) = (text(&root), text(&token));
    for odd in [
        &["--origin", ORIGIN] as &[&str],
        &[
            "/none.json",
            "--origin",
            ORIGIN,
            "--challenge",
            CHALLENGE,
            "--anchors",
            root,
        ],
        &[
            token,
            "--origin",
            "portal",
            "--challenge",
            CHALLENGE,
            "--anchors",
            root,
        ],
        &[
            token,
            "--origin",
            ORIGIN,
            "--challenge",
            "?",
            "--anchors",
            root,
        ],
        &[
            token,
            "--origin",
            ORIGIN,
            "--challenge",
            CHALLENGE,
            "--anchors",
            token,
        ],
        &[
            token,
            "--origin",
            ORIGIN,
            "--challenge",
            CHALLENGE,
            "--anchors",
            root,
            "--at",
            "now",
        ],
        &["nonsense"],
        &[],
    ] {
        assert_eq!(run(odd).status.code(), Some(2), "{odd:?}");
    }
}

#[test]
fn the_description_can_be_printed() {
    let printed: Value = serde_json::from_slice(&run(&["openapi"]).stdout).unwrap();
    assert_eq!(printed["openapi"], "3.1.0");
}
