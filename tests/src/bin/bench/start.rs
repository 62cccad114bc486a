//! From the start of the process to its first answer over TLS.

use std::{
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Result, ensure};
use e2e::{
    agent::{Agent, Options, chop},
    client::Client,
    program::Program,
};

use crate::{
    Fixture,
    figure::{Figure, Times},
};

const ROUNDS: usize = 15;

pub(crate) fn measure(fixture: &Fixture<'_>) -> Result<Vec<Figure>> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let folder = fixture.folder.join("start");
        std::fs::create_dir_all(&folder)?;
        let options = Options {
            settings: "tray = false",
            ..Options::default()
        };
        // The first start makes the certificate; those that are measured find it.
        let first = Agent::start(&folder, &options).await?;
        let (authority, port) = (first.authority.clone(), first.port);
        let run = |program: &str| {
            let mut command = first.command(&options);
            command
                .arg(program)
                .stdin(Stdio::null())
                .stdout(Stdio::null());
            command
        };
        let (mut started, mut spawned) = (Times::default(), Times::default());
        let commands: Vec<(Command, Command)> = (0..ROUNDS)
            .map(|_| (run("run"), run("--version")))
            .collect();
        drop(first);
        for (agent, mut version) in commands {
            let client = Client::new(&authority, port, false)?;
            let start = Instant::now();
            let agent = Program::start(agent, &folder.join("log"))?;
            while client.cold_get().await.is_err() {
                ensure!(start.elapsed() < Duration::from_secs(10), "{}", agent.log());
                tokio::time::sleep(Duration::from_micros(200)).await;
            }
            started.push(start.elapsed());
            drop(agent);

            let start = Instant::now();
            ensure!(version.status()?.success(), "chop --version fails");
            spawned.push(start.elapsed());
        }
        let program = chop();
        Ok(vec![
            Figure::new("start to first answer, p50", started.percentile(0.5), "ms")
                .beside(spawned.percentile(0.5))
                .at_most(40.0)
                .note(format!(
                    "floor: `{} --version`; elsewhere measured: Web eID's app 43 \
                     ms, AusweisApp 507 ms",
                    program.file_name().unwrap_or_default().display()
                )),
        ])
    })
}
