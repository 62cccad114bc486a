//! A page and an agent with simulated cards, without sockets: what a gate would hand over.

use std::time::{Duration, SystemTime};

use chop_protocol::Plain;
use chop_service::{Arrival, Door, HipkiSettings, Peer, Server, ServiceSettings};
use chop_simulate::{Answer, Kind, Script, ScriptedPerson, SimulatedCards, scripted};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, duplex};

pub(crate) const SITE: &str = "https://site.test";
pub(crate) const CHALLENGE: &str = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";
pub(crate) const PORT: u16 = 21443;

/// An agent, its cards and its script.
pub(crate) struct Scene {
    pub(crate) cards: SimulatedCards,
    pub(crate) script: Script,
    server: Server<ScriptedPerson, SimulatedCards>,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) status: u16,
    /// In lower case.
    pub(crate) headers: String,
    pub(crate) body: Vec<u8>,
}

impl Scene {
    pub(crate) fn new(kinds: &[Kind], answers: &[Answer]) -> Self {
        Self::with_time(kinds, answers, Duration::from_secs(120))
    }

    pub(crate) fn with_time(kinds: &[Kind], answers: &[Answer], window_time: Duration) -> Self {
        let cards = SimulatedCards::make(kinds, SystemTime::now()).unwrap();
        let script = Script::of(answers);
        let settings = ServiceSettings {
            plain: Plain::Localhost,
            window_time,
            ..Default::default()
        };
        let service = scripted(script.clone(), cards.clone(), settings);
        Self {
            cards,
            script,
            server: Server::behind_gate(service, HipkiSettings::default()),
        }
    }

    /// Sends one request, and reads the answer to its end.
    pub(crate) async fn send(&self, door: Door, head: &str, body: &str) -> Said {
        let (mut page, agent) = duplex(1 << 16);
        let arrival = Arrival {
            peer: Peer::Ours,
            port: PORT,
            door,
            ends: None,
        };
        let served = async {
            match door {
                Door::Native => {
                    let server = &self.server;
                    server.connection_behind_gate(agent, arrival, false).await;
                }
                Door::Hipki => self.server.connection(agent, arrival).await,
            }
        };
        let length = body.len();
        let text = format!(
            "{head}\r\nhost: localhost:{PORT}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
        );
        let asked = async {
            page.write_all(text.as_bytes()).await.unwrap();
            let mut all = Vec::new();
            page.read_to_end(&mut all).await.unwrap();
            all
        };
        let (all, ()) = tokio::join!(asked, served);
        let end = all.windows(4).position(|it| it == b"\r\n\r\n").unwrap();
        let headers = String::from_utf8(all[..end].to_vec()).unwrap();
        Said {
            status: headers[9..12].parse().unwrap(),
            headers: headers.to_ascii_lowercase(),
            body: all[end + 4..].to_vec(),
        }
    }

    /// A page of the site asks.
    pub(crate) async fn post(&self, path: &str, body: &str) -> Said {
        let head =
            format!("POST {path} HTTP/1.1\r\norigin: {SITE}\r\ncontent-type: application/json");
        self.send(Door::Native, &head, body).await
    }

    pub(crate) async fn sign_in(&self) -> Said {
        let body = format!(r#"{{"challenge":"{CHALLENGE}"}}"#);
        self.post("/v1/sign-in", &body).await
    }

    /// What a sign-in ends with: `done`, or the code.
    pub(crate) async fn ends(&self) -> String {
        self.sign_in().await.code()
    }
}

impl Said {
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// `done`, or the problem's code.
    pub(crate) fn code(&self) -> String {
        match self.status {
            200 => "done".to_owned(),
            _ => self.json()["code"].as_str().unwrap().to_owned(),
        }
    }
}
