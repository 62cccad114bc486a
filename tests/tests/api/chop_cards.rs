//! `chop cards`, as people and programs run it.

use std::{
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Command, Stdio},
};

use e2e::{
    agent::chop,
    card::{Card, Slot},
    namespace::Namespace,
    pki::{Holder, KeyKind, Pki, Request},
    program::Program,
    stack::{CardStack, READERS},
};
use serde_json::Value;

/// The command of a person whose home is in `folder`, and whose settings name these modules.
fn command(folder: &Path, settings: &str, options: &[&str]) -> Command {
    let config = folder.join("config/chop");
    std::fs::create_dir_all(&config).unwrap();
    std::fs::write(config.join("settings.toml"), settings).unwrap();
    let mut command = Program::command(chop());
    command.arg("cards").args(options);
    command
        .env("HOME", folder)
        .env("XDG_CONFIG_HOME", folder.join("config"));
    command
}

fn stack(namespace: &Namespace) -> CardStack {
    let holder = Holder::company();
    let credential = Pki::shared()
        .credential(&Request::of(&holder), KeyKind::P256)
        .unwrap();
    let card = Card::default()
        .with(Slot::Authentication, &credential)
        .unwrap();
    CardStack::start(namespace, [card]).unwrap()
}

#[test]
fn chop_cards_shows_a_person_card_certificate_and_module() {
    let namespace = Namespace::enter().unwrap();
    let stack = stack(&namespace);
    let module = stack.module().unwrap();
    let settings = format!("modules = [{module:?}]");

    let output = command(namespace.folder(), &settings, &[])
        .output()
        .unwrap();

    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success());
    for part in [
        "Virtual PCD 00 00",
        "工商憑證卡 Company certificate card",
        "PIN 碼剩 3 次",
        &Holder::company().name,
        "登入 sign-in",
        "沒有卡片 no card",
        "✓ /",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert_eq!(stack.reader().card().counts.verifies, 0);
}

#[test]
fn chop_cards_tells_a_program_why_a_module_cannot_be_used() {
    let namespace = Namespace::enter().unwrap();
    let _stack = stack(&namespace);
    let folder = namespace.folder();
    std::fs::write(folder.join("none.so"), [b'#'; 100]).unwrap();
    let settings = format!("modules = [{:?}, '/gone.so']", folder.join("none.so"));

    let output = command(folder, &settings, &["--json"]).output().unwrap();

    let json: Value = serde_json::from_slice(&output.stdout).unwrap();
    let codes = [0, 1].map(|at| json["modules"][at]["fault"]["code"].clone());
    assert_eq!(codes, ["not_a_library", "missing"]);
    // Nobody reads the card, so it has no better name than its answer.
    let card = &json["readers"][0]["card"];
    assert!(
        card["name"].is_null() && card["remedy"]["zh"].is_string(),
        "{card}"
    );
}

#[test]
fn chop_cards_loads_no_module_that_the_policy_does_not_allow() {
    let namespace = Namespace::enter().unwrap();
    let stack = stack(&namespace);
    let module = stack.module().unwrap();
    let settings = format!("modules = [{module:?}]\nallowed_modules = ['/']");
    let policy = "allowed_modules = ['/opt']\nlocked = ['allowed_modules']";
    namespace.write_etc("chop/policy.toml", policy).unwrap();

    let output = command(namespace.folder(), &settings, &["--json"])
        .output()
        .unwrap();

    let json: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(json["modules"][0]["fault"]["code"], "not_allowed");
    assert_eq!(stack.reader().card().counts.certificates, 0);
}

#[test]
fn chop_cards_follows_what_is_put_in_and_taken_out() {
    let namespace = Namespace::enter().unwrap();
    let stack = stack(&namespace);
    let settings = format!("modules = [{:?}]", stack.module().unwrap());
    let mut watch = command(namespace.folder(), &settings, &["--json", "--watch"]);
    watch.stdout(Stdio::piped());
    let mut watch = Program::start(watch, &namespace.folder().join("watch.log")).unwrap();
    let mut lines = BufReader::new(watch.take_stdout().unwrap()).lines();
    let mut next = |reached: &dyn Fn(&Value) -> bool| {
        for line in &mut lines {
            let now: Value = serde_json::from_str(&line.unwrap()).unwrap();
            if reached(&now) {
                return;
            }
        }
        panic!("it ended");
    };
    let holder = |now: &Value| {
        let token = &now["readers"][0]["card"]["tokens"][0];
        token["certificates"][0]["holder"] == Holder::company().name
    };
    next(&holder);
    stack.remove().unwrap();
    next(&|now| now["readers"][0]["name"] == READERS[0] && now["readers"][0]["card"].is_null());
    stack.insert().unwrap();
    next(&holder);
}

#[test]
fn chop_cards_shows_nothing_that_a_module_prints() {
    let namespace = Namespace::enter().unwrap();
    let _stack = stack(&namespace);
    let folder = namespace.folder();
    let source = "#include <stdio.h>\n__attribute__((constructor)) static void load(void) {\
                  fputs(\"\\033]0;title\\007\", stderr); puts(\"\\033[2J\"); fflush(stdout); }\n\
                  int C_GetFunctionList(void) { return 5; }\n";
    std::fs::write(folder.join("prints.c"), source).unwrap();
    let built = Command::new("cc")
        .args(["-shared", "-fPIC", "-o", "prints.so", "prints.c"])
        .current_dir(folder)
        .status();
    assert!(built.unwrap().success());
    let settings = format!("modules = [{:?}]", folder.join("prints.so"));

    let output = command(folder, &settings, &[]).output().unwrap();

    for said in [output.stdout, output.stderr] {
        let said = String::from_utf8_lossy(&said);
        assert!(
            !said.contains('\u{1b}') && !said.contains('\u{7}'),
            "{said:?}"
        );
    }
}
