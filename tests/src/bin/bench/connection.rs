//! What a new connection costs, beside hyper and rustls with nothing else.

use std::time::SystemTime;

use anyhow::{Context as _, Result};
use chop_agent::{paths::Paths, run::Agent};
use chop_certs::{Lifetime, LocalhostPair};
use e2e::{agent::chop, client::Client, scripted::Scripted};

use crate::{
    Fixture, bare,
    figure::{Figure, Times},
    sign_in::settings,
};

const ROUNDS: usize = 200;

pub(crate) fn measure(fixture: &Fixture<'_>) -> Result<Vec<Figure>> {
    let (told, servers) = std::sync::mpsc::channel();
    let paths = Paths::below(&fixture.folder.join("connections"));
    let module = fixture.module.to_path_buf();
    std::thread::spawn(move || -> Result<()> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        runtime.block_on(async {
            let agent =
                Agent::start(&settings(&module), &paths, chop(), Scripted::enters(b"")).await?;
            let pair = LocalhostPair::generate(SystemTime::now(), Lifetime::PerPerson)?;
            let bare = bare::serve(&pair).await?;
            let ours = (agent.authority().clone(), agent.port());
            told.send((ours, (pair.authority().clone(), bare)))?;
            std::future::pending::<Result<()>>().await
        })
    });
    let (ours, floor) = servers.recv().context("the servers did not start")?;

    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let mut figures = Vec::new();
        for (name, resumption) in [
            ("new connection, full handshake, p50", false),
            ("the same, resumed, p50", true),
        ] {
            let ours = Client::new(&ours.0, ours.1, resumption)?;
            let floor = Client::new(&floor.0, floor.1, resumption)?;
            let (mut our_times, mut floor_times) = (Times::default(), Times::default());
            for _ in 0..ROUNDS {
                our_times.push(ours.cold_get().await?);
                floor_times.push(floor.cold_get().await?);
            }
            figures.push(
                Figure::new(name, our_times.percentile(0.5), "ms")
                    .beside(floor_times.percentile(0.5))
                    .at_most_times(2.0)
                    .note("connect, TLS, GET and answer; floor: bare hyper and rustls"),
            );
        }
        Ok(figures)
    })
}
