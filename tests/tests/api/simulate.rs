//! `chop simulate`: the real program, in real windows and by a script, and where it refuses to run.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{ChildStdin, Output};
use std::time::Duration;

use chop_verifier::{Anchors, Challenge, Verifier};
use e2e::agent::{Agent, Options as AgentOptions};
use e2e::authority::Authority;
use e2e::browser::{Chromium, ChromiumPage, Options, Page as _, policy};
use e2e::display::Display;
use e2e::namespace::Namespace;
use e2e::pkcs12::{self, Certificates};
use e2e::pki::KeyKind;
use e2e::process::children;
use e2e::site::{HOST, SITE, Site};
use e2e::softhsm::SoftHsm;
use e2e::trust::Home;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;

use crate::browser_scene::{LONG, in_namespace};
use crate::sign_in_desk::{ANY, type_into_window, window_titled};
use crate::sign_in_roads::{PASSWORD, company};

/// Of every simulated card.
const PIN: &str = "135790";
const WRONG_PIN: &str = "111111";

/// An agent with simulated cards, and a page that asks it. Fields are dropped in this order.
struct Scene {
    page: ChromiumPage,
    _browser: Chromium,
    orders: ChildStdin,
    agent: Agent,
    site: Site,
}

impl Scene {
    async fn new(namespace: &Namespace, options: &AgentOptions<'_>) -> Self {
        policy::allow_loopback(namespace, HOST).unwrap();
        let folder = namespace.folder();
        let authority = Authority::new("Chop test web").unwrap();
        let site = Site::start(&authority).await.unwrap();
        let mut agent = Agent::start(folder, options).await.unwrap();
        let trusted = [authority.certificate().clone(), agent.authority.clone()];
        let home = Home::new(&folder.join("browser"), &trusted).unwrap();
        let browser = Chromium::start(&home, Options::default()).await.unwrap();
        let page = browser.page().await.unwrap();
        page.goto(SITE).await.unwrap();
        Self {
            page,
            _browser: browser,
            orders: agent.program.take_stdin().unwrap(),
            agent,
            site,
        }
    }

    fn order(&mut self, order: &str) {
        writeln!(self.orders, "{order}").unwrap();
        // Obeyed in the order in which it is written, before a request that comes now can matter.
        std::thread::sleep(Duration::from_millis(400));
    }

    async fn press(&self) {
        self.page.eval("login.simulated = 0").await.unwrap();
        self.page.click("#sign-in").await.unwrap();
    }

    /// What the sign-in ended with: the assertion, or the error's code. The bridge has said that it
    /// was a simulated card.
    async fn ended(&self) -> Result<Value, String> {
        let ended = "login.assertion ?? login.error?.code";
        let ended = self.page.wait_for(ended, LONG).await.unwrap();
        assert_eq!(self.page.eval("login.simulated").await.unwrap(), 1);
        match ended {
            Value::String(code) => Err(code),
            assertion => {
                assert_eq!(assertion["simulated"], true);
                Ok(assertion)
            }
        }
    }

    async fn signs_in(&self) -> Result<Value, String> {
        self.press().await;
        self.ended().await
    }
}

fn simulate<'a>(told: &'a [&'a str]) -> AgentOptions<'a> {
    AgentOptions {
        simulate: Some(told),
        ..AgentOptions::default()
    }
}

#[test]
fn simulated_cards_of_every_kind_are_used_in_the_real_window() {
    in_namespace(async |namespace| {
        let display = Display::start().await.unwrap();
        let options = AgentOptions {
            display: Some(&display),
            ..simulate(&[])
        };
        let mut scene = Scene::new(namespace, &options).await;

        for order in ["card company", "card citizen", "card slow:2"] {
            scene.order(order);
            scene.press().await;
            type_into_window(&display, PIN).await;
            assert!(scene.ended().await.is_ok(), "{order}");
            display.wait_until_gone(ANY, LONG).await.unwrap();
        }

        scene.order("card pulled");
        scene.press().await;
        type_into_window(&display, PIN).await;
        assert_eq!(scene.ended().await, Err("card_removed".to_owned()));
        display.wait_until_gone(ANY, LONG).await.unwrap();

        scene.order("card locking:2");
        scene.press().await;
        type_into_window(&display, WRONG_PIN).await;
        window_titled(&display, "Chop － PIN 碼錯誤").await;
        display.key("Escape").await.unwrap();
        assert_eq!(scene.ended().await, Err("pin_wrong".to_owned()));
        let left = scene.page.eval("login.error.triesLeft").await.unwrap();
        assert_eq!(left, 1);
        display.wait_until_gone(ANY, LONG).await.unwrap();

        for (order, code) in [("card expired", "no_certificate"), ("card", "no_card")] {
            scene.order(order);
            scene.press().await;
            window_titled(&display, ANY).await;
            display.key("Escape").await.unwrap();
            assert_eq!(scene.ended().await, Err(code.to_owned()), "{order}");
            display.wait_until_gone(ANY, LONG).await.unwrap();
        }
    });
}

#[test]
fn simulated_cards_answer_by_a_script_without_a_screen_and_touch_nothing_of_the_persons() {
    in_namespace(async |namespace| {
        let folder = namespace.folder();
        let card = folder.join("card.p12");
        let certificates = Certificates::Readable;
        pkcs12::write(&card, &company(KeyKind::P256), &[], PASSWORD, certificates).unwrap();
        let tokens = SoftHsm::new(folder).unwrap();
        let trust = folder.join("trust");
        let told = ["--answer", "allow", "--out", trust.to_str().unwrap()];
        let options = AgentOptions {
            // Theirs, and in their settings: neither is looked at.
            modules: vec![tokens.module().to_path_buf()],
            pkcs12: vec![card],
            ..simulate(&told)
        };
        let mut scene = Scene::new(namespace, &options).await;

        let assertion = scene.signs_in().await.unwrap().to_string();
        let read = |name: &str| fs::read_to_string(trust.join(name)).unwrap();
        let anchors = Anchors::from_pem(&read("anchors.pem")).unwrap();
        let anchors = anchors
            .with_intermediates_pem(&read("intermediates.pem"))
            .unwrap();
        let strict = Verifier::new(anchors).allow_unknown_revocation();
        let challenges = scene.site.challenges();
        let challenge: Challenge = challenges.last().unwrap().parse().unwrap();
        let verify = |verifier: &Verifier| {
            let now = std::time::SystemTime::now();
            verifier.sign_in(&assertion, &SITE.parse().unwrap(), &challenge, now)
        };
        assert_eq!(verify(&strict).unwrap_err().code(), "simulated");
        assert!(verify(&strict.allow_simulated_cards()).is_ok());

        for (order, code) in [
            ("answer refuse", "user_refused"),
            ("answer time-out", "user_timeout"),
            ("answer wrong-pin", "pin_wrong"),
        ] {
            scene.order(order);
            assert_eq!(scene.signs_in().await, Err(code.to_owned()), "{order}");
        }
        scene.order("card locking:1");
        assert_eq!(scene.signs_in().await, Err("pin_locked".to_owned()));

        let agent = scene.agent.program.pid();
        for kind in ["worker", "prompt"] {
            assert_eq!(children(agent, kind), [0; 0], "{kind}");
        }
        // Ctrl-C takes the folder out again.
        kill(Pid::from_raw(agent.cast_signed()), Signal::SIGINT).unwrap();
        scene.agent.program.wait_for_end(LONG).unwrap();
        assert!(!trust.exists());
    });
}

fn run(folder: &Path, told: &[&str]) -> Output {
    let home = folder.join("home");
    fs::create_dir_all(&home).unwrap();
    let mut command = std::process::Command::new(e2e::agent::chop());
    command
        .arg("simulate")
        .args(told)
        .env_clear()
        .env("HOME", &home)
        .env("LANG", "C.UTF-8")
        .stdin(std::process::Stdio::null());
    command.output().unwrap()
}

#[track_caller]
fn refused(output: &Output, words: &str) {
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success(), "{said}");
    assert!(said.contains(words), "{said}");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "");
}

#[test]
fn simulated_cards_are_refused_where_an_administrator_looks_after_chop() {
    in_namespace(async |namespace| {
        let folder = namespace.folder();
        for policy in ["", "development = true\n", "no policy"] {
            namespace.write_etc("chop/policy.toml", policy).unwrap();
            refused(&run(folder, &["--answer", "allow"]), "由管理員管理");
        }
        fs::remove_file("/etc/chop/policy.toml").unwrap();
        namespace.cover("/var/lib").unwrap();
        fs::create_dir_all("/var/lib/chop").unwrap();
        fs::write("/var/lib/chop/authority.pem", "").unwrap();
        refused(&run(folder, &[]), "由管理員管理");
    });
}

#[test]
fn simulated_cards_are_no_files_and_not_beside_a_persons_agent() {
    in_namespace(async |namespace| {
        let folder = namespace.folder();
        for odd in [
            &["--card", "/home/me/card.p12"][..],
            &["--card", "locking:0"],
            &["--answer", "yes"],
            &["--module", "/usr/lib/opensc-pkcs11.so"],
            &["--pkcs12", "card.p12"],
            &["--card", "company", "--no-card"],
        ] {
            refused(&run(folder, odd), "");
        }
        fs::create_dir_all(folder.join("full")).unwrap();
        fs::write(folder.join("full/mine"), "x").unwrap();
        let full = folder.join("full");
        let out = ["--answer", "allow", "--out", full.to_str().unwrap()];
        refused(&run(folder, &out), "不是空的");
        assert!(full.join("mine").is_file());

        let agent = Agent::start(folder, &AgentOptions::default())
            .await
            .unwrap();
        let mut second = agent.command(&AgentOptions::default());
        let second = second.arg("simulate").output().unwrap();
        refused(&second, "Chop");
    });
}
