//! Card logins at the portal: one node on PostgreSQL as it is installed, everything on disk.
//!
//! Logins begin by the clock, 200 a second, whether the ones before have ended or not; each is timed
//! from when it should have begun. A login is what the page's script sends: a request for a
//! challenge, and the assertion. Browsers have cookies and addresses of their own, which the node
//! learns from the header that its proxy sets.

mod load;

use std::{
    fs,
    net::Ipv4Addr,
    sync::Arc,
    time::{Duration, SystemTime},
};

use anyhow::{Context as _, Result};
use e2e::{
    assertion::Signer,
    pki::{Holder, Issuer, KeyKind, Pki, Request, pem},
    portal_node::{NodeSettings, PortalNode},
    postgres::{Durability, Postgres},
    process,
};
use portal::{Kind, NewAccount, Portal, Settings, State};

use crate::figure::Figure;
use load::{Load, Prepared, RATE};

/// The site's origin.
const ORIGIN: &str = "https://portal.example";
/// How long the ordinary measurement lasts.
const SECONDS: usize = 20;
/// Companies with an account; their 統一編號 have the right check digit.
const COMPANIES: [&str; 4] = ["12345675", "04595257", "10458575", "00000022"];

/// The site under measurement. Its parts end in this order.
struct Site {
    node: PortalNode,
    signers: Vec<Arc<Signer>>,
    _database: Postgres,
    _folder: tempfile::TempDir,
}

impl Site {
    fn start(runtime: &tokio::runtime::Runtime, kind: KeyKind) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let pki = Pki::new(SystemTime::now())?;
        let anchors = folder.path().join("companies.pem");
        fs::write(&anchors, pem(pki.intermediate(Issuer::Companies))?)?;
        let database = Postgres::start(Durability::Full)?;
        let settings = NodeSettings {
            origin: ORIGIN.to_owned(),
            database: database.create("portal")?,
            anchors,
            lists: Vec::new(),
            mail: "smtp://127.0.0.1:1".to_owned(),
            operators: Vec::new(),
            listen: (Ipv4Addr::LOCALHOST, 0).into(),
            tls: None,
        };
        let node = PortalNode::start(folder.path(), "node", &settings)?;
        let mut signers = Vec::new();
        let mut own = Settings::default();
        own.database.clone_from(&settings.database);
        runtime.block_on(async {
            let portal = Portal::open(own).await?;
            for number in COMPANIES {
                let holder = Holder::new("測試股份有限公司", number, Issuer::Companies);
                let credential = pki.credential(&Request::of(&holder), kind)?;
                signers.push(Arc::new(Signer::new(&credential)?));
                portal
                    .accounts()
                    .seed(NewAccount {
                        kind: Kind::Company,
                        state: State::Active,
                        subject: number.to_owned(),
                        name: holder.name,
                        mail: "office@company.example".to_owned(),
                    })
                    .await?;
            }
            anyhow::Ok(())
        })?;
        Ok(Self {
            node,
            signers,
            _database: database,
            _folder: folder,
        })
    }
}

/// RSA cards, as GPKI has them; the signatures are made before the clock runs.
pub(crate) fn measure() -> Result<Vec<Figure>> {
    let runtime = tokio::runtime::Runtime::new()?;
    let site = Site::start(&runtime, KeyKind::Rsa(2048))?;
    let load = Load::new(ORIGIN, site.node.address);
    let outcome = runtime.block_on(async {
        let mut prepared: Vec<Prepared> = Vec::new();
        for (number, signer) in (0..RATE * SECONDS).zip(site.signers.iter().cycle()) {
            prepared.push(load.prepare(number, signer).await?);
        }
        anyhow::Ok(load.run(prepared).await)
    });
    let outcome = outcome.context("the challenges of the measurement")?;
    let errors = outcome.errors.first().cloned().unwrap_or_default();
    #[expect(clippy::cast_precision_loss, reason = "a few thousand")]
    let count = |number: usize| number as f64;
    Ok(vec![
        Figure::new("portal: card logins, PostgreSQL", outcome.rate, "1/s").note(format!(
            "{RATE} begun a second for {SECONDS} s, one node, RSA-2048"
        )),
        Figure::new("portal: login p50", outcome.times.percentile(0.5), "ms"),
        Figure::new("portal: login p99", outcome.times.percentile(0.99), "ms").at_most(100.0),
        Figure::new(
            "portal: logins that failed",
            count(outcome.errors.len()),
            "",
        )
        .at_most(0.0)
        .note(errors),
        Figure::new("portal: memory", process::memory(site.node.pid())?, "MB"),
    ])
}

/// [`measure`], then the same load for long: P-256 cards, which sign while it goes on. Memory is taken each minute,
/// and must not grow after the first two.
pub(crate) fn soak(minutes: usize) -> Result<Vec<Figure>> {
    let mut figures = measure()?;
    let runtime = tokio::runtime::Runtime::new()?;
    let site = Site::start(&runtime, KeyKind::P256)?;
    let load = Load::new(ORIGIN, site.node.address);
    let mut memory = Vec::new();
    let (mut failed, mut slowest) = (0, 0.0_f64);
    for minute in 0..minutes {
        let outcome = runtime.block_on(load.go_on(minute, Duration::from_secs(60), &site.signers));
        failed += outcome.errors.len();
        slowest = slowest.max(outcome.times.percentile(0.99));
        memory.push(process::memory(site.node.pid())?);
        let (rate, now) = (outcome.rate, memory.last().copied().unwrap_or_default());
        let p99 = outcome.times.percentile(0.99);
        eprintln!(
            "  minute {}: {rate:.0}/s, p99 {p99:.1} ms, {now:.1} MB",
            minute + 1
        );
        for error in outcome.errors.iter().take(3) {
            eprintln!("    {error}");
        }
    }
    let settled = memory.get(1).copied().unwrap_or_default();
    let last = memory.last().copied().unwrap_or_default();
    #[expect(clippy::cast_precision_loss, reason = "minutes and a few errors")]
    let (minutes, failed) = (minutes as f64, failed as f64);
    figures.extend([
        Figure::new("portal: minutes of load", minutes, "min"),
        Figure::new("portal: p99 of the slowest minute", slowest, "ms").at_most(100.0),
        Figure::new("portal: logins that failed", failed, "").at_most(0.0),
        Figure::new("portal: memory at the end", last, "MB")
            .beside(settled)
            .at_most_times(1.1)
            .note("floor: memory after the second minute"),
    ]);
    Ok(figures)
}
