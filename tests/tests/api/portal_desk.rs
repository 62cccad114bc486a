//! What the portal's walks have in common: the site as an agency runs it, an agent with a card, a
//! screen, and a place for pictures.

use std::path::{Path, PathBuf};
use std::time::Duration;

use e2e::agent::{self, Agent};
use e2e::authority::Authority;
use e2e::browser::Page;
use e2e::card::{Card, Slot};
use e2e::display::Display;
use e2e::namespace::Namespace;
use e2e::pki::{Credential, Holder, KeyKind, Pki, Request};
use e2e::portal_stage::{Kind, Stage};
use e2e::stack::CardStack;
use e2e::trust::Home;
use serde_json::{Value, json};

use crate::browser_scene::LONG;
use crate::sign_in_desk::{ANY, window_titled};

/// The titles of the agent's window when it can take a PIN, and when one was wrong.
pub(crate) const ENTER: &str = "Chop － 登入";
pub(crate) const WRONG: &str = "Chop － PIN 碼錯誤";

/// An operator of the site, who has a citizen's card.
pub(crate) fn operator() -> Holder {
    Holder::new("管理員", "9999000000000001", e2e::pki::Issuer::Citizens)
}

/// Everything, in a namespace of its own. Fields are dropped in this order.
pub(crate) struct PortalDesk {
    _agent: Agent,
    pub(crate) stage: Stage,
    pub(crate) home: Home,
    pub(crate) display: Display,
    _stack: CardStack,
}

impl PortalDesk {
    /// With a company's card in the reader, and no account on the site.
    pub(crate) async fn new(namespace: &Namespace, kind: Kind) -> Self {
        Self::with(namespace, kind, &credential(&Holder::company()), &[]).await
    }

    /// With this card in the reader, on a site that knows of these (DER) that they were revoked.
    pub(crate) async fn with(
        namespace: &Namespace,
        kind: Kind,
        card: &Credential,
        revoked: &[&[u8]],
    ) -> Self {
        let card = Card::default().with(Slot::Authentication, card).unwrap();
        let stack = CardStack::start(namespace, [card]).unwrap();
        let display = Display::start().await.unwrap();
        let authority = Authority::new("Chop test web").unwrap();
        let folder = namespace.folder();
        let operators = [format!("citizen:{}", operator().number)];
        let pki = Pki::shared();
        let stage = Stage::start(folder, kind, &authority, pki, &operators, revoked)
            .await
            .unwrap();
        let options = agent::Options {
            display: Some(&display),
            modules: vec![stack.module().unwrap()],
            ..agent::Options::default()
        };
        let agent = Agent::start(folder, &options).await.unwrap();
        let trusted = [authority.certificate().clone(), agent.authority.clone()];
        let home = Home::new(&folder.join("browser"), &trusted).unwrap();
        Self {
            _agent: agent,
            stage,
            home,
            display,
            _stack: stack,
        }
    }

    /// Opens the home page and presses the picture of the company's card.
    pub(crate) async fn press_card(&self, page: &impl Page) {
        page.goto(&self.stage.settings.origin).await.unwrap();
        let ready = "document.querySelector('#card-login:not([aria-disabled])')";
        page.wait_for(ready, LONG).await.unwrap();
        page.click("#card-login").await.unwrap();
    }

    /// Types a PIN into the agent's window and presses Enter.
    pub(crate) async fn enter(&self, pin: &str) {
        window_titled(&self.display, ENTER).await;
        self.display.type_text(pin).await.unwrap();
        self.display.key("Return").await.unwrap();
    }

    /// Closes the agent's window, which says that the PIN was wrong.
    pub(crate) async fn close_wrong(&self) {
        window_titled(&self.display, WRONG).await;
        self.display.key("Escape").await.unwrap();
        self.display.wait_until_gone(ANY, LONG).await.unwrap();
    }
}

/// A new key and certificate for somebody.
pub(crate) fn credential(holder: &Holder) -> Credential {
    Pki::shared()
        .credential(&Request::of(holder), KeyKind::P256)
        .unwrap()
}

/// Waits until the browser is at a path, with the page whole.
pub(crate) async fn at(page: &impl Page, path: &str) {
    let there = format!(
        "location.pathname === {} && document.readyState === 'complete'",
        json!(path)
    );
    page.wait_for(&there, LONG).await.unwrap();
}

/// Clicks what leads to another page, and waits for that page.
pub(crate) async fn follow(page: &impl Page, selector: &str, path: &str) {
    // A form may lead to its own address: only a new page has lost this mark.
    page.eval("window.left = true").await.unwrap();
    page.click(selector).await.unwrap();
    let there = format!(
        "!window.left && location.pathname === {} && document.readyState === 'complete'",
        json!(path)
    );
    page.wait_for(&there, LONG).await.unwrap();
}

/// Fills fields in, as typing does.
pub(crate) async fn fill(page: &impl Page, fields: &[(&str, &str)]) {
    for (name, value) in fields {
        let field = format!(
            "document.querySelector({})",
            json!(format!("main [name={name}]"))
        );
        let value = json!(value);
        page.eval(&format!("{field}.value = {value}, 0"))
            .await
            .unwrap();
    }
}

/// The text of the first element like this, without the space around it.
pub(crate) async fn text(page: &impl Page, selector: &str) -> String {
    let text = format!(
        "document.querySelector({})?.textContent.trim() ?? ''",
        json!(selector)
    );
    let value = page.eval(&text).await.unwrap();
    value.as_str().unwrap().to_owned()
}

/// Pictures of pages, kept below `target/portal`, to be looked at.
pub(crate) struct Album {
    folder: PathBuf,
}

impl Album {
    /// An empty one.
    pub(crate) fn new(name: &str) -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/portal");
        let folder = root.join(name);
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        Self { folder }
    }

    /// Keeps a picture of the whole page.
    pub(crate) async fn keep(&self, page: &impl Page, name: &str) {
        page.picture(&self.file(name)).await.unwrap();
    }

    /// Keeps a picture of the screen, with the agent's window.
    pub(crate) async fn keep_screen(&self, display: &Display, name: &str) {
        display.screenshot(&self.file(name)).await.unwrap();
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{name}.png"))
    }
}

/// The letter with this number to an address, from the mail server.
pub(crate) async fn letter(stage: &Stage, to: &str, number: usize) -> e2e::mail_catcher::Letter {
    let within = Duration::from_secs(60);
    stage.mail.letter(to, number, within).await.unwrap()
}

/// Waits until the page's panel has a state, and gives the number in it.
pub(crate) async fn state(page: &impl Page, state: &str) -> Value {
    let status = "document.querySelector('#card-status')";
    let reached = format!("{status}.dataset.state === '{state}'");
    page.wait_for(&reached, LONG).await.unwrap();
    page.eval(&format!("{status}.dataset.number ?? null"))
        .await
        .unwrap()
}
