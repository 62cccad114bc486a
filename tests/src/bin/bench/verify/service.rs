//! `chop-verify` as a process, with Redis: a thousand logins begin each second by the clock, each of
//! them two requests, the challenge and the assertion. Cards sign as they come, in this process,
//! which shares the machine.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex, PoisonError},
    time::SystemTime,
};

use anyhow::{Context as _, Result, ensure};
use chop_testpki::{Holder, Issuer, KeyKind, Pki, Request, pem};
use e2e::assertion::Signer;
use http_body_util::{BodyExt as _, Full};
use hyper::{body::Bytes, header};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::{
    clock::by_the_clock,
    figure::{Figure, Times},
};

#[path = "../../../../../verifier/store/tests/api/servers.rs"]
#[allow(
    dead_code,
    clippy::unwrap_used,
    reason = "the stores' tests use all of it"
)]
mod servers;

const ORIGIN: &str = "https://portal.example";
/// Logins that begin each second; each is two requests.
const RATE: usize = 1000;
const SECONDS: usize = 20;

/// A running service.
struct Service {
    address: String,
    child: Child,
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub(crate) fn measure(folder: &Path) -> Result<Vec<Figure>> {
    let redis = servers::Redis::start();
    let now = SystemTime::now();
    let pki = Pki::with_keys(now, KeyKind::Rsa(2048))?;
    let service = start(&folder.join("service"), &pki, redis.url(), now)?;
    let company = Holder::company();
    let card = pki.credential(&Request::of(&company), KeyKind::P256)?;
    let caller = Caller {
        client: Client::builder(TokioExecutor::new()).build_http(),
        address: service.address.clone(),
        signer: Arc::new(Signer::new(&card)?),
        times: Arc::default(),
    };
    let runtime = tokio::runtime::Runtime::new()?;
    let outcome = runtime.block_on(async {
        // Caches, connections: as in a service that has run for a while.
        by_the_clock(RATE, caller.logins(RATE)).await;
        caller.times().clear();
        by_the_clock(RATE, caller.logins(RATE * SECONDS)).await
    });
    let mut times = Times::default();
    caller.times().drain(..).for_each(|time| times.push(time));
    let errors = outcome.errors.first().cloned().unwrap_or_default();
    #[expect(clippy::cast_precision_loss, reason = "a few")]
    let failed = outcome.errors.len() as f64;
    let rate = 2.0 * outcome.rate;
    Ok(vec![
        Figure::new("chop-verify: requests", rate, "1/s").note(format!(
            "{RATE} logins begun a second for {SECONDS} s, challenges in Redis"
        )),
        Figure::new("chop-verify: p50", times.percentile(0.5), "ms"),
        Figure::new("chop-verify: p99", times.percentile(0.99), "ms").at_most(5.0),
        Figure::new("chop-verify: logins that failed", failed, "")
            .at_most(0.0)
            .note(errors),
    ])
}

fn start(folder: &Path, pki: &Pki, store: &str, now: SystemTime) -> Result<Service> {
    fs::create_dir(folder)?;
    let write = |name: &str, bytes: &[u8]| -> Result<String> {
        fs::write(folder.join(name), bytes)?;
        Ok(format!("{:?}", folder.join(name)))
    };
    let root = write("root.pem", pem(pki.root())?.as_bytes())?;
    let between = pem(pki.intermediate(Issuer::Companies))?;
    let between = write("between.pem", between.as_bytes())?;
    let root_list = write("root.crl", &pki.authority_list(now)?)?;
    let list = write("list.crl", &pki.list(Issuer::Companies, &[], now)?)?;
    let toml = format!(
        "listen = \"127.0.0.1:0\"\norigins = [{ORIGIN:?}]\nanchors = [{root}]\n\
         intermediates = [{between}]\nstore = {store:?}\n[revocation]\nfiles = [{root_list}, {list}]\n"
    );
    fs::write(folder.join("settings.toml"), toml)?;
    let program = std::env::current_exe()?.with_file_name("chop-verify");
    let mut child = Command::new(&program)
        .args(["serve", "--settings"])
        .arg(folder.join("settings.toml"))
        .stdout(Stdio::piped())
        .stderr(fs::File::create(folder.join("log"))?)
        .spawn()
        .with_context(|| program.display().to_string())?;
    let mut line = String::new();
    let stdout = child.stdout.take().context("it was piped")?;
    BufReader::new(stdout).read_line(&mut line)?;
    let address = line.trim().strip_prefix("listening on ");
    let address = address.context("chop-verify does not listen")?.to_owned();
    Ok(Service { address, child })
}

/// Somebody who signs in, again and again.
#[derive(Clone)]
struct Caller {
    client: Client<HttpConnector, Full<Bytes>>,
    address: String,
    signer: Arc<Signer>,
    /// Of each request by itself.
    times: Arc<Mutex<Vec<std::time::Duration>>>,
}

impl Caller {
    fn logins(
        &self,
        count: usize,
    ) -> impl Iterator<Item = impl Future<Output = Result<()>> + Send + 'static> {
        let caller = self.clone();
        (0..count).map(move |number| {
            let caller = caller.clone();
            // Everybody has a browser of their own.
            let session = format!("{number:032}");
            async move { caller.sign_in(&session).await }
        })
    }

    async fn sign_in(&self, session: &str) -> Result<()> {
        let question = json!({ "session": session });
        let issued = self.post("/v1/challenges", &question).await?;
        let text = |key: &str| issued.get(key).and_then(Value::as_str);
        let (challenge, id) = text("challenge").zip(text("id")).context("a challenge")?;
        let assertion: Value = serde_json::from_str(&self.signer.sign(ORIGIN, challenge)?)?;
        let question = json!({ "session": session, "id": id, "assertion": assertion });
        let answer = self.post("/v1/sign-ins", &question).await?;
        ensure!(answer.get("accepted") == Some(&true.into()), "{answer}");
        Ok(())
    }

    async fn post(&self, path: &str, question: &Value) -> Result<Value> {
        let request = hyper::Request::post(format!("http://{}{path}", self.address))
            .header(header::CONTENT_TYPE, "application/json")
            .body(Full::new(Bytes::from(question.to_string())))?;
        let start = Instant::now();
        let response = self.client.request(request).await?;
        let body = response.into_body().collect().await?.to_bytes();
        self.times().push(start.elapsed());
        Ok(serde_json::from_slice(&body)?)
    }

    fn times(&self) -> std::sync::MutexGuard<'_, Vec<std::time::Duration>> {
        self.times.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
