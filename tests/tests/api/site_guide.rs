//! What docs/site-integration.md tells a developer to do, done: cards, verifier, site, agent, login.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use e2e::agent::{Agent, Options, built};
use e2e::browser::{Chromium, Options as BrowserOptions, Page};
use e2e::display::Display;
use e2e::program::Program;
use e2e::trust::Home;

use crate::browser_scene::{LONG, in_namespace};
use crate::sign_in_desk::type_into_window;

const GUIDE: &str = include_str!("../../../docs/site-integration.md");

/// The guide's first block in this language.
fn block(language: &str) -> String {
    let (_, rest) = GUIDE.split_once(&format!("```{language}\n")).unwrap();
    rest.split_once("```").unwrap().0.to_owned()
}

/// The guide tells to run this; runs it in `folder`, until it ends.
fn told(folder: &Path, command: &str) {
    assert!(GUIDE.contains(command), "{command}");
    let mut words = command.split(' ');
    let program = words.next().unwrap().rsplit('/').next().unwrap();
    let output = Program::command(built(program))
        .args(words)
        .current_dir(folder)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command}: {said}");
}

/// Starts the verifier as the guide does, and waits for its line.
fn verifier(folder: &Path) -> Program {
    let mut command = Program::command(built("chop-verify"));
    command
        .args(["serve", "--settings", "chop-verify.toml"])
        .current_dir(folder)
        .stdout(Stdio::null());
    let program = Program::start(command, &folder.join("verifier.log")).unwrap();
    wait_for_port(8470);
    program
}

fn wait_for_port(port: u16) {
    let start = std::time::Instant::now();
    while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(start.elapsed() < LONG, "nobody listens on {port}");
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
}

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            fs::copy(&path, to.join(path.file_name().unwrap())).unwrap();
        }
    }
}

async fn press(page: &impl Page, display: &Display) {
    page.click("#sign-in").await.unwrap();
    type_into_window(display, "135790").await;
}

async fn says(page: &impl Page, words: &str) {
    let shown = format!("document.querySelector('#status').textContent.includes({words:?})");
    page.wait_for(&shown, LONG).await.unwrap();
}

#[test]
fn site_guide_leads_to_a_card_login_and_a_revoked_card_is_refused() {
    in_namespace(async |namespace| {
        let folder = namespace.folder();
        told(folder, "target/debug/chop-testpki new pki");
        fs::write(folder.join("chop-verify.toml"), block("toml")).unwrap();
        let first = verifier(folder);

        let examples = repository().join("verifier/service/examples");
        copy(&examples.join("python"), &folder.join("examples/python"));
        copy(&examples.join("page"), &folder.join("examples/page"));
        let bridge = repository().join("bridge-js/dist/index.js");
        fs::copy(bridge, folder.join("examples/page/bridge.js")).unwrap();
        let mut site = Program::command("python3");
        site.arg(folder.join("examples/python/site.py"))
            .env("CHOP_VERIFY", "http://127.0.0.1:8470");
        let _site = Program::start(site, &folder.join("site.log")).unwrap();
        wait_for_port(8000);

        let display = Display::start().await.unwrap();
        let options = Options {
            display: Some(&display),
            pkcs12: vec![folder.join("pki/cards/company.p12")],
            settings: "development = true",
            ..Options::default()
        };
        let mut agent = Agent::start(folder, &options).await.unwrap();
        let home = Home::new(
            &folder.join("browser"),
            std::slice::from_ref(&agent.authority),
        )
        .unwrap();
        let browser = Chromium::start(&home, BrowserOptions::default())
            .await
            .unwrap();
        let page = browser.page().await.unwrap();

        page.goto("http://localhost:8000/").await.unwrap();
        press(&page, &display).await;
        says(&page, "您好，測試股份有限公司").await;

        // Other cards, with the agent started again as the guide says.
        for (file, code) in [
            ("lost.p12", "revoked"),
            ("expired.p12", "expired"),
            ("citizen.p12", "card_kind_wrong"),
            ("company.p12", "您好"),
        ] {
            assert!(file == "company.p12" || GUIDE.contains(&format!("`{file}`")));
            drop(agent);
            let other = Options {
                pkcs12: vec![folder.join("pki/cards").join(file)],
                ..options.clone()
            };
            agent = Agent::start(folder, &other).await.unwrap();
            press(&page, &display).await;
            says(&page, code).await;
        }

        // The guide's way of losing the card.
        let revoked = folder.join("pki/revoked.txt");
        let text = fs::read_to_string(&revoked).unwrap() + "company\n";
        fs::write(revoked, text).unwrap();
        told(folder, "target/debug/chop-testpki lists pki");
        drop(first);
        let _second = verifier(folder);
        press(&page, &display).await;
        says(&page, "無法登入（revoked）").await;
        browser.close().await.unwrap();
    });
}
