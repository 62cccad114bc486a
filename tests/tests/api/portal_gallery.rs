//! Pages as people see them: a picture of each, on a desktop and on a phone, and whether everybody
//! can use it (axe-core, WCAG 2.2 AA).

use std::path::Path;
use std::time::SystemTime;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use e2e::assertion::Signer;
use e2e::browser::{ChromiumPage, Page as _};
use e2e::pki::{Holder, Message, signing_certificate_v2};
use e2e::site::SITE;
use serde_json::{Value, json};

use crate::portal_desk::{Album, at, credential};

/// Width and height of a desktop's and of a phone's screen.
const SCREENS: [(&str, u32, u32); 2] = [("desktop", 1280, 900), ("phone", 390, 844)];

/// Rules of WCAG 2.2 up to level AA, and what is good practice beside them.
const RULES: [&str; 6] = [
    "wcag2a",
    "wcag2aa",
    "wcag21a",
    "wcag21aa",
    "wcag22aa",
    "best-practice",
];

/// Takes pictures of a page, and looks whether everybody can use it.
pub(crate) struct Gallery<'a> {
    pub(crate) page: &'a ChromiumPage,
    albums: [Album; 2],
    axe: String,
    faults: std::cell::RefCell<Vec<String>>,
}

impl<'a> Gallery<'a> {
    /// With pictures in the albums `NAME-desktop` and `NAME-phone`.
    pub(crate) fn new(page: &'a ChromiumPage, name: &str) -> Self {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("node_modules/axe-core/axe.min.js");
        Self {
            page,
            albums: SCREENS.map(|(screen, _, _)| Album::new(&format!("{name}-{screen}"))),
            axe: std::fs::read_to_string(file).expect("npm ci in tests brings axe-core"),
            faults: std::cell::RefCell::default(),
        }
    }

    /// Opens a page of the site and keeps it.
    pub(crate) async fn show(&self, name: &str, path: &str) {
        self.page.goto(&format!("{SITE}{path}")).await.unwrap();
        self.keep(name).await;
    }

    /// Keeps the page that is open.
    pub(crate) async fn keep(&self, name: &str) {
        for ((screen, width, height), album) in SCREENS.into_iter().zip(&self.albums) {
            self.page.resize(width, height).await.unwrap();
            album.keep(self.page, name).await;
            let wide = self
                .page
                .eval("document.documentElement.scrollWidth - innerWidth")
                .await
                .unwrap();
            if wide.as_f64() > Some(0.0) {
                self.fault(format!(
                    "{name} on a {screen} is wider than the screen by {wide}"
                ));
            }
            for fault in self.violations().await {
                self.fault(format!("{name} on a {screen}: {fault}"));
            }
        }
        let (_, width, height) = SCREENS[0];
        self.page.resize(width, height).await.unwrap();
    }

    /// Keeps the page as people see it who prefer dark colours.
    pub(crate) async fn keep_dark(&self, name: &str) {
        self.page.dark(true).await.unwrap();
        self.keep(&format!("{name}-dark")).await;
        self.page.dark(false).await.unwrap();
    }

    /// What axe-core finds, a line each.
    async fn violations(&self) -> Vec<String> {
        if self.page.eval("typeof axe").await.unwrap() != "object" {
            self.page.eval(&format!("{};0", self.axe)).await.unwrap();
        }
        let run = format!(
            "axe.run(document, {{ runOnly: {}, resultTypes: ['violations'] }}).then((result) =>
                result.violations.flatMap((rule) => rule.nodes.map((node) =>
                    `${{rule.id}}: ${{node.html.slice(0, 120)}} (${{node.any[0]?.message ?? ''}})`)))",
            json!(RULES)
        );
        let found = self.page.eval(&run).await.unwrap();
        let lines = found.as_array().into_iter().flatten();
        lines
            .map(|line| line.as_str().unwrap_or_default().to_owned())
            .collect()
    }

    /// Puts a field without a name into the page, and sees that it is found: what finds nothing
    /// anywhere may not have looked.
    pub(crate) async fn finds_what_is_wrong(&self) {
        let add = "document.querySelector('main').append(document.createElement('input')), 0";
        self.page.eval(add).await.unwrap();
        let found = self.violations().await;
        assert!(
            found.iter().any(|line| line.starts_with("label:")),
            "{found:?}"
        );
    }

    fn fault(&self, fault: String) {
        self.faults.borrow_mut().push(fault);
    }

    /// Fails with everything that was found.
    pub(crate) fn done(self) {
        let faults = self.faults.into_inner();
        assert!(faults.is_empty(), "{}", faults.join("\n"));
    }

    /// Signs in as the page's script would, with the card of `holder`; gives where the site leads.
    pub(crate) async fn sign_in(&self, holder: &Holder, path: &str) -> String {
        let signer = Signer::new(&credential(holder)).unwrap();
        let start = self.post("/login/challenge", "", "").await;
        let text = |key: &str| start[key].as_str().unwrap().to_owned();
        let assertion = signer.sign(SITE, &text("challenge")).unwrap();
        let end = self.post(path, &text("token"), &assertion).await;
        let next = end["next"]
            .as_str()
            .unwrap_or_else(|| panic!("{end}"))
            .to_owned();
        self.page.goto(&format!("{SITE}{next}")).await.unwrap();
        at(self.page, next.split('?').next().unwrap()).await;
        next
    }

    /// Signs the application that is open as the page's script would, with a card of `holder`.
    pub(crate) async fn sign_document(&self, holder: &Holder) {
        let page = self.page;
        let text = |expression: &str| {
            let expression = expression.to_owned();
            async move {
                let text = page.eval(&expression).await.unwrap();
                text.as_str().unwrap().to_owned()
            }
        };
        let address = text("document.querySelector('#sign').dataset.sign").await;
        let token = text("document.querySelector('#sign').dataset.token").await;
        let document = format!("fetch('{address}/document').then((answer) => answer.text())");
        let document = text(&document).await;
        let signer = credential(holder);
        let named = signing_certificate_v2(&signer.certificate).unwrap();
        let message = Message::hipki(document.as_bytes(), SystemTime::now()).with(named);
        let cms = BASE64_STANDARD.encode(message.sign(&signer).unwrap());
        let body = json!({ "signature": cms }).to_string();
        let path = format!("{address}/signature");
        let end = self.post(&path, &token, &body).await;
        let next = end["next"].as_str().unwrap_or_else(|| panic!("{end}"));
        page.goto(&format!("{SITE}{next}")).await.unwrap();
        at(page, &address).await;
    }

    async fn post(&self, path: &str, token: &str, body: &str) -> Value {
        let headers = json!({ "content-type": "application/json", "x-csrf-token": token });
        let fetch = format!(
            "fetch({}, {{ method: 'POST', headers: {headers}, body: {} }}).then((a) => a.json())",
            json!(path),
            json!(body)
        );
        self.page.eval(&fetch).await.unwrap()
    }
}
