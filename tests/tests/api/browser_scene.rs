//! What the browser tests have in common: a public site, a loopback program, and a home that
//! trusts both.

use std::time::Duration;

use e2e::authority::Authority;
use e2e::browser::Page;
use e2e::namespace::Namespace;
use e2e::site::{SITE, Site};
use e2e::trust::Home;
use serde_json::Value;
use tempfile::TempDir;

use crate::browser_loopback::Loopback;

/// Long enough for a loaded machine; a test that passes never waits for it.
pub(crate) const LONG: Duration = Duration::from_secs(30);

/// Runs a test in a world of its own, with a runtime whose threads are in it as well.
pub(crate) fn in_namespace(test: impl AsyncFnOnce(&Namespace)) {
    let namespace = Namespace::enter().unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(test(&namespace));
}

pub(crate) struct Scene {
    pub(crate) agent: Loopback,
    pub(crate) home: Home,
    pub(crate) site: Site,
    _folder: TempDir,
}

impl Scene {
    pub(crate) async fn new() -> Self {
        let authority = Authority::new("Chop test web").unwrap();
        let folder = tempfile::tempdir().unwrap();
        Self {
            agent: Loopback::start(&authority).await,
            home: Home::new(folder.path(), &[authority.certificate().clone()]).unwrap(),
            site: Site::start(&authority).await.unwrap(),
            _folder: folder,
        }
    }
}

/// Opens the site's empty page.
pub(crate) async fn visit(page: &impl Page) {
    page.goto(&format!("{SITE}/blank")).await.unwrap();
}

/// The state of the permission to reach loopback: `granted`, `prompt` or `denied`.
pub(crate) async fn permission(page: &impl Page) -> Value {
    let query = "navigator.permissions.query({ name: 'loopback-network' }).then((p) => p.state)";
    page.eval(query).await.unwrap()
}

/// Asks the agent from the page, without waiting: the answer will be in `window.answer`.
pub(crate) async fn ask(page: &impl Page, agent: &Loopback) {
    let fetch = agent.fetch("/here");
    let ask = format!("void {fetch}.then((text) => {{ window.answer = text }})");
    page.eval(&ask).await.unwrap();
}

/// Lets the button `#go` open the agent's page, clicks it, and gives what that page sent back.
pub(crate) async fn talk_to_popup(page: &impl Page, agent: &Loopback) -> Value {
    let prepare = format!(
        "addEventListener('message', (event) => {{
            if (event.data === 'ready') event.source.postMessage('sign this', event.origin);
            else window.echo = event.data;
        }}),
        document.getElementById('go').onclick =
            () => {{ window.opened = window.open('https://{}/popup', '_blank', 'popup') }}, 0",
        agent.host()
    );
    page.eval(&prepare).await.unwrap();
    page.click("#go").await.unwrap();
    page.wait_for("window.echo", LONG).await.unwrap()
}
