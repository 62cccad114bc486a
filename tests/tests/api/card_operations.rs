//! What a page can ask of a card besides a sign-in, with the real bridge, window and card:
//! certificates after a yes, documents signed and an envelope opened after the PIN. OpenSSL is the
//! other side of each.

use std::fs;
use std::path::Path;
use std::process::Command;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use e2e::agent::{Agent, Options as AgentOptions};
use e2e::authority::Authority;
use e2e::browser::{Chromium, Options, Page, policy};
use e2e::display::Display;
use e2e::namespace::Namespace;
use e2e::pki::{Credential, Holder, KeyKind, Pki, Request, pem};
use e2e::site::{HOST, SITE, Site};
use e2e::softhsm::{PIN, SoftHsm};
use e2e::trust::Home;
use serde_json::{Value, json};

use crate::browser_scene::{LONG, in_namespace};
use crate::sign_in_desk::{tab_and_enter, window_titled};

const CONTENT: &str = "本公司同意 §1 至 §3。";

/// A desk with a GPKI-like card: one certificate that signs, one that decrypts.
struct Desk {
    signing: Credential,
    decrypting: Credential,
    _agent: Agent,
    home: Home,
    display: Display,
    _site: Site,
}

impl Desk {
    async fn new(namespace: &Namespace) -> Self {
        let holder = Holder::company();
        let issued = |request: Request<'_>| {
            let credential = Pki::shared().credential(&request, KeyKind::Rsa(2048));
            credential.unwrap()
        };
        let signing = issued(Request::of(&holder));
        let decrypting = issued(Request::of(&holder).for_encryption());
        let tokens = SoftHsm::new(namespace.folder()).unwrap();
        let both = [("cert1", &signing), ("cert2", &decrypting)];
        tokens.add_token("GPKI-TEST", &both).unwrap();

        let display = Display::start().await.unwrap();
        let authority = Authority::new("Chop test web").unwrap();
        let options = AgentOptions {
            display: Some(&display),
            modules: vec![tokens.module().to_path_buf()],
            environment: vec![("SOFTHSM2_CONF", tokens.configuration())],
            ..AgentOptions::default()
        };
        let agent = Agent::start(namespace.folder(), &options).await.unwrap();
        let trusted = [authority.certificate().clone(), agent.authority.clone()];
        let home = Home::new(&namespace.folder().join("browser"), &trusted).unwrap();
        let site = Site::start(&authority).await.unwrap();
        Self {
            signing,
            decrypting,
            _agent: agent,
            home,
            display,
            _site: site,
        }
    }

    /// A page of the site that has the bridge at hand as `chop`.
    async fn page(&self, browser: &Chromium) -> impl Page + use<> {
        let page = browser.page().await.unwrap();
        page.goto(&format!("{SITE}/blank")).await.unwrap();
        let import = "import('/bridge/index.js').then((it) => { window.chop = it; return 1 })";
        page.eval(import).await.unwrap();
        page
    }

    /// Waits for the window, and presses these keys in it.
    async fn answer(&self, title: &str, pin: &str) {
        window_titled(&self.display, title).await;
        if pin.is_empty() {
            // The language, the certificate's details, yes.
            return tab_and_enter(&self.display, 3).await;
        }
        self.display.type_text(pin).await.unwrap();
        self.display.key("Return").await.unwrap();
    }
}

/// Clicks `#go`, which calls the bridge.
async fn click(page: &impl Page, call: &str) {
    let on_click = format!(
        "document.getElementById('go').onclick = () => {{
             window.done = undefined
             const onState = (at) => {{ if (at.state === 'needs_click') window.proceed = at.proceed }}
             {call}.then(
                 (result) => {{ window.done = {{ result }} }},
                 (error) => {{ window.done = {{ error: error.code ?? String(error) }} }})
         }}, 0"
    );
    page.eval(&on_click).await.unwrap();
    page.click("#go").await.unwrap();
}

async fn done(page: &impl Page) -> Value {
    page.wait_for("window.done", LONG).await.unwrap()
}

async fn chromium(home: &Home) -> Chromium {
    Chromium::start(home, Options::default()).await.unwrap()
}

fn openssl(arguments: &[&str]) -> Vec<u8> {
    let ran = Command::new("openssl").args(arguments).output().unwrap();
    let said = String::from_utf8_lossy(&ran.stderr);
    assert!(ran.status.success(), "openssl {arguments:?}: {said}");
    ran.stdout
}

fn write(folder: &Path, name: &str, content: impl AsRef<[u8]>) -> String {
    let path = folder.join(name);
    fs::write(&path, content).unwrap();
    path.to_str().unwrap().to_owned()
}

/// The root and the issuer, for OpenSSL.
fn authorities(folder: &Path) -> String {
    let pki = Pki::shared();
    let issuer = pki.intermediate(Holder::company().issuer);
    write(
        folder,
        "authorities.pem",
        pem(pki.root()).unwrap() + &pem(issuer).unwrap(),
    )
}

#[test]
fn card_certificates_are_read_after_a_yes_and_without_a_pin() {
    in_namespace(async |namespace| {
        policy::allow_loopback(namespace, HOST).unwrap();
        let desk = Desk::new(namespace).await;
        let browser = chromium(&desk.home).await;
        let page = desk.page(&browser).await;

        click(&page, "chop.certificates({ onState })").await;
        desk.answer("Chop － 讀取憑證", "").await;

        let der = |credential: &Credential| BASE64_STANDARD.encode(&credential.certificate);
        let mut expected = [
            json!({ "certificate": der(&desk.signing), "uses": ["sign_in", "sign"] }),
            json!({ "certificate": der(&desk.decrypting), "uses": ["decrypt"] }),
        ];
        let mut answer = done(&page).await["result"]["certificates"].take();
        let answer = answer.as_array_mut().unwrap();
        let by_text = |a: &Value, b: &Value| a.to_string().cmp(&b.to_string());
        expected.sort_by(by_text);
        answer.sort_by(by_text);
        assert_eq!(answer[..], expected);
    });
}

#[test]
fn card_signs_two_documents_under_one_pin_and_openssl_agrees() {
    in_namespace(async |namespace| {
        policy::allow_loopback(namespace, HOST).unwrap();
        let desk = Desk::new(namespace).await;
        let browser = chromium(&desk.home).await;
        let page = desk.page(&browser).await;

        let call = format!(
            "(async () => {{
                 const content = new TextEncoder().encode('{CONTENT}')
                 const digest = new Uint8Array(await crypto.subtle.digest('SHA-384', content))
                 return chop.sign(
                     [{{ name: '合約.txt', content }}, {{ name: '副本', digest, hash: 'sha-384' }}],
                     {{ onState }})
             }})()"
        );
        click(&page, &call).await;
        desk.answer("Chop － 簽署文件", PIN).await;

        let answer = done(&page).await;
        let signatures = answer["result"].as_array().expect("two signatures");
        let folder = namespace.folder();
        let content = write(folder, "content", CONTENT);
        let authorities = authorities(folder);
        for (signature, more) in signatures.iter().zip([&[][..], &["-content", &content]]) {
            let der = BASE64_STANDARD.decode(signature.as_str().unwrap()).unwrap();
            let signature = write(folder, "signature.der", der);
            let verify = ["cms", "-verify", "-cades", "-binary", "-purpose", "any"];
            let about = ["-inform", "DER", "-in", &signature, "-CAfile", &authorities];
            let verified = openssl(&[&verify[..], &about, more].concat());
            assert_eq!(String::from_utf8(verified).unwrap(), CONTENT);
        }
        assert_eq!(signatures.len(), 2);
    });
}

#[test]
fn card_opens_an_envelope_of_openssl_through_the_popup() {
    in_namespace(async |namespace| {
        let desk = Desk::new(namespace).await;
        let folder = namespace.folder();
        let content = write(folder, "content", CONTENT);
        let recipient = write(
            folder,
            "recipient.pem",
            pem(&desk.decrypting.certificate).unwrap(),
        );
        let encrypt = ["cms", "-encrypt", "-binary", "-aes-256-cbc"];
        let about = ["-outform", "DER", "-in", &content, &recipient];
        let envelope = BASE64_STANDARD.encode(openssl(&[&encrypt[..], &about].concat()));
        let browser = chromium(&desk.home).await;
        let page = desk.page(&browser).await;

        let call = format!(
            "chop.decrypt(Uint8Array.from(atob('{envelope}'), (c) => c.charCodeAt(0)), {{ onState }})
                 .then((content) => new TextDecoder().decode(content))"
        );
        click(&page, &call).await;
        page.wait_for("window.proceed", LONG).await.unwrap();
        page.eval("document.getElementById('go').onclick = () => proceed(), 0")
            .await
            .unwrap();
        page.click("#go").await.unwrap();
        desk.answer("Chop － 解密", PIN).await;

        assert_eq!(done(&page).await, json!({ "result": CONTENT }));
    });
}
