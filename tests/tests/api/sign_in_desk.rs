//! What the sign-in tests have in common: a desk with a screen, an agent, a browser's home and the
//! portal on a public address.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use e2e::agent::{Agent, Options};
use e2e::authority::Authority;
use e2e::browser::Page;
use e2e::display::{Display, Window};
use e2e::namespace::Namespace;
use e2e::pki::{Holder, Pki};
use e2e::portal_site::PortalSite;
use e2e::site::{HOST, PUBLIC_ADDRESS};
use e2e::trust::Home;
use serde_json::Value;

use crate::browser_scene::LONG;

/// The window takes no keys for its first moments (C-9); this is longer, on purpose and in full:
/// there is no event for "now it listens", because nobody should be able to wait for one.
const ARMED: Duration = Duration::from_millis(900);

/// The titles of a window that can take a PIN, of one whose PIN was wrong, and of any.
const ENTER: &str = "Chop － 登入";
const WRONG: &str = "Chop － PIN 碼錯誤";
pub(crate) const ANY: &str = "Chop";

/// What the agent is given to sign with.
#[derive(Default)]
pub(crate) struct Cards {
    pub(crate) modules: Vec<PathBuf>,
    pub(crate) pkcs12: Vec<PathBuf>,
    pub(crate) environment: Vec<(&'static str, PathBuf)>,
    pub(crate) settings: &'static str,
    pub(crate) without_display: bool,
}

/// A desk in a namespace of its own. Fields are dropped in this order.
pub(crate) struct Desk {
    pub(crate) agent: Agent,
    pub(crate) portal: PortalSite,
    pub(crate) home: Home,
    pub(crate) display: Display,
}

impl Desk {
    /// With [`Holder::company`] as the portal's one account.
    pub(crate) async fn new(namespace: &Namespace, cards: &Cards) -> Self {
        let display = Display::start().await.unwrap();
        let authority = Authority::new("Chop test web").unwrap();
        let folder = namespace.folder();
        let (pki, company) = (Pki::shared(), Holder::company());
        let address = SocketAddr::new(PUBLIC_ADDRESS, 443);
        let portal = PortalSite::start(folder, HOST, address, &authority, pki, &company);
        let portal = portal.await.unwrap();
        let shown = (!cards.without_display).then_some(&display);
        let agent = Agent::start(folder, &cards.options(shown)).await.unwrap();
        let trusted = [authority.certificate().clone(), agent.authority.clone()];
        let home = Home::new(&folder.join("browser"), &trusted).unwrap();
        Self {
            agent,
            portal,
            home,
            display,
        }
    }

    /// Opens the portal and presses the card picture.
    pub(crate) async fn press_card(&self, page: &impl Page) {
        page.goto(&self.portal.origin).await.unwrap();
        page.wait_for(
            "document.querySelector('#card-login:not([aria-disabled])')",
            LONG,
        )
        .await
        .unwrap();
        page.click("#card-login").await.unwrap();
    }

    /// Waits for the window that can take a PIN, and gives it the keyboard.
    pub(crate) async fn window(&self) -> Window {
        self.window_titled(ENTER).await
    }

    /// Waits for the window, whatever it says, and gives it the keyboard.
    pub(crate) async fn any_window(&self) -> Window {
        self.window_titled(ANY).await
    }

    /// Waits until the window says that the PIN was wrong, and takes another.
    pub(crate) async fn window_says_wrong_pin(&self) {
        self.window_titled(WRONG).await;
    }

    async fn window_titled(&self, title: &str) -> Window {
        window_titled(&self.display, title).await
    }

    /// Types the PIN and Enter into the real window.
    pub(crate) async fn enter(&self, pin: &str) {
        self.window().await;
        self.type_pin(pin).await;
    }

    /// Types into the window that has the keyboard already.
    pub(crate) async fn type_pin(&self, pin: &str) {
        self.display.type_text(pin).await.unwrap();
        self.display.key("Return").await.unwrap();
    }

    /// Waits until the portal shows the company's account.
    pub(crate) async fn signed_in(&self, page: &impl Page) {
        page.wait_for("location.pathname === '/account'", LONG)
            .await
            .unwrap();
        let name = "document.querySelector('#holder-name')?.textContent";
        let name = page.wait_for(name, LONG).await.unwrap();
        assert_eq!(name, self.portal.account.profile.name.as_str());
        let number = page.eval("document.querySelector('#account-number').textContent");
        assert_eq!(number.await.unwrap(), self.portal.account.number.as_str());
    }
}

impl Cards {
    /// A module, and nothing else.
    pub(crate) fn module(path: &Path) -> Self {
        Self {
            modules: vec![path.to_path_buf()],
            ..Self::default()
        }
    }

    /// What the agent is started with.
    pub(crate) fn options<'a>(&self, display: Option<&'a Display>) -> Options<'a> {
        Options {
            display,
            modules: self.modules.clone(),
            pkcs12: self.pkcs12.clone(),
            settings: self.settings,
            environment: self.environment.clone(),
            simulate: None,
        }
    }
}

/// Waits for the window that can take a PIN, and enters this one.
pub(crate) async fn type_into_window(display: &Display, pin: &str) {
    window_titled(display, ENTER).await;
    display.type_text(pin).await.unwrap();
    display.key("Return").await.unwrap();
}

pub(crate) async fn window_titled(display: &Display, title: &str) -> Window {
    let window = display.wait_for_window(title, LONG).await.unwrap();
    display.focus(window).await.unwrap();
    tokio::time::sleep(ARMED).await;
    window
}

/// Presses Tab so often, and Enter, in a window that wants no PIN.
pub(crate) async fn tab_and_enter(display: &Display, tabs: usize) {
    for _ in 0..tabs {
        display.key("Tab").await.unwrap();
        // The window moves on once a frame.
        tokio::time::sleep(Duration::from_millis(150)).await;
    }
    // Whatever is typed makes the window wait.
    tokio::time::sleep(ARMED).await;
    display.key("Return").await.unwrap();
}

/// Waits until the portal's page says that it ended with `code`; the number beside it, if any.
pub(crate) async fn ended_with(page: &impl Page, code: &str) -> Value {
    let status = "document.querySelector('#card-status')";
    let reached = format!("{status}.dataset.state === '{code}'");
    page.wait_for(&reached, LONG).await.unwrap();
    page.eval(&format!("{status}.dataset.number ?? null"))
        .await
        .unwrap()
}
