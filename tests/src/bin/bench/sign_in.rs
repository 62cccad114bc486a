//! What the agent adds to the card's own work, over a kept-alive connection.

use std::{path::Path, time::Duration};

use anyhow::Result;
use chop_agent::settings::{Setting, Settings, Source};
use e2e::{client::Client, process, softhsm::PIN};
use tokio::time::Instant;

use crate::{
    Fixture,
    figure::{Figure, Times},
    floor::Floor,
    scripted_agent::ScriptedAgent,
    ssh_agent::SshAgent,
};

pub(crate) const ROUNDS: usize = 400;
/// `CKA_ID` of the fixture's first key.
pub(crate) const KEY: &[u8] = &[1];
/// The DER of a `DigestInfo` for SHA-256, up to the digest (RFC 8017 §9.2).
const DIGEST_INFO: [u8; 19] = [
    48, 49, 48, 13, 6, 9, 96, 134, 72, 1, 101, 3, 4, 2, 1, 5, 0, 4, 32,
];

/// The agent's settings for a bench: SoftHSM alone, any free port, no tray.
pub(crate) fn settings(module: &Path) -> Settings {
    fn set<T>(value: T) -> Setting<T> {
        Setting {
            value,
            source: Source::Person,
        }
    }
    Settings {
        ports: set(vec![0]),
        modules: set(vec![module.to_path_buf().into()]),
        hipki_ports: set(Vec::new()),
        ..Settings::default()
    }
}

pub(crate) fn measure(fixture: &Fixture<'_>) -> Result<Vec<Figure>> {
    let module = fixture.module.to_path_buf();
    let floor = Floor::open(&module, PIN, KEY, true)?;
    let mut peer = SshAgent::start(fixture.folder, &module, PIN)?;
    let agent = ScriptedAgent::start(&fixture.folder.join("scripted"), &module, None)?;

    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let mut page = Client::new(&agent.authority, agent.port, true)?
            .connect()
            .await?;
        let digest = digest_info(&[7; 32]);
        let (mut ours, mut bare, mut finding, mut signing, mut ssh) = (
            Times::default(),
            Times::default(),
            Times::default(),
            Times::default(),
            Times::default(),
        );
        for round in 0..ROUNDS {
            let challenge = format!("{round:043}=");
            let start = Instant::now();
            page.sign_in(&challenge).await?;
            let time = start.elapsed();
            let calls = floor.sign(&digest)?;
            let peer = peer.sign(&[7; 64])?;
            // The first rounds find caches cold, ours and theirs.
            if round >= ROUNDS / 10 {
                ours.push(time);
                bare.push(calls.all);
                finding.push(calls.find);
                signing.push(calls.sign);
                ssh.push(peer);
            }
        }
        let workers = process::children(agent.program.pid(), "worker");
        let memory: f64 = workers
            .iter()
            .map(|pid| process::memory(*pid))
            .sum::<Result<f64>>()?;
        Ok(vec![
            Figure::new("sign-in p50, RSA-2048, SoftHSM", ours.percentile(0.5), "ms")
                .beside(bare.percentile(0.5))
                .note("floor: bare C_Login + C_Sign + C_Logout of the same key in this process"),
            Figure::new("sign-in p95", ours.percentile(0.95), "ms").beside(bare.percentile(0.95)),
            Figure::new(
                "added by the agent, p50",
                ours.percentile(0.5) - bare.percentile(0.5),
                "ms",
            )
            .beside(ssh.percentile(0.5) - signing.percentile(0.5))
            .at_most(0.25)
            .note(
                "floor here is what OpenSSH's agent adds to C_Sign (no TLS, logged in once); ours \
                 includes finding the key after each log-in, which the bare calls leave out (next \
                 line), and not the logout, which comes after the answer",
            ),
            Figure::new(
                "bare C_FindObjects after the log-in, p50",
                finding.percentile(0.5),
                "ms",
            ),
            Figure::new("workers' memory after signing", memory, "MB")
                .note(format!("{} worker", workers.len())),
        ])
    })
}

/// What the card signs of a SHA-256.
pub(crate) fn digest_info(hash: &[u8; 32]) -> Vec<u8> {
    [&DIGEST_INFO[..], hash].concat()
}

/// A pause that lets what was just started settle.
pub(crate) async fn settle() {
    tokio::time::sleep(Duration::from_millis(500)).await;
}
