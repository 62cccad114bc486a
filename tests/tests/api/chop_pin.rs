//! `chop pin`: another PIN, typed into the real window; a token in software and an emulated card.

use std::time::{Duration, Instant};

use e2e::agent::Agent;
use e2e::card::{Card, PIN, PUK};
use e2e::display::Display;
use e2e::namespace::Namespace;
use e2e::pki::KeyKind;
use e2e::softhsm::{self, SoftHsm};
use e2e::stack::CardStack;

use crate::browser_scene::{LONG, in_namespace};
use crate::pkcs11_tool::Tool;
use crate::sign_in_desk::{Cards, window_titled};
use crate::sign_in_roads::{company, piv};

const CHANGE: &str = "Chop － 更改 PIN 碼";
const UNBLOCK: &str = "Chop － 用 PUK 解鎖";
const NEW: &str = "86420975";

/// The window, and the screen that it is on.
struct Window<'a> {
    display: &'a Display,
    chop: tokio::process::Child,
}

impl<'a> Window<'a> {
    async fn open(
        namespace: &Namespace,
        display: &'a Display,
        cards: &Cards,
        arguments: &[&str],
        title: &str,
    ) -> Self {
        let options = cards.options(Some(display));
        // For its settings alone: the window needs no agent.
        let agent = Agent::start(namespace.folder(), &options).await.unwrap();
        let mut command = agent.command(&options);
        command.arg("pin").args(arguments);
        drop(agent);
        let mut command = tokio::process::Command::from(command);
        let chop = command.kill_on_drop(true).spawn().unwrap();
        window_titled(display, title).await;
        Self { display, chop }
    }

    async fn fill(&self, secrets: [&str; 3]) {
        for secret in secrets {
            self.display.type_text(secret).await.unwrap();
            self.display.key("Return").await.unwrap();
        }
    }

    /// There is no event for it, on purpose: see C-9. This is longer than card and window take.
    async fn listens_again(&self) {
        tokio::time::sleep(Duration::from_secs(3)).await;
    }

    /// Closes the window and says whether a new PIN holds.
    async fn closes(mut self, title: &str) -> bool {
        self.display.key("Escape").await.unwrap();
        self.display.wait_until_gone(title, LONG).await.unwrap();
        self.chop.wait().await.unwrap().success()
    }
}

#[test]
fn chop_pin_changes_the_pin_of_a_token() {
    in_namespace(async |namespace| {
        let display = Display::start().await.unwrap();
        let tokens = SoftHsm::new(namespace.folder()).unwrap();
        let key = company(KeyKind::P256);
        tokens.add_token("GPKI-TEST", &[("cert1", &key)]).unwrap();
        let cards = Cards {
            environment: vec![("SOFTHSM2_CONF", tokens.configuration())],
            ..Cards::module(tokens.module())
        };
        let window = Window::open(namespace, &display, &cards, &[], CHANGE).await;

        window.fill(["999999", NEW, NEW]).await;
        // It was wrong: the window takes another, and nothing that was typed before.
        window.listens_again().await;
        window.fill([softhsm::PIN, NEW, NEW]).await;
        let tool = Tool::softhsm(&tokens, namespace.folder());
        let changed = || tool.login(NEW).contains("cert1");
        wait_until(changed).await;

        assert!(window.closes(CHANGE).await);
        assert!(tool.login(softhsm::PIN).contains("CKR_PIN_INCORRECT"));
    });
}

#[test]
fn chop_pin_unblocks_a_locked_card_with_its_puk() {
    in_namespace(async |namespace| {
        let display = Display::start().await.unwrap();
        // Not one of the state's, which have no PUK: a card that has just come from its maker.
        let stack = CardStack::start(namespace, [Card::default()]).unwrap();
        let cards = Cards::module(&stack.module().unwrap());
        stack.reader().card().pin.left = 0;
        let window = Window::open(namespace, &display, &cards, &["--unblock"], UNBLOCK).await;

        window.fill([PUK, NEW, NEW]).await;
        wait_until(|| stack.reader().card().pin.left > 0).await;

        assert!(window.closes(UNBLOCK).await);
        let tool = Tool::opensc(&stack, namespace.folder());
        assert!(tool.login(PIN).contains("CKR_PIN_INCORRECT"));
        assert!(!tool.login(NEW).contains("CKR_PIN"));
    });
}

#[test]
fn chop_pin_changes_nothing_when_its_window_is_closed() {
    in_namespace(async |namespace| {
        let display = Display::start().await.unwrap();
        let (stack, cards) = piv(namespace, KeyKind::P256);
        let window = Window::open(namespace, &display, &cards, &[], CHANGE).await;
        window.display.type_text(PIN).await.unwrap();

        assert!(!window.closes(CHANGE).await);
        let tool = Tool::opensc(&stack, namespace.folder());
        assert!(!tool.login(PIN).contains("CKR_PIN"));
    });
}

async fn wait_until(mut done: impl FnMut() -> bool) {
    let end = Instant::now() + LONG;
    while !done() {
        assert!(Instant::now() < end, "it does not happen");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}
