//! Chromium, from Debian's package, or Chrome, driven over its debugging pipe.

mod page;

use std::process::Stdio;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use nix::unistd::geteuid;
use serde_json::{Value, json};
use tokio::process::{ChildStdin, ChildStdout};

use super::cdp::Connection;
use super::{GLANCE, Options, installed};
use crate::program::Program;
use crate::trust::Home;

pub use self::page::ChromiumPage;

/// How long the first page may take to appear: a cold start on a loaded machine.
const START: Duration = Duration::from_secs(40);

/// The browser expects its debugging pipe at 3 (in) and 4 (out); std can hand over 0 and 1 only.
/// Debian's `chromium` is a script that sets up flags and then becomes the browser.
const LAUNCH: &str = r#"exec "$0" "$@" 3<&0 4>&1 </dev/null >&2"#;

/// What it is called, by who packaged it.
const COMMANDS: [&str; 4] = [
    "chromium",
    "google-chrome-stable",
    "google-chrome",
    "chromium-browser",
];

/// Lets us drive it.
const DEBUGGING: &str = "--remote-debugging-pipe";

/// As few flags as a root user without network or GPU can start it with. The popup blocker, the
/// upgrade to https and the permission to reach loopback are as people have them.
const FLAGS: [&str; 9] = [
    DEBUGGING,
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--lang=en-US",
];

/// A running Chromium; it ends when this is dropped.
#[derive(Debug)]
pub struct Chromium {
    program: Program,
    connection: Arc<Connection>,
}

impl Chromium {
    /// Starts it with the certificates and the profile of `home`.
    ///
    /// # Errors
    /// When it is not installed or does not come up; the message has the end of its log.
    pub async fn start(home: &Home, options: Options<'_>) -> Result<Self> {
        let mut command = Program::command("sh");
        command.args(["-c", LAUNCH]).arg(installed(&COMMANDS)?);
        command.args(FLAGS);
        command.arg(format!(
            "--user-data-dir={}",
            home.chromium_profile().display()
        ));
        command.env("HOME", home.folder());
        match options.display {
            Some(display) => {
                command.env("DISPLAY", display.name());
                command.args(["--window-position=0,0", "--window-size=1200,700"]);
            }
            None => {
                command.arg("--headless");
            }
        }
        command.args(options.arguments).arg("about:blank");
        command.stdin(Stdio::piped()).stdout(Stdio::piped());

        let mut program = Program::start(command, &home.folder().join("chromium.log"))?;
        let input = program.take_stdin().context("no input")?;
        let output = program.take_stdout().context("no output")?;
        let connection =
            Connection::new(ChildStdin::from_std(input)?, ChildStdout::from_std(output)?);
        let browser = Self {
            program,
            connection,
        };
        browser
            .first_target()
            .await
            .with_context(|| format!("Chromium did not start: {}", browser.program.log()))?;
        Ok(browser)
    }

    /// Starts it for a person to use, on their own display, at `url`; nobody drives it.
    ///
    /// # Errors
    /// When it is not installed.
    pub fn visible(home: &Home, url: &str) -> Result<Program> {
        let mut command = Program::command(installed(&COMMANDS)?);
        command.args(["--no-first-run", "--lang=zh-TW"]);
        // Chromium refuses to give root a sandbox, and says so in a bar above the page.
        if geteuid().is_root() {
            command.arg("--no-sandbox");
        }
        command.arg(format!(
            "--user-data-dir={}",
            home.chromium_profile().display()
        ));
        command.arg(url).env("HOME", home.folder());
        command.stdin(Stdio::null()).stdout(Stdio::null());
        Program::start(command, &home.folder().join("chromium.log"))
    }

    /// The page it started with.
    ///
    /// # Errors
    /// When all pages are closed.
    pub async fn page(&self) -> Result<ChromiumPage> {
        let target = self.first_target().await?;
        ChromiumPage::attach(&self.connection, target).await
    }

    /// Opens another tab.
    ///
    /// # Errors
    /// When the browser is gone.
    pub async fn new_page(&self) -> Result<ChromiumPage> {
        let params = json!({ "url": "about:blank" });
        let created = self
            .connection
            .call(None, "Target.createTarget", params)
            .await?;
        let target = text(&created, "targetId")?;
        ChromiumPage::attach(&self.connection, target).await
    }

    /// The addresses of all tabs and popups.
    ///
    /// # Errors
    /// When the browser is gone.
    pub async fn addresses(&self) -> Result<Vec<String>> {
        let pages = pages(&self.connection).await?;
        pages.iter().map(|page| text(page, "url")).collect()
    }

    /// Closes it in order, so that its profile is written, and waits for its end.
    ///
    /// # Errors
    /// When it has not ended after ten seconds.
    pub async fn close(self) -> Result<()> {
        // The answer may be cut off by the end it announces.
        let _ = self.connection.call(None, "Browser.close", json!({})).await;
        let start = Instant::now();
        while !self.program.has_ended() {
            ensure!(start.elapsed().as_secs() < 10, "Chromium does not end");
            tokio::time::sleep(GLANCE).await;
        }
        Ok(())
    }

    async fn first_target(&self) -> Result<String> {
        let start = Instant::now();
        loop {
            if let Some(page) = pages(&self.connection).await?.last() {
                return text(page, "targetId");
            }
            ensure!(start.elapsed() < START, "no page");
            tokio::time::sleep(GLANCE).await;
        }
    }
}

/// All tabs and popups, as the `Target` domain describes them.
async fn pages(connection: &Connection) -> Result<Vec<Value>> {
    let answer = connection
        .call(None, "Target.getTargets", json!({}))
        .await?;
    let targets = answer.get("targetInfos").and_then(Value::as_array);
    let is_page = |target: &&Value| target.get("type").and_then(Value::as_str) == Some("page");
    Ok(targets
        .into_iter()
        .flatten()
        .filter(is_page)
        .cloned()
        .collect())
}

fn text(value: &Value, key: &str) -> Result<String> {
    let text = value.get(key).and_then(Value::as_str);
    Ok(text
        .with_context(|| format!("no {key} in {value}"))?
        .to_owned())
}
