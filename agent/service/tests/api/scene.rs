//! A running service, a person and cards that do as a test says, and a record of what happened.

mod cards;

use std::{
    io,
    sync::{Arc, Mutex},
    time::{Duration, SystemTime},
};

use chop_protocol::{Challenge, Plain};
use chop_service::{
    Caller, ChoiceId, Clock, Consent, ConsentError, ConsentRequest, Door, Ending, Event,
    HipkiSettings, Keys, Memory, Purpose, Server, Service, ServiceSettings, View, Window,
    tls_config,
};
use chop_token::{
    Certificate, Error, Inventory, KeyId, KeyKind, Messages, Padding, Pin, PinState, Reader,
    Readers, Signed, Signing, Token, TokenId, Use, Uses,
};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::{net::TcpListener, sync::mpsc, sync::watch, task::JoinHandle};
use tokio_util::sync::CancellationToken;
use zeroize::Zeroizing;

pub(crate) use cards::{Asked, Cards, Done, card_in_reader, readers, signed, token};

use crate::client::Page;

/// Told what each window is for.
type Opened = dyn FnMut(&Purpose) + Send;

/// What a person does when the window shows something.
type Person = dyn FnMut(&View) -> Option<Event> + Send;
/// What comes of a PIN; `None`: the card never answers.
type Card = dyn FnMut(&KeyId, &[u8], &Messages) -> Option<Result<Signed, Error>> + Send;

/// What comes of a PIN and of what else is asked of the card; `None`: it never answers.
type Work = dyn FnMut(&[u8], Asked<'_>) -> Option<Result<Done, Error>> + Send;

/// How a test begins.
pub(crate) struct Scene {
    person: Box<Person>,
    card: Box<Card>,
    work: Box<Work>,
    opened: Box<Opened>,
    inventory: Inventory,
    no_window: Option<fn() -> ConsentError>,
    late: bool,
    settings: ServiceSettings,
    hipki: HipkiSettings,
    memory: Memory,
    address: &'static str,
}

/// What a test acts on.
pub(crate) struct Stage {
    pub(crate) port: u16,
    /// Of the room for HiCOS pages.
    pub(crate) hipki: u16,
    pub(crate) certificate: CertificateDer<'static>,
    pub(crate) inventory: watch::Sender<Arc<Inventory>>,
    pub(crate) shutdown: CancellationToken,
    pub(crate) serving: Option<JoinHandle<()>>,
    record: Record,
    last: LastWindow,
    pub(crate) service: Arc<Service<People, Cards>>,
}

impl Scene {
    /// Nobody at the keyboard; one P-256 card in one reader, which signs whatever the PIN.
    pub(crate) fn new() -> Self {
        Self {
            person: Box::new(|_| None),
            card: Box::new(|_, _, messages| Some(Ok(signed(messages)))),
            work: Box::new(|_, asked| panic!("{asked:?} was not expected")),
            opened: Box::new(|_| ()),
            inventory: card_in_reader(),
            no_window: None,
            late: false,
            settings: ServiceSettings {
                clock: Clock::new(|| NOW),
                ..ServiceSettings::default()
            },
            hipki: HipkiSettings::default(),
            memory: Memory::in_memory(),
            address: "127.0.0.1:0",
        }
    }

    /// A person who enters the PIN as soon as the window asks for it.
    pub(crate) fn willing() -> Self {
        Self::new().person(|view| match view {
            View::Ready { choices, .. } => Some(enter(choices[0].id)),
            _ => None,
        })
    }

    pub(crate) fn person(
        mut self,
        acts: impl FnMut(&View) -> Option<Event> + Send + 'static,
    ) -> Self {
        self.person = Box::new(acts);
        self
    }

    pub(crate) fn card(
        mut self,
        acts: impl FnMut(&KeyId, &[u8], &Messages) -> Option<Result<Signed, Error>> + Send + 'static,
    ) -> Self {
        self.card = Box::new(acts);
        self
    }

    pub(crate) fn inventory(mut self, inventory: Inventory) -> Self {
        self.inventory = inventory;
        self
    }

    pub(crate) fn without_window(mut self, why: fn() -> ConsentError) -> Self {
        self.no_window = Some(why);
        self
    }

    /// Windows are asked for, and nobody sees one yet.
    pub(crate) fn windows_that_come_late(mut self) -> Self {
        self.late = true;
        self
    }

    pub(crate) fn plain_localhost(mut self) -> Self {
        self.settings.plain = Plain::Localhost;
        self
    }

    /// Cards whose certificates are valid today, and not at [`NOW`].
    pub(crate) fn today(mut self) -> Self {
        self.settings.clock = Clock::default();
        self
    }

    pub(crate) fn settings(mut self, change: impl FnOnce(&mut ServiceSettings)) -> Self {
        change(&mut self.settings);
        self
    }

    /// What the policy says of the room for HiCOS pages.
    pub(crate) fn hipki(mut self, change: impl FnOnce(&mut HipkiSettings)) -> Self {
        change(&mut self.hipki);
        self
    }

    pub(crate) fn memory(mut self, memory: Memory) -> Self {
        self.memory = memory;
        self
    }

    /// What the window is told that it is for.
    pub(crate) fn opened(mut self, hears: impl FnMut(&Purpose) + Send + 'static) -> Self {
        self.opened = Box::new(hears);
        self
    }

    /// What comes of anything but a login.
    pub(crate) fn work(
        mut self,
        acts: impl FnMut(&[u8], Asked<'_>) -> Option<Result<Done, Error>> + Send + 'static,
    ) -> Self {
        self.work = Box::new(acts);
        self
    }

    pub(crate) fn on(mut self, address: &'static str) -> Self {
        self.address = address;
        self
    }

    /// Starts the service on a port of its own.
    pub(crate) async fn start(self) -> Stage {
        let listener = TcpListener::bind(self.address).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let room = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let hipki = room.local_addr().unwrap().port();
        let Built {
            server,
            certificate,
            inventory,
            record,
            last,
        } = self.build();
        let shutdown = CancellationToken::new();
        let token = shutdown.clone();
        let other = server.clone();
        let service = Arc::clone(server.service());
        tokio::spawn(async move { other.open(Door::Hipki, room).await });
        let serving = tokio::spawn(async move { server.serve(vec![listener], token).await });
        Stage {
            port,
            hipki,
            certificate,
            inventory,
            shutdown,
            serving: Some(serving),
            record,
            last,
            service,
        }
    }

    /// Puts the service together, without a listener.
    pub(crate) fn build(self) -> Built {
        let record = Record(Arc::new(watch::channel(Vec::new()).0));
        let (inventory, _) = watch::channel(Arc::new(self.inventory));
        let last = LastWindow::default();
        let people = People {
            person: Arc::new(Mutex::new(self.person)),
            opened: Mutex::new(self.opened),
            no_window: self.no_window,
            late: self.late,
            record: record.clone(),
            last: Arc::clone(&last),
        };
        let cards = Cards {
            inventory: inventory.clone(),
            card: Mutex::new(self.card),
            work: Mutex::new(self.work),
            record: record.clone(),
        };
        let names = ["localhost", "127.0.0.1", "::1"].map(String::from).to_vec();
        let made = rcgen::generate_simple_self_signed(names).unwrap();
        let certificate = made.cert.der().clone();
        let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
        let tls = tls_config(vec![certificate.clone()], key).unwrap();
        let service = Service::new(people, cards, self.memory, self.settings);
        Built {
            server: Server::new(tls, service, self.hipki),
            certificate,
            inventory,
            record,
            last,
        }
    }
}

/// A service that nobody can reach yet.
pub(crate) struct Built {
    pub(crate) server: Server<People, Cards>,
    certificate: CertificateDer<'static>,
    inventory: watch::Sender<Arc<Inventory>>,
    record: Record,
    last: LastWindow,
}

impl Stage {
    /// The person says this, in the window that came last.
    pub(crate) fn say(&self, event: Event) {
        let last = self.last.lock().unwrap();
        last.as_ref().expect("a window").send(event).unwrap();
    }

    /// A page of `https://bank.example`.
    pub(crate) fn page(&self) -> Page<'_> {
        Page::new(self, "https://bank.example")
    }

    /// What happened, in order.
    pub(crate) fn happened(&self) -> Vec<String> {
        self.record.0.borrow().clone()
    }

    pub(crate) fn count(&self, what: &str) -> usize {
        self.record
            .0
            .borrow()
            .iter()
            .filter(|event| *event == what)
            .count()
    }

    /// Waits until something has happened.
    pub(crate) async fn until(&self, what: &str) {
        self.until_times(what, 1).await;
    }

    /// Waits until something has happened so often.
    pub(crate) async fn until_times(&self, what: &str, times: usize) {
        let mut record = self.record.0.subscribe();
        let count = |events: &Vec<String>| events.iter().filter(|event| *event == what).count();
        let happened = record.wait_for(|events| count(events) >= times);
        let waited = tokio::time::timeout(Duration::from_secs(20), happened);
        waited
            .await
            .unwrap_or_else(|_| panic!("{what:?} did not happen: {:?}", self.happened()))
            .unwrap();
    }

    /// No window opened, no card was looked at or used.
    pub(crate) fn nothing_happened(&self) -> bool {
        self.happened().is_empty()
    }
}

/// The moment of every test: the middle of the cards' validity.
pub(crate) const NOW: SystemTime = SystemTime::UNIX_EPOCH;

pub(crate) fn challenge() -> Challenge {
    Challenge::from_random([7; 32])
}

pub(crate) fn sign_in_body() -> String {
    format!(r#"{{"challenge":"{}"}}"#, challenge().as_str())
}

pub(crate) fn enter(choice: ChoiceId) -> Event {
    Event::Entered {
        choice,
        pin: Pin::from(b"123456".to_vec()),
    }
}

/// What happened, in order: any test thread may add to it and wait for it.
#[derive(Clone)]
struct Record(Arc<watch::Sender<Vec<String>>>);

impl Record {
    fn add(&self, what: &str) {
        self.0.send_modify(|events| events.push(what.to_owned()));
    }
}

/// Who asks, in one word.
fn caller(caller: &Caller) -> String {
    match caller {
        Caller::Site(origin) => origin.to_string(),
        Caller::Program(path) => path.display().to_string(),
        Caller::SelfTest => "self-test".to_owned(),
    }
}

pub(crate) struct People {
    person: Arc<Mutex<Box<Person>>>,
    opened: Mutex<Box<Opened>>,
    no_window: Option<fn() -> ConsentError>,
    late: bool,
    record: Record,
    last: LastWindow,
}

/// Where the person who takes their time says what they decide, in the window that came last.
type LastWindow = Arc<Mutex<Option<mpsc::UnboundedSender<Event>>>>;

impl Consent for People {
    type Window = Open;

    async fn open(&self, request: &ConsentRequest) -> Result<Open, ConsentError> {
        if let Some(why) = self.no_window {
            return Err(why());
        }
        self.opened.lock().unwrap()(&request.purpose);
        self.record
            .add(&format!("window for {}", caller(&request.caller)));
        if self.late {
            let _leaves = OnDrop(&self.record, "window taken back");
            return std::future::pending().await;
        }
        let (says, hears) = mpsc::unbounded_channel();
        *self.last.lock().unwrap() = Some(says.clone());
        Ok(Open {
            person: Arc::clone(&self.person),
            record: self.record.clone(),
            says,
            hears,
        })
    }
}

/// Records something when it is dropped.
struct OnDrop<'a>(&'a Record, &'static str);

impl Drop for OnDrop<'_> {
    fn drop(&mut self) {
        self.0.add(self.1);
    }
}

/// A window whose person answers as soon as it shows something.
pub(crate) struct Open {
    person: Arc<Mutex<Box<Person>>>,
    record: Record,
    says: mpsc::UnboundedSender<Event>,
    hears: mpsc::UnboundedReceiver<Event>,
}

impl Window for Open {
    async fn show(&mut self, view: &View) {
        self.record.add(&match view {
            View::Ready { choices, notice } => {
                format!("shows {} choices, {notice:?}", choices.len())
            }
            other => format!("shows {other:?}"),
        });
        if let Some(event) = self.person.lock().unwrap()(view) {
            self.says.send(event).unwrap();
        }
    }

    async fn next(&mut self) -> Event {
        // The sender is ours: it is never closed.
        self.hears.recv().await.unwrap()
    }

    fn end(self, ending: Ending) {
        self.record.add(&format!("ends with {ending:?}"));
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.record.add("window gone");
    }
}

/// For [`Scene::without_window`].
pub(crate) fn window_failed() -> ConsentError {
    ConsentError::Failed(io::Error::other("no program"))
}
