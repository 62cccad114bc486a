//! The real agent, `chop run`, with a home of its own; or `chop simulate`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use rustls_pki_types::CertificateDer;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::ChildStdout;
use tokio::time::timeout;

use crate::display::Display;
use crate::program::Program;

/// How long the agent may take to say that it listens; generous, because machines are busy.
const START: Duration = Duration::from_secs(20);

/// What the agent is started with.
#[derive(Clone, Debug, Default)]
pub struct Options<'a> {
    /// Where its windows open; without one there is no display.
    pub display: Option<&'a Display>,
    /// Its PKCS #11 modules.
    pub modules: Vec<PathBuf>,
    /// Its PKCS #12 files.
    pub pkcs12: Vec<PathBuf>,
    /// More lines of its settings file.
    pub settings: &'a str,
    /// More variables of its environment.
    pub environment: Vec<(&'static str, PathBuf)>,
    /// What `chop simulate` is told, to start it instead of `chop run`. Its standard input is a pipe.
    pub simulate: Option<&'a [&'a str]>,
}

/// The running agent. It ends when this is dropped.
#[derive(Debug)]
pub struct Agent {
    /// The process.
    pub program: Program,
    /// The port it listens on.
    pub port: u16,
    /// The authority that its localhost certificate is from.
    pub authority: CertificateDer<'static>,
    home: PathBuf,
}

/// The `chop` binary that was built together with this program.
///
/// # Panics
/// When it is not there: build the workspace first.
#[must_use]
pub fn chop() -> PathBuf {
    built("chop")
}

/// A binary of the workspace that was built together with this program.
///
/// # Panics
/// When it is not there: build the workspace first.
#[must_use]
pub fn built(name: &str) -> PathBuf {
    let here = std::env::current_exe().expect("a running program has a path");
    // target/debug/deps/api-… for tests, target/debug/demo for binaries.
    let found = here
        .ancestors()
        .skip(1)
        .take(2)
        .map(|folder| folder.join(name));
    let found = found.into_iter().find(|path| path.is_file());
    found.unwrap_or_else(|| panic!("{name} is not built: cargo build --workspace"))
}

impl Agent {
    /// Starts the agent with its home in `folder`, and waits until it listens.
    ///
    /// # Errors
    /// When it ends, or is not ready in time; the message has its log.
    pub async fn start(folder: &Path, options: &Options<'_>) -> Result<Self> {
        let home = folder.join("agent");
        for name in ["run", "config/chop"] {
            fs::create_dir_all(home.join(name))?;
        }
        let list = |paths: &[PathBuf]| -> String {
            let quoted: Vec<_> = paths.iter().map(|path| format!("{path:?}")).collect();
            quoted.join(", ")
        };
        let settings = format!(
            "modules = [{}]\npkcs12 = [{}]\n{}\n",
            list(&options.modules),
            list(&options.pkcs12),
            options.settings
        );
        fs::write(home.join("config/chop/settings.toml"), settings)?;

        let mut run = command(&home, options);
        match options.simulate {
            None => run.arg("run").stdin(Stdio::null()),
            Some(told) => run.arg("simulate").args(told).stdin(Stdio::piped()),
        };
        run.stdout(Stdio::piped());
        let mut program = Program::start(run, &home.join("log"))?;
        let output = program.take_stdout().context("the agent has no output")?;
        let mut lines = BufReader::new(ChildStdout::from_std(output)?).lines();
        let line = timeout(START, lines.next_line())
            .await
            .context("the agent is not ready")??;
        let line = line.with_context(|| format!("the agent ended: {}", program.log()))?;
        let port = line
            .rsplit(':')
            .next()
            .and_then(|port| port.trim().parse().ok());
        let port = port.with_context(|| format!("no port in {line:?}"))?;

        let mut certificate = command(&home, options);
        let output = certificate.args(["certificate", "--der"]).output()?;
        ensure!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        Ok(Self {
            program,
            port,
            authority: output.stdout.into(),
            home,
        })
    }

    /// Everything it has logged to its standard error.
    ///
    /// # Errors
    /// When the log is gone.
    pub fn log(&self) -> Result<String> {
        Ok(fs::read_to_string(self.home.join("log"))?)
    }

    /// What it has logged to its file, where its settings say so.
    ///
    /// # Errors
    /// When there is none.
    pub fn log_file(&self) -> Result<String> {
        let file = self.home.join("state/chop/agent.log");
        let before = fs::read_to_string(file.with_extension("log.1"));
        Ok(before.unwrap_or_default() + &fs::read_to_string(file)?)
    }

    /// A `chop` command of the same person.
    #[must_use]
    pub fn command(&self, options: &Options<'_>) -> Command {
        command(&self.home, options)
    }
}

fn command(home: &Path, options: &Options<'_>) -> Command {
    let mut command = Command::new(chop());
    command
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("HOME", home)
        .env("LANG", "C.UTF-8")
        .env("XDG_CONFIG_HOME", home.join("config"))
        .env("XDG_DATA_HOME", home.join("data"))
        .env("XDG_STATE_HOME", home.join("state"))
        .env("XDG_CACHE_HOME", home.join("cache"))
        .env("XDG_RUNTIME_DIR", home.join("run"))
        .envs(
            options
                .environment
                .iter()
                .map(|(name, value)| (name, value)),
        );
    if let Some(display) = options.display {
        command.env("DISPLAY", display.name());
    }
    command
}
