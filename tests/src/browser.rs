//! Real browsers, started and driven by ourselves.
//!
//! Automation libraries start browsers with flags that switch off what is tested here (the popup
//! blocker, the upgrade to https, storage partitioning), so these drivers speak the browsers' own
//! protocols: Chromium's DevTools protocol over a pipe, Firefox's Marionette over TCP.

mod cdp;
mod chromium;
mod firefox;
mod marionette;
pub mod policy;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use crate::display::Display;

pub use self::chromium::{Chromium, ChromiumPage};
pub use self::firefox::{Firefox, FirefoxPage};

/// How often a page is asked again whether a condition holds.
const GLANCE: Duration = Duration::from_millis(50);

/// How a browser is started; the default is without a window.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options<'a> {
    /// The display for its window; without one it runs headless.
    pub display: Option<&'a Display>,
    /// More arguments, after our own.
    pub arguments: &'a [&'a str],
}

/// What the person says when the browser asks whether a site may reach programs on this computer.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Answer {
    /// Yes.
    Allow,
    /// No.
    Block,
}

/// The first of these commands that is installed.
fn installed(commands: &[&str]) -> Result<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders: Vec<_> = std::env::split_paths(&path).collect();
    let programs = commands
        .iter()
        .flat_map(|name| folders.iter().map(move |folder| folder.join(name)));
    let mut found = programs.filter(|program| program.is_file());
    let first = found.next();
    first.with_context(|| format!("none of these is installed: {}", commands.join(", ")))
}

/// One tab or popup of a browser; what a test does is the same in each of them.
#[allow(async_fn_in_trait)] // Tests await these in place; nothing needs the futures to be `Send`.
pub trait Page: Sized {
    /// Opens `url` as the address bar would and waits until it has loaded.
    ///
    /// # Errors
    /// When the page cannot be shown: name, connection or certificate.
    async fn goto(&self, url: &str) -> Result<()>;

    /// The value of a JavaScript expression in the page, awaited if it is a promise.
    ///
    /// It carries no user gesture: what needs one is refused, as for any script of the page.
    ///
    /// # Errors
    /// When the expression throws or its promise is rejected.
    async fn eval(&self, expression: &str) -> Result<Value>;

    /// Clicks the element as a person would, with the mouse, which is a user gesture.
    ///
    /// # Errors
    /// When no such element is visible.
    async fn click(&self, selector: &str) -> Result<()>;

    /// Saves what the page shows as a PNG file.
    ///
    /// # Errors
    /// When the page is gone or `file` cannot be written.
    async fn screenshot(&self, file: &Path) -> Result<()>;

    /// Saves the whole page as a PNG file, also what has to be scrolled to.
    ///
    /// # Errors
    /// When the page is gone or `file` cannot be written.
    async fn picture(&self, file: &Path) -> Result<()>;

    /// Waits for a window that this page has opened, and gives it.
    ///
    /// # Errors
    /// When there is none after `within`.
    async fn popup(&self, within: Duration) -> Result<Self>;

    /// Whether it is still open.
    ///
    /// # Errors
    /// When the browser is gone.
    async fn is_open(&self) -> Result<bool>;

    /// Closes it, as its close button would.
    ///
    /// # Errors
    /// When it is gone already.
    async fn close(&self) -> Result<()>;

    /// What the page has said on its console, for the message of a failure.
    fn console(&self) -> String;

    /// Waits until `condition`, a JavaScript expression, is truthy, and gives its value.
    ///
    /// # Errors
    /// When it is not after `within`; the message has the last value, the address and the console.
    async fn wait_for(&self, condition: &str, within: Duration) -> Result<Value> {
        let start = Instant::now();
        loop {
            // A page that is just being left has no script context: that is "not yet", too.
            let last = self.eval(condition).await;
            if let Ok(value) = &last
                && is_truthy(value)
            {
                return Ok(value.clone());
            }
            if start.elapsed() >= within {
                let url = self.eval("location.href").await;
                let console = self.console();
                bail!("{condition} is {last:?} after {within:?} at {url:?}\n{console}");
            }
            tokio::time::sleep(GLANCE).await;
        }
    }

    /// Waits until the page is gone.
    ///
    /// # Errors
    /// When it is still open after `within`.
    async fn wait_until_closed(&self, within: Duration) -> Result<()> {
        let start = Instant::now();
        while self.is_open().await? {
            anyhow::ensure!(start.elapsed() < within, "still open\n{}", self.console());
            tokio::time::sleep(GLANCE).await;
        }
        Ok(())
    }
}

/// What `if (value)` would say in JavaScript.
fn is_truthy(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(value) => *value,
        Value::Number(value) => value.as_f64() != Some(0.0),
        Value::String(value) => !value.is_empty(),
        Value::Array(_) | Value::Object(_) => true,
    }
}

/// Writes a screenshot that a browser sent as base64.
fn write_picture(base64: &Value, file: &Path) -> Result<()> {
    use base64::Engine as _;

    let text = base64.as_str().context("no picture")?;
    let png = base64::prelude::BASE64_STANDARD.decode(text)?;
    std::fs::write(file, png).with_context(|| format!("cannot write {}", file.display()))
}
