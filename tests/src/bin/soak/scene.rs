//! An agent with a scripted person, an emulated card, and a page that signs in.

use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

use anyhow::{Context as _, Result};
use chop_agent::{
    paths::Paths,
    run::Agent,
    settings::{Setting, Settings, Source},
};
use chop_protocol::{Challenge, Origin};
use chop_verifier::{Anchors, Verifier};
use e2e::{
    agent::chop,
    card::{self, Card, Slot},
    client::{Client, ORIGIN},
    namespace::Namespace,
    pki::{Holder, Issuer, KeyKind, Pki, Request},
    process,
    scripted::Scripted,
    stack::CardStack,
};
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use serde_json::Value;
use tokio::task::JoinHandle;

/// How long a signature takes that something is to happen to.
const SLOW: Duration = Duration::from_secs(30);
const SOON: Duration = Duration::from_secs(20);

pub(crate) struct Scene {
    /// The page, with what its server trusts.
    site: Arc<Site>,
    pub(crate) stack: CardStack,
    _agent: Agent,
}

struct Site {
    client: Client,
    verifier: Verifier,
    origin: Origin,
}

impl Scene {
    pub(crate) async fn start(namespace: &Namespace) -> Result<Self> {
        let pki = Pki::shared();
        let company = Holder::company();
        let credential = pki.credential(&Request::of(&company), KeyKind::P256)?;
        let card = Card::default().with(Slot::Authentication, &credential)?;
        let stack = CardStack::start(namespace, [card])?;
        let settings = Settings {
            ports: set(vec![0]),
            modules: set(vec![stack.module()?.into()]),
            ..Settings::default()
        };
        let paths = Paths::below(namespace.folder());
        let person = Scripted::enters(card::PIN.as_bytes());
        let agent = Agent::start(&settings, &paths, chop(), person).await?;
        let intermediates = [Issuer::Companies].map(|one| pki.intermediate(one));
        let anchors = Anchors::from_der([pki.root()])?.with_intermediates_der(intermediates)?;
        let site = Site {
            client: Client::new(agent.authority(), agent.port(), true)?,
            // No test authority publishes lists.
            verifier: Verifier::new(anchors).allow_unknown_revocation(),
            origin: ORIGIN.parse()?,
        };
        Ok(Self {
            site: Arc::new(site),
            stack,
            _agent: agent,
        })
    }

    /// Signs in; `signed`, or the code that the page got.
    pub(crate) async fn sign_in(&self, round: u32) -> Result<String> {
        self.site.sign_in(round).await
    }

    /// The same, while the caller does something else.
    pub(crate) fn begin_to_sign_in(&self, round: u32) -> JoinHandle<Result<String>> {
        let site = Arc::clone(&self.site);
        tokio::spawn(async move { site.sign_in(round).await })
    }

    /// The same, with a card that is slow; returns when it has begun to sign.
    pub(crate) async fn begin_to_sign(&self, round: u32) -> Result<JoinHandle<Result<String>>> {
        let before = {
            let mut card = self.stack.reader().card();
            card.delay = SLOW;
            card.counts.private_ops
        };
        let signing = self.begin_to_sign_in(round);
        let begun = |card: &Card| card.counts.private_ops > before;
        tokio::task::block_in_place(|| self.stack.reader().wait_until(SOON, begun))?;
        Ok(signing)
    }

    /// Kills the modules' processes, and waits until they are dead: who is asked while it dies
    /// gives a fault, and rightly so.
    pub(crate) fn kill_workers(&self) {
        let workers = || process::children(std::process::id(), "worker");
        let killed = workers();
        for worker in &killed {
            // It may have ended by itself.
            let _ = kill(Pid::from_raw(worker.cast_signed()), Signal::SIGKILL);
        }
        while workers().iter().any(|worker| killed.contains(worker)) {
            std::thread::sleep(Duration::from_millis(1));
        }
    }
}

impl Site {
    async fn sign_in(&self, round: u32) -> Result<String> {
        let mut random = [0; 32];
        random[..4].copy_from_slice(&round.to_be_bytes());
        let challenge = Challenge::from_random(random);
        let mut page = self.client.connect().await?;
        let (status, body) = page.try_to_sign_in(challenge.as_str()).await?;
        let text = std::str::from_utf8(&body)?;
        if status.is_success() {
            let now = SystemTime::now();
            self.verifier.sign_in(text, &self.origin, &challenge, now)?;
            return Ok("signed".to_owned());
        }
        let answer: Value = serde_json::from_str(text)?;
        let code = answer.get("code").and_then(Value::as_str);
        Ok(code.context("an answer without a code")?.to_owned())
    }
}

fn set<T>(value: T) -> Setting<T> {
    Setting {
        value,
        source: Source::Person,
    }
}
