//! What a fuzzer feeds: each function takes any bytes, and must neither panic nor hang. Built for
//! `cargo xtask fuzz` (`fuzz/`) and for the tests, which replay the corpora.

use std::{io, sync::Arc, time::Duration};

use chop_protocol::{Origin, Plain};
use chop_token::{
    Certificate, Error, Inventory, KeyId, Messages, Padding, Pin, PinState, Reader, Readers,
    Scheme, Signed, Signing, Token, TokenId, Use,
};
use der::Decode as _;
use rustls::pki_types::PrivatePkcs8KeyDer;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _, duplex},
    runtime::{Builder, Runtime},
    sync::watch,
    task::yield_now,
};
use x509_cert::attr::Attributes;
use zeroize::Zeroizing;

use crate::{
    Arrival, Caller, Consent, ConsentError, ConsentRequest, Door, Ending, Event, HipkiSettings,
    Keys, Memory, Peer, Scope, Server, Service, ServiceSettings, View, Window,
    cms::enveloped::Envelope,
    hipki::{HipkiRoom, package},
    tls_config,
};

/// Whatever has this in it must not come back.
const MARK: &[u8] = b"zqx9";
/// The port that requests have to name.
const PORT: u16 = 61161;
/// Turns that an answer takes, and more.
const TURNS: usize = 64;
/// Longer than anything here takes: a hang is a finding.
const LONG: Duration = Duration::from_secs(30);

/// A package, as a page gives it to the popup and as it is posted.
pub fn package(data: &[u8]) {
    let _ = package::from_body(data);
    let text = String::from_utf8_lossy(data);
    let _ = package::from_popup(&text);
    // Whatever it is, a page that encodes it as it should has it back.
    let encoded: String = text.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let value = format!(r#"{{"tbs":"{encoded}"}}"#);
    if !text.contains(['"', '\\']) && !text.chars().any(char::is_control) {
        let fields = package::from_popup(&value).expect("it is JSON once it is decoded");
        assert_eq!(fields.text("tbs").unwrap_or_default(), unmarked(&text));
    }
    let json = json!({ "tbs": text }).to_string();
    let form: String = json.bytes().map(|byte| format!("%{byte:02x}")).collect();
    let fields = package::from_body(format!("tbsPackage={form}").as_bytes());
    let fields = fields.expect("it is a form");
    assert_eq!(fields.text("tbs").unwrap_or_default(), unmarked(&text));
}

/// What pages write for nothing is nothing.
fn unmarked(text: &str) -> &str {
    match text {
        "__NotExistedTag__" => "",
        text => text,
    }
}

/// An envelope to be opened.
pub fn envelope(data: &[u8]) {
    let _ = Envelope::parse(data);
}

/// An agent with a card, and no person: a site and a program are let in by a policy.
pub struct Desk {
    room: HipkiRoom<Nobody, Card>,
    server: Server<Nobody, Card>,
    runtime: Runtime,
    site: Origin,
}

impl Desk {
    /// With this certificate (DER) and its key (PKCS #8) on its card, and in its TLS.
    ///
    /// # Panics
    /// If they are none; a fuzzer has no other use for them.
    #[must_use]
    pub fn new(certificate: &[u8], key: &[u8]) -> Self {
        let key = PrivatePkcs8KeyDer::from(key.to_vec());
        let tls = tls_config(vec![certificate.to_vec().into()], key.into());
        let tls = tls.expect("they fit");
        let site = Origin::parse("https://bank.example", Plain::Never).expect("it is an origin");
        let hipki = HipkiSettings {
            allow: vec![(site.clone(), Scope::Sign), (site.clone(), Scope::Decrypt)],
            direct: vec![site.clone()],
            ..HipkiSettings::default()
        };
        let service = || {
            let keys = Card::new(certificate);
            let settings = ServiceSettings::default();
            Service::new(Nobody, keys, Memory::in_memory(), settings)
        };
        let runtime = Builder::new_current_thread().enable_all().build();
        Self {
            room: HipkiRoom::new(Arc::new(service()), hipki.clone()),
            server: Server::new(tls, service(), hipki),
            runtime: runtime.expect("the system gives a runtime"),
            site,
        }
    }

    /// A package that the site gave to the popup: whatever it asks for, no signature is made that is
    /// a login elsewhere ([`Card`] looks), and nothing of it comes back but by a signature.
    pub fn popup(&self, data: &[u8]) -> Value {
        let text = String::from_utf8_lossy(data);
        let caller = Caller::Site(self.site.clone());
        let answer = async { tokio::time::timeout(LONG, self.room.packaged(&caller, &text)).await };
        let mut answer = self.runtime.block_on(answer).expect("it hangs");
        assert!(answer.get("ret_code").is_some_and(Value::is_u64));
        assert!(answer.get("func").is_some_and(Value::is_string));
        // Both are asked for, and may hold anything.
        if let Some(fields) = answer.as_object_mut() {
            fields.remove("signature");
            fields.remove("plain");
        }
        assert!(!contains(answer.to_string().as_bytes(), MARK), "{answer}");
        answer
    }

    /// A connection: whatever comes on it, it ends, and nothing of it comes back.
    pub fn connection(&self, data: &[u8]) -> Vec<u8> {
        let arrival = Arrival {
            peer: Peer::Ours,
            port: PORT,
            door: Door::Hipki,
            ends: None,
        };
        let talk = async {
            let (mut client, stream) = duplex(1 << 20);
            let (mut hear, mut say) = tokio::io::split(&mut client);
            let mut heard = Vec::new();
            let talk = async {
                let _ = say.write_all(data).await;
                // Who closes a connection wants no answer. Nothing here waits for anything but its
                // turn, so after some turns every answer is there.
                for _ in 0..TURNS {
                    yield_now().await;
                }
                let _ = say.shutdown().await;
                let _ = hear.read_to_end(&mut heard).await;
            };
            let served = self.server.connection(stream, arrival);
            let both = async { tokio::join!(served, talk) };
            tokio::time::timeout(LONG, both).await.expect("it hangs");
            heard
        };
        let heard = self.runtime.block_on(talk);
        assert!(
            !contains(&heard, MARK),
            "{}",
            String::from_utf8_lossy(&heard)
        );
        assert!(heard.is_empty() || heard.starts_with(b"HTTP/1."));
        heard
    }
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}

/// Nobody is at the keyboard: every window is one too many.
pub struct Nobody;

impl Consent for Nobody {
    type Window = Never;

    async fn open(&self, request: &ConsentRequest) -> Result<Never, ConsentError> {
        // A change of PIN asks always, and so does somebody who has not been let in.
        let Caller::Site(site) = &request.caller else {
            panic!("a window for {:?}", request.caller);
        };
        assert_eq!(site.as_str(), "https://bank.example");
        Err(ConsentError::Failed(io::Error::other("nobody is here")))
    }
}

/// No window.
pub enum Never {}

impl Window for Never {
    async fn show(&mut self, _: &View) {
        match *self {}
    }

    async fn next(&mut self) -> Event {
        match *self {}
    }

    fn end(self, _: Ending) {
        match self {}
    }
}

/// A card that signs with nothing, and looks at what it is given.
pub struct Card {
    inventory: watch::Sender<Arc<Inventory>>,
}

impl Card {
    fn new(certificate: &[u8]) -> Self {
        let certificate = Certificate::read(certificate).expect("it is a certificate");
        let named = |id: &[u8]| Certificate {
            id: id.to_vec(),
            ..certificate.clone()
        };
        let reader = "Reader 0";
        let token = Token {
            id: TokenId {
                source: "/module.so".into(),
                slot: 0,
                serial: "TP00000000000000".to_owned(),
            },
            label: "card".to_owned(),
            manufacturer: "maker".to_owned(),
            model: "model".to_owned(),
            reader: Some(reader.to_owned()),
            pin: PinState {
                tries_left: Some(3),
                locked: false,
                keypad: false,
                length: 6..=8,
            },
            certificates: vec![named(b"SIGN"), named(b"KEYX")],
            hidden: false,
        };
        let inventory = Inventory {
            settled: true,
            readers: Readers::Present(vec![Reader {
                name: reader.to_owned(),
                card: Some(vec![0x3b]),
            }]),
            tokens: vec![token],
            sources: Vec::new(),
        };
        Self {
            inventory: watch::channel(Arc::new(inventory)).0,
        }
    }
}

impl Keys for Card {
    fn inventory(&self) -> watch::Receiver<Arc<Inventory>> {
        self.inventory.subscribe()
    }

    fn look(&self) {}

    async fn sign_in(&self, _: &KeyId, _: &Pin, _: &Messages) -> Result<Signed, Error> {
        panic!("this room signs nobody in")
    }

    async fn sign(
        &self,
        _: &KeyId,
        _: &Certificate,
        pin: &Pin,
        messages: &[Signing],
        _: impl FnMut(usize) + Send,
    ) -> Result<Vec<Vec<u8>>, Error> {
        assert!((6..=8).contains(&pin.expose().len()));
        for Signing { scheme, message } in messages {
            let text = message.iter().all(|byte| matches!(byte, b' '..=b'~'));
            // A CMS's attributes may be as long as a login's two hashes; they begin as the hash of no
            // origin does.
            let attributes = Attributes::from_der(message).is_ok();
            let login = matches!(message.len(), 64 | 96 | 128) && !text && !attributes;
            assert!(!login, "a login elsewhere");
            assert!(!matches!(scheme, Scheme::Pkcs1Block | Scheme::Pss(_)));
        }
        Ok(messages.iter().map(|_| vec![7; 64]).collect())
    }

    async fn decrypt(
        &self,
        _: &KeyId,
        _: &Certificate,
        pin: &Pin,
        _: Padding,
        _: &[u8],
    ) -> Result<Option<Zeroizing<Vec<u8>>>, Error> {
        assert!((6..=8).contains(&pin.expose().len()));
        Ok(Some(Zeroizing::new(vec![7; 24])))
    }

    async fn change_pin(&self, _: &TokenId, _: &Pin, _: &Pin) -> Result<(), Error> {
        panic!("nobody has allowed it")
    }

    async fn reveal(&self, _: &KeyId, _: &Pin, _: Use) -> Result<Certificate, Error> {
        panic!("nothing is hidden")
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn replay(name: &str, target: impl Fn(&[u8])) {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("fuzz/corpus")
            .join(name);
        let mut count = 0;
        for entry in folder.read_dir().unwrap() {
            target(&std::fs::read(entry.unwrap().path()).unwrap());
            count += 1;
        }
        assert!(count > 0, "{name}");
    }

    #[test]
    fn every_corpus_is_replayed_without_a_panic() {
        let made = rcgen::generate_simple_self_signed(vec!["card".to_owned()]).unwrap();
        let desk = Desk::new(made.cert.der(), &made.signing_key.serialize_der());
        replay("package", package);
        replay("envelope", envelope);
        replay("popup", |data| drop(desk.popup(data)));
        replay("connection", |data| drop(desk.connection(data)));
    }

    #[test]
    fn what_may_be_done_is_done_so_that_the_fuzzer_gets_as_far_as_the_card() {
        let made = rcgen::generate_simple_self_signed(vec!["card".to_owned()]).unwrap();
        let desk = Desk::new(made.cert.der(), &made.signing_key.serialize_der());
        let package = br#"{"tbs":"a","pin":"123456","signatureType":"PKCS7"}"#;
        assert_eq!(desk.popup(package)["ret_code"], 0);
        let request =
            b"POST /sign HTTP/1.1\r\nHost: localhost:61161\r\nOrigin: https://bank.example\r\n\
                        Content-Length: 37\r\n\r\ntbsPackage={\"tbs\":\"a\",\"pin\":\"123456\"}";
        let answer = String::from_utf8(desk.connection(request)).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
        assert!(answer.contains("\"ret_code\":0,"), "{answer}");
    }
}
