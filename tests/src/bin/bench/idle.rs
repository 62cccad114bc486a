//! The agent when nobody asks: memory and wake-ups, with its tray icon on a session bus.

use std::{path::Path, process::Stdio, time::Duration};

use anyhow::{Context as _, Result};
use e2e::{
    agent::{Agent, Options},
    process,
    program::Program,
};
use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    process::ChildStdout,
};

use crate::{Fixture, figure::Figure, sign_in::settle};

/// Long enough to see what wakes up once in half a minute.
const WATCHED: Duration = Duration::from_secs(40);

pub(crate) fn measure(fixture: &Fixture<'_>) -> Result<Vec<Figure>> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let folder = fixture.folder.join("idle");
        std::fs::create_dir_all(&folder)?;
        let (_bus, address) = session_bus(&folder).await?;
        let options = Options {
            environment: vec![("DBUS_SESSION_BUS_ADDRESS", address.into())],
            ..Options::default()
        };
        let agent = Agent::start(&folder, &options).await?;
        settle().await;
        settle().await;
        let pid = agent.program.pid();
        let before = process::wake_ups(pid)?;
        tokio::time::sleep(WATCHED).await;
        #[allow(clippy::cast_precision_loss)]
        let rate = (process::wake_ups(pid)? - before) as f64 / WATCHED.as_secs_f64();
        Ok(vec![
            Figure::new("idle memory with tray (PSS)", process::memory(pid)?, "MB")
                .at_most(15.0)
                .note(
                    "before the first sign-in, with a session bus but no panel on it, without pcscd; \
                     elsewhere measured: Web eID's app 27 MB, AusweisApp 88 MB",
                ),
            Figure::new("idle wake-ups", rate, "1/s").at_most(0.1),
        ])
    })
}

/// A session bus of our own. The agent's icon registers when a panel comes; none does here.
async fn session_bus(folder: &Path) -> Result<(Program, String)> {
    let mut command = Program::command("dbus-daemon");
    command.args(["--session", "--nofork", "--print-address=1"]);
    command.stdin(Stdio::null()).stdout(Stdio::piped());
    let mut bus = Program::start(command, &folder.join("bus.log"))?;
    let output = bus.take_stdout().context("dbus-daemon has no output")?;
    let mut lines = BufReader::new(ChildStdout::from_std(output)?).lines();
    let address = lines
        .next_line()
        .await?
        .context("dbus-daemon has no address")?;
    Ok((bus, address))
}
