//! Firefox, Debian's ESR or another, driven by Marionette without geckodriver.

mod page;

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::{Value, json};
use tokio::sync::Mutex;

use super::marionette::Connection;
use super::{Answer, GLANCE, Options, installed};
use crate::program::Program;
use crate::trust::Home;

pub use self::page::FirefoxPage;

/// How long it may take to start: the first start of a profile on a loaded machine.
const START: Duration = Duration::from_secs(60);

/// Firefox says what pages say on their consoles on its output: to the log, with its complaints.
const LAUNCH: &str = r#"exec "$0" "$@" >&2"#;

/// What it is called, by who packaged it.
const COMMANDS: [&str; 2] = ["firefox-esr", "firefox"];

/// Settings of the test profile. None of them touches what is tested: permissions, popups, TLS.
const PREFERENCES: [(&str, &str); 12] = [
    // 0: any free port; Firefox writes which into the profile.
    ("marionette.port", "0"),
    // Without a default route Firefox would think itself offline.
    ("network.manage-offline-status", "false"),
    ("network.captive-portal-service.enabled", "false"),
    ("network.connectivity-service.enabled", "false"),
    ("browser.shell.checkDefaultBrowser", "false"),
    ("browser.startup.homepage_override.mstone", "\"ignore\""),
    ("datareporting.policy.dataSubmissionEnabled", "false"),
    ("toolkit.telemetry.reportingpolicy.firstRun", "false"),
    ("app.normandy.enabled", "false"),
    ("services.settings.server", "\"data:,\""),
    // Buttons of a permission prompt work at once, not only after a moment.
    ("security.notification_enable_delay", "0"),
    // What pages say goes to the log.
    ("devtools.console.stdout.content", "true"),
];

/// A running Firefox; it ends when this is dropped.
#[derive(Debug)]
pub struct Firefox {
    program: Arc<Program>,
    connection: Arc<Mutex<Connection>>,
}

impl Firefox {
    /// Starts it with the profile of `home`, which holds the trusted certificates.
    ///
    /// # Errors
    /// When it is not installed or does not come up; the message has the end of its log.
    pub async fn start(home: &Home, options: Options<'_>) -> Result<Self> {
        let profile = home.firefox_profile();
        let mut settings = String::new();
        for (name, value) in PREFERENCES {
            writeln!(settings, "user_pref(\"{name}\", {value});")?;
        }
        fs::write(profile.join("user.js"), settings)?;
        let port_file = profile.join("MarionetteActivePort");
        // A profile that was used before still has the port of that time.
        let _ = fs::remove_file(&port_file);

        let mut command = Program::command("sh");
        command.args(["-c", LAUNCH]).arg(installed(&COMMANDS)?);
        command.args([
            "--no-remote",
            "--marionette",
            "--remote-allow-system-access",
        ]);
        command
            .arg("--profile")
            .arg(&profile)
            .env("HOME", home.folder());
        match options.display {
            Some(display) => {
                command.env("DISPLAY", display.name());
                command.args(["--width", "1200", "--height", "700"]);
            }
            None => {
                command.arg("--headless");
            }
        }
        // Its content sandbox wants namespaces that a namespace of root's cannot give.
        command.env("MOZ_DISABLE_CONTENT_SANDBOX", "1");
        command.args(options.arguments).stdin(Stdio::null());
        let program = Program::start(command, &home.folder().join("firefox.log"))?;

        let port = active_port(&program, &port_file).await?;
        let mut connection = Connection::open(port).await?;
        let capabilities = json!({ "alwaysMatch": { "acceptInsecureCerts": false } });
        connection
            .call(
                "WebDriver:NewSession",
                json!({ "capabilities": capabilities }),
            )
            .await?;
        let limits = json!({ "script": 45_000, "pageLoad": 45_000 });
        connection.call("WebDriver:SetTimeouts", limits).await?;
        Ok(Self {
            program: Arc::new(program),
            connection: Arc::new(Mutex::new(connection)),
        })
    }

    /// The page it started with.
    ///
    /// # Errors
    /// When all pages are closed.
    pub async fn page(&self) -> Result<FirefoxPage> {
        let handles = handles(&mut *self.connection.lock().await).await?;
        let handle = handles.into_iter().next().context("no page")?;
        Ok(self.at(handle))
    }

    /// Opens another tab.
    ///
    /// # Errors
    /// When the browser is gone.
    pub async fn new_page(&self) -> Result<FirefoxPage> {
        let mut connection = self.connection.lock().await;
        let made = connection
            .call("WebDriver:NewWindow", json!({ "type": "tab" }))
            .await?;
        let handle = made.get("handle").and_then(Value::as_str);
        Ok(self.at(handle.context("no new tab")?.to_owned()))
    }

    /// Waits for the permission prompt and answers it, as a click on its button does.
    ///
    /// Gives the id that Firefox has for the kind of prompt.
    ///
    /// # Errors
    /// When no prompt is shown within `within`.
    pub async fn answer_prompt(&self, answer: Answer, within: Duration) -> Result<String> {
        let button = match answer {
            Answer::Allow => "button",
            Answer::Block => "secondaryButton",
        };
        let script = format!(
            "const shown = PopupNotifications.panel?.firstElementChild;
             if (PopupNotifications.panel?.state !== 'open' || !shown) return null;
             shown.{button}.click();
             return shown.notification.id;"
        );
        let start = Instant::now();
        loop {
            if let Some(id) = self.in_chrome(&script).await?.as_str() {
                return Ok(id.to_owned());
            }
            ensure!(
                start.elapsed() < within,
                "no prompt: {}",
                self.program.log()
            );
            tokio::time::sleep(GLANCE).await;
        }
    }

    /// Closes it and waits for its end.
    ///
    /// # Errors
    /// When it has not ended after fifteen seconds.
    pub async fn close(self) -> Result<()> {
        let quit = json!({ "flags": ["eForceQuit"] });
        let _ = self
            .connection
            .lock()
            .await
            .call("Marionette:Quit", quit)
            .await;
        let start = Instant::now();
        while !self.program.has_ended() {
            ensure!(start.elapsed().as_secs() < 15, "Firefox does not end");
            tokio::time::sleep(GLANCE).await;
        }
        Ok(())
    }

    /// Runs a script in the browser's own window, where its prompts are.
    async fn in_chrome(&self, script: &str) -> Result<Value> {
        let mut connection = self.connection.lock().await;
        let context = |name| json!({ "value": name });
        connection
            .call("Marionette:SetContext", context("chrome"))
            .await?;
        let parameters = json!({ "script": script, "args": [] });
        let answer = connection.call("WebDriver:ExecuteScript", parameters).await;
        connection
            .call("Marionette:SetContext", context("content"))
            .await?;
        Ok(answer?.get("value").cloned().unwrap_or(Value::Null))
    }

    fn at(&self, handle: String) -> FirefoxPage {
        FirefoxPage {
            program: Arc::clone(&self.program),
            connection: Arc::clone(&self.connection),
            handle,
        }
    }
}

/// The handles of all tabs and popups.
async fn handles(connection: &mut Connection) -> Result<Vec<String>> {
    let answer = connection
        .call("WebDriver:GetWindowHandles", json!({}))
        .await?;
    Ok(serde_json::from_value(answer)?)
}

/// Waits until Firefox has written its Marionette port.
async fn active_port(program: &Program, file: &Path) -> Result<u16> {
    let start = Instant::now();
    loop {
        let port = fs::read_to_string(file)
            .ok()
            .and_then(|text| text.trim().parse().ok());
        if let Some(port) = port {
            return Ok(port);
        }
        if program.has_ended() || start.elapsed() > START {
            bail!("Firefox did not start: {}", program.log());
        }
        tokio::time::sleep(GLANCE).await;
    }
}
