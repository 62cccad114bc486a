//! What the tests of the person's own pages and of the tray have in common: an agent with a card in
//! software, a screen, and a browser.

use std::fs;
use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use e2e::agent::Agent;
use e2e::browser::Page;
use e2e::card::Card;
use e2e::display::Display;
use e2e::namespace::Namespace;
use e2e::pki::KeyKind;
use e2e::softhsm::SoftHsm;
use e2e::stack::CardStack;
use e2e::trust::Home;

use crate::sign_in_desk::Cards;
use crate::sign_in_roads::company;

/// A site that the person has let in, and one that they have blocked.
pub(crate) const LET_IN: &str = "https://bank.example";
pub(crate) const BLOCKED: &str = "https://evil.example";

/// Fields are dropped in this order.
pub(crate) struct Scene {
    pub(crate) agent: Agent,
    pub(crate) home: Home,
    pub(crate) display: Display,
    pub(crate) cards: Cards,
    /// Two readers, and a card that can be put in.
    pub(crate) stack: CardStack,
    pub(crate) folder: PathBuf,
}

impl Scene {
    pub(crate) async fn new(namespace: &Namespace) -> Self {
        Self::on(namespace, Display::start().await.unwrap(), Vec::new()).await
    }

    /// On this display, with more variables in the agent's environment.
    pub(crate) async fn on(
        namespace: &Namespace,
        display: Display,
        environment: Vec<(&'static str, PathBuf)>,
    ) -> Self {
        let folder = namespace.folder().to_path_buf();
        let tokens = SoftHsm::new(&folder).unwrap();
        let stack = CardStack::start(namespace, [Card::default()]).unwrap();
        stack.remove().unwrap();
        let key = company(KeyKind::P256);
        tokens.add_token("GPKI-TEST", &[("cert1", &key)]).unwrap();
        let softhsm = ("SOFTHSM2_CONF", tokens.configuration());
        let cards = Cards {
            environment: [vec![softhsm], environment].concat(),
            ..Cards::module(tokens.module())
        };
        // As the agent itself writes it, once the person has answered its window.
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        let now = now.as_secs();
        let grant = |caller: &str, scope: &str| {
            format!(r#"{{"caller":"{caller}","scope":{scope},"since":{now},"used":{now}}}"#)
        };
        let grants = [grant(LET_IN, "\"sign\""), grant(BLOCKED, "null")].join(",");
        fs::create_dir_all(folder.join("agent/state/chop")).unwrap();
        fs::write(
            folder.join("agent/state/chop/grants.json"),
            format!("[{grants}]"),
        )
        .unwrap();
        let options = cards.options(Some(&display));
        let agent = Agent::start(&folder, &options).await.unwrap();
        let home = Home::new(&folder.join("browser"), &[agent.authority.clone()]).unwrap();
        Self {
            agent,
            home,
            display,
            cards,
            stack,
            folder,
        }
    }

    /// What a `chop` command of this person prints.
    pub(crate) fn chop(&self, arguments: &[&str]) -> String {
        let options = self.cards.options(Some(&self.display));
        let output = self.agent.command(&options).args(arguments).output();
        let output = output.unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{arguments:?}: {text}{said}");
        text.trim().to_owned()
    }

    /// A link to a page, as `chop settings` prints it.
    pub(crate) fn link(&self, page: &str) -> String {
        self.chop(&["settings", "--page", page, "--link"])
    }

    /// What is in a file of the agent's home; empty if it is not there.
    pub(crate) fn file(&self, name: &str) -> String {
        fs::read_to_string(self.folder.join("agent").join(name)).unwrap_or_default()
    }
}

/// What the page says.
pub(crate) async fn text(page: &impl Page) -> String {
    let text = page.eval("document.body.innerText").await.unwrap();
    text.as_str().unwrap_or_default().to_owned()
}
