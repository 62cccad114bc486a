//! What the tests of pages written for HiCOS have in common: an agent with a card like GPKI's, a
//! screen, a public site and a browser's home.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use e2e::agent::{Agent, Options};
use e2e::authority::Authority;
use e2e::browser::{self, Chromium, Firefox, Page};
use e2e::display::Display;
use e2e::namespace::Namespace;
use e2e::pki::{Credential, Holder, KeyKind, Pki, Request, pem};
use e2e::site::{SITE, Site};
use e2e::softhsm::{PIN, SoftHsm};
use e2e::trust::Home;
use serde_json::Value;

use crate::browser_scene::LONG;
use crate::hanging_module;
use crate::sign_in_desk::{tab_and_enter, type_into_window, window_titled};

/// The desk. Fields are dropped in this order.
pub(crate) struct Desk {
    pub(crate) signing: Credential,
    pub(crate) decrypting: Credential,
    pub(crate) agent: Option<Agent>,
    pub(crate) home: Home,
    pub(crate) display: Display,
    _site: Site,
    folder: PathBuf,
    module: PathBuf,
}

impl Desk {
    pub(crate) async fn new(namespace: &Namespace) -> Self {
        Self::with(namespace, Vec::new(), Some("")).await
    }

    /// The card is there, Chop is not.
    pub(crate) async fn without_agent(namespace: &Namespace) -> Self {
        Self::with(namespace, Vec::new(), None).await
    }

    /// The agent writes down everything.
    pub(crate) async fn traced(namespace: &Namespace) -> Self {
        let settings = "log = 'trace'\nlog_file = true";
        Self::with(namespace, Vec::new(), Some(settings)).await
    }

    /// Beside the card a module that never answers.
    pub(crate) async fn with_a_module_that_hangs(namespace: &Namespace) -> Self {
        let modules = vec![hanging_module::build_dead(namespace)];
        Self::with(namespace, modules, Some("")).await
    }

    async fn with(namespace: &Namespace, mut modules: Vec<PathBuf>, agent: Option<&str>) -> Self {
        let holder = Holder::company();
        let pki = Pki::shared();
        let issued = |request: Request<'_>| {
            let credential = pki.credential(&request, KeyKind::Rsa(2048));
            credential.unwrap()
        };
        let signing = issued(Request::of(&holder));
        let decrypting = issued(Request::of(&holder).for_encryption());
        let tokens = SoftHsm::new(namespace.folder()).unwrap();
        let authorities = [pki.intermediate(holder.issuer), pki.root()];
        tokens
            .add_gpki_card("GPKI-TEST", &signing, &decrypting, authorities)
            .unwrap();
        modules.push(tokens.module().to_path_buf());

        let display = Display::start().await.unwrap();
        let authority = Authority::new("Chop test web").unwrap();
        let options = Options {
            display: Some(&display),
            modules,
            environment: vec![("SOFTHSM2_CONF", tokens.configuration())],
            settings: agent.unwrap_or_default(),
            ..Options::default()
        };
        let mut trusted = vec![authority.certificate().clone()];
        let mut started = None;
        if agent.is_some() {
            let agent = Agent::start(namespace.folder(), &options).await.unwrap();
            trusted.push(agent.authority.clone());
            started = Some(agent);
        }
        let home = Home::new(&namespace.folder().join("browser"), &trusted).unwrap();
        let site = Site::start(&authority).await.unwrap();
        Self {
            signing,
            decrypting,
            agent: started,
            home,
            display,
            _site: site,
            folder: namespace.folder().to_path_buf(),
            module: tokens.module().to_path_buf(),
        }
    }

    /// Waits for the window with this in its title, and says yes, this time: where Tab leads after
    /// the language and “from now on”.
    pub(crate) async fn answer(&self, title: &str) {
        self.press(title, 3).await;
    }

    /// The same where a yes is never for good.
    pub(crate) async fn answer_this_once(&self, title: &str) {
        self.press(title, 2).await;
    }

    async fn press(&self, title: &str, button: usize) {
        window_titled(&self.display, title).await;
        tab_and_enter(&self.display, button).await;
        self.display.wait_until_gone(title, LONG).await.unwrap();
    }

    /// Waits for the window, and presses Escape in it.
    pub(crate) async fn refuse(&self, title: &str) {
        window_titled(&self.display, title).await;
        self.display.key("Escape").await.unwrap();
    }

    /// Waits for the window of a sign-in, and enters the PIN.
    pub(crate) async fn enter_pin(&self) {
        type_into_window(&self.display, PIN).await;
    }

    /// Whether the agent shows nothing.
    pub(crate) async fn no_window(&self) -> bool {
        let titles = self.display.titles().await.unwrap();
        !titles.iter().any(|title| title.contains("Chop －"))
    }

    /// What is in a signature, once openssl has verified it.
    pub(crate) fn verified(&self, signature: &Value) -> String {
        let signature = self.write("signature.der", &der(signature));
        let pki = Pki::shared();
        let issuer = pki.intermediate(Holder::company().issuer);
        let authorities = pem(pki.root()).unwrap() + &pem(issuer).unwrap();
        let authorities = self.write("authorities.pem", authorities.as_bytes());
        let verify = ["cms", "-verify", "-binary", "-purpose", "any", "-inform"];
        let about = ["DER", "-in", &signature, "-CAfile", &authorities];
        String::from_utf8(openssl(&[&verify[..], &about].concat())).unwrap()
    }

    /// A signature's structure, as openssl shows it.
    pub(crate) fn asn1(&self, signature: &Value) -> String {
        let signature = self.write("signature.der", &der(signature));
        let text = openssl(&["asn1parse", "-inform", "DER", "-in", &signature]);
        String::from_utf8_lossy(&text).into_owned()
    }

    /// An envelope for the card, in base64 on several lines.
    pub(crate) fn encrypted(&self, content: &str) -> String {
        let content = self.write("content", content.as_bytes());
        let recipient = pem(&self.decrypting.certificate).unwrap();
        let recipient = self.write("recipient.pem", recipient.as_bytes());
        let encrypt = ["cms", "-encrypt", "-binary", "-des3", "-outform", "DER"];
        let about = ["-in", &content, &recipient];
        let text = BASE64_STANDARD.encode(openssl(&[&encrypt[..], &about].concat()));
        let lines: Vec<_> = text
            .as_bytes()
            .chunks(64)
            .map(String::from_utf8_lossy)
            .collect();
        lines.join("\r\n")
    }

    fn write(&self, name: &str, content: &[u8]) -> String {
        let path = self.folder.join(name);
        fs::write(&path, content).unwrap();
        path.to_str().unwrap().to_owned()
    }

    /// The card's number, as pkcs11-tool tells it.
    pub(crate) async fn card_number(&self) -> String {
        let output = Command::new("pkcs11-tool")
            .arg("--module")
            .arg(&self.module)
            .arg("--list-token-slots")
            .env("SOFTHSM2_CONF", self.folder.join("softhsm/softhsm2.conf"))
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let line = text
            .lines()
            .find(|line| line.trim_start().starts_with("serial num"));
        let number = line.unwrap().split(':').nth(1).unwrap();
        number.trim().to_owned()
    }
}

fn der(base64: &Value) -> Vec<u8> {
    let text = base64
        .as_str()
        .unwrap_or_else(|| panic!("no signature: {base64}"));
    BASE64_STANDARD.decode(text).unwrap()
}

pub(crate) fn openssl(arguments: &[&str]) -> Vec<u8> {
    let ran = Command::new("openssl").args(arguments).output().unwrap();
    let said = String::from_utf8_lossy(&ran.stderr);
    assert!(ran.status.success(), "openssl {arguments:?}: {said}");
    ran.stdout
}

/// The policy that lets the site do this without a question.
pub(crate) fn allow(namespace: &Namespace, scope: &str) {
    let text = format!("hipki.allow_{scope} = ['{SITE}']\n");
    namespace.write_etc("chop/policy.toml", &text).unwrap();
}

/// Opens a page, and clicks its button.
pub(crate) async fn click(page: &impl Page, name: &str) {
    page.goto(&format!("{SITE}/hipki/{name}")).await.unwrap();
    page.click("#go").await.unwrap();
}

pub(crate) async fn result(page: &impl Page) -> Value {
    page.wait_for("window.result", LONG).await.unwrap()
}

pub(crate) async fn chromium(desk: &Desk) -> Chromium {
    Chromium::start(&desk.home, browser::Options::default())
        .await
        .unwrap()
}

pub(crate) async fn firefox(desk: &Desk) -> Firefox {
    Firefox::start(&desk.home, browser::Options::default())
        .await
        .unwrap()
}

/// Runs a scene in both browsers, one after the other, at one desk.
macro_rules! in_both {
    ($desk:expr, $scene:expr) => {
        let browser = crate::hipki_desk::chromium(&$desk).await;
        $scene(&$desk, &browser.page().await.unwrap()).await;
        drop(browser);
        let browser = crate::hipki_desk::firefox(&$desk).await;
        $scene(&$desk, &browser.page().await.unwrap()).await;
    };
}

pub(crate) use in_both;
