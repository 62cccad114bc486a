//! Authorities, cards, lists in a folder, and a service that trusts them.

use std::{
    fs,
    path::PathBuf,
    sync::OnceLock,
    time::{Duration, SystemTime},
};

use chop_protocol::{Challenge, Origin};
use chop_testpki::{Credential, Holder, Issuer, KeyKind, Pki, Request, assertion, pem};
use chop_verify::{Listener, Service, Settings, serve};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::{sync::oneshot, task::JoinHandle};

use crate::client::{Answer, Connection};

pub(crate) const ORIGIN: &str = "https://portal.example";

/// A session's secret, as a cookie has it.
pub(crate) const SESSION: &str = "0123456789abcdef0123456789abcdef";

pub(crate) fn pki() -> &'static Pki {
    static PKI: OnceLock<Pki> = OnceLock::new();
    PKI.get_or_init(|| Pki::with_keys(SystemTime::now(), KeyKind::P256).unwrap())
}

pub(crate) fn card(holder: &Holder) -> Credential {
    card_of(holder, KeyKind::P256)
}

pub(crate) fn card_of(holder: &Holder, kind: KeyKind) -> Credential {
    pki().credential(&Request::of(holder), kind).unwrap()
}

/// The serial number's bytes.
pub(crate) fn serial(card: &Credential) -> Vec<u8> {
    let certificate = chop_verifier::Certificate::from_der(card.certificate.clone()).unwrap();
    let serial = certificate.serial();
    let digits = serial.as_bytes().chunks(2);
    let byte = |pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
    digits.map(byte).collect()
}

/// A folder with everything that settings name.
pub(crate) struct Files {
    pub(crate) folder: TempDir,
}

impl Files {
    pub(crate) fn new() -> Self {
        Self::revoking(&[])
    }

    /// With these serial numbers on the companies' list.
    pub(crate) fn revoking(serials: &[&[u8]]) -> Self {
        let files = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        let now = SystemTime::now() - Duration::from_secs(60);
        files.write("root.pem", pem(pki().root()).unwrap().as_bytes());
        let between: String = Issuer::ALL
            .iter()
            .map(|issuer| pem(pki().intermediate(*issuer)).unwrap())
            .collect();
        files.write("between.pem", between.as_bytes());
        files.write("root.crl", &pki().authority_list(now).unwrap());
        for (issuer, name) in Issuer::ALL.iter().zip(LISTS) {
            let serials = if *issuer == Issuer::Companies {
                serials
            } else {
                &[]
            };
            files.write(name, &pki().list(*issuer, serials, now).unwrap());
        }
        files
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, content: &[u8]) -> PathBuf {
        fs::write(self.path(name), content).unwrap();
        self.path(name)
    }

    /// The least that a service needs, as TOML without sections; `listen` is free.
    pub(crate) fn settings(&self, listen: &str) -> String {
        let quoted = |name: &str| format!("{:?}", self.path(name).to_str().unwrap());
        let store = format!("sqlite:{}", self.path("challenges.db").display());
        format!(
            "listen = {listen:?}\norigins = [{ORIGIN:?}]\nanchors = [{}]\nintermediates = [{}]\nstore = {store:?}\n",
            quoted("root.pem"),
            quoted("between.pem"),
        )
    }

    /// The section with the lists in files.
    pub(crate) fn with_lists(&self) -> String {
        let files = ["root.crl"].iter().chain(&LISTS);
        let files: Vec<_> = files.map(|name| self.path(name)).collect();
        format!("[revocation]\nfiles = {files:?}\n")
    }
}

const LISTS: [&str; 4] = [
    "companies.crl",
    "citizens.crl",
    "agencies.crl",
    "organizations.crl",
];

/// A service in this process.
pub(crate) struct Running {
    pub(crate) address: String,
    stop: Option<oneshot::Sender<()>>,
    task: Option<JoinHandle<()>>,
    _service: Service,
    /// The store's file is opened again whenever it is needed.
    files: Option<Files>,
}

impl Running {
    /// With settings in TOML.
    pub(crate) async fn start(toml: &str) -> Self {
        let settings = settings(toml);
        let service = Service::open(&settings).await.unwrap();
        let listener = Listener::bind(&settings).unwrap();
        let address = listener.address();
        let (stop, stopped) = oneshot::channel();
        let router = service.router();
        let task = tokio::spawn(serve(listener, router, async {
            let _ = stopped.await;
        }));
        Self {
            address,
            stop: Some(stop),
            task: Some(task),
            _service: service,
            files: None,
        }
    }

    /// The ordinary one, with files of its own.
    pub(crate) async fn new(files: Files) -> Self {
        let mut running = Self::ordinary(&files).await;
        running.files = Some(files);
        running
    }

    /// The ordinary one.
    pub(crate) async fn ordinary(files: &Files) -> Self {
        let toml = files.settings("127.0.0.1:0") + &files.with_lists();
        Self::start(&toml).await
    }

    pub(crate) async fn connect(&self) -> Connection {
        Connection::to(&self.address).await
    }

    /// Lets it end as a signal would.
    pub(crate) async fn stop(mut self) {
        let _ = self.stop.take().unwrap().send(());
        self.task.take().unwrap().await.unwrap();
        drop(self.files.take());
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(task) = &self.task {
            task.abort();
        }
    }
}

pub(crate) fn settings(toml: &str) -> Settings {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("settings.toml");
    fs::write(&path, toml).unwrap();
    Settings::read(&path).unwrap()
}

/// A challenge for [`SESSION`].
pub(crate) async fn issue(caller: &mut Connection) -> (String, String) {
    let answer = caller
        .post("/v1/challenges", &json!({ "session": SESSION }))
        .await;
    assert_eq!(answer.status, 201, "{answer:?}");
    let json = answer.json();
    let text = |key: &str| json[key].as_str().unwrap().to_owned();
    (text("challenge"), text("id"))
}

/// What a card signs for our origin and this challenge.
pub(crate) fn signed(card: &Credential, challenge: &str) -> Value {
    let origin: Origin = ORIGIN.parse().unwrap();
    let challenge: Challenge = challenge.parse().unwrap();
    let text = assertion(card, &origin, &challenge).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// A whole native login.
pub(crate) async fn sign_in(caller: &mut Connection, card: &Credential) -> Answer {
    let (challenge, id) = issue(caller).await;
    let question = json!({
        "session": SESSION, "id": id, "assertion": signed(card, &challenge),
    });
    caller.post("/v1/sign-ins", &question).await
}
