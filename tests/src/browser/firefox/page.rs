//! One tab or popup of Firefox.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::{Value, json};
use tokio::sync::Mutex;

use super::handles;
use crate::browser::marionette::Connection;
use crate::browser::{GLANCE, Page, write_picture};
use crate::program::Program;

/// One tab or popup of a [`Firefox`](super::Firefox).
#[derive(Debug)]
pub struct FirefoxPage {
    pub(super) program: Arc<Program>,
    pub(super) connection: Arc<Mutex<Connection>>,
    pub(super) handle: String,
}

impl FirefoxPage {
    /// Calls a command in this page: the connection is shared, and looks at one page at a time.
    async fn call(&self, command: &str, parameters: Value) -> Result<Value> {
        let mut connection = self.connection.lock().await;
        let to = json!({ "handle": self.handle, "focus": false });
        connection.call("WebDriver:SwitchToWindow", to).await?;
        connection.call(command, parameters).await
    }
}

impl Page for FirefoxPage {
    async fn goto(&self, url: &str) -> Result<()> {
        let answer = self.call("WebDriver:Navigate", json!({ "url": url })).await;
        answer.with_context(|| format!("{url}: {}", self.program.log()))?;
        Ok(())
    }

    async fn eval(&self, expression: &str) -> Result<Value> {
        // The sandbox `null` is the one whose globals are the page's own.
        let script = format!(
            "const done = arguments[arguments.length - 1];
             (async () => ({expression}))().then(
                 (value) => done({{ value: value ?? null }}),
                 (error) => done({{ error: String(error) }}));"
        );
        let parameters = json!({ "script": script, "args": [], "sandbox": null });
        let answer = self
            .call("WebDriver:ExecuteAsyncScript", parameters)
            .await?;
        if let Some(error) = answer.pointer("/value/error") {
            bail!("{expression} threw {error}");
        }
        Ok(answer
            .pointer("/value/value")
            .cloned()
            .unwrap_or(Value::Null))
    }

    async fn click(&self, selector: &str) -> Result<()> {
        let wanted = json!({ "using": "css selector", "value": selector });
        let found = self.call("WebDriver:FindElement", wanted).await?;
        let element = found.get("value").and_then(Value::as_object);
        let id = element.and_then(|element| element.values().next());
        let id = id.with_context(|| format!("no {selector} to click"))?;
        self.call("WebDriver:ElementClick", json!({ "id": id }))
            .await?;
        Ok(())
    }

    async fn screenshot(&self, file: &Path) -> Result<()> {
        let wanted = json!({ "full": false });
        let picture = self.call("WebDriver:TakeScreenshot", wanted).await?;
        write_picture(picture.get("value").unwrap_or(&Value::Null), file)
    }

    async fn picture(&self, file: &Path) -> Result<()> {
        let wanted = json!({ "full": true });
        let picture = self.call("WebDriver:TakeScreenshot", wanted).await?;
        write_picture(picture.get("value").unwrap_or(&Value::Null), file)
    }

    async fn popup(&self, within: Duration) -> Result<Self> {
        // Marionette does not say who opened a window: the test has one page and its popup.
        let start = Instant::now();
        loop {
            let handles = handles(&mut *self.connection.lock().await).await?;
            if let Some(handle) = handles.into_iter().find(|handle| *handle != self.handle) {
                return Ok(Self {
                    program: Arc::clone(&self.program),
                    connection: Arc::clone(&self.connection),
                    handle,
                });
            }
            ensure!(start.elapsed() < within, "no popup\n{}", self.console());
            tokio::time::sleep(GLANCE).await;
        }
    }

    async fn is_open(&self) -> Result<bool> {
        let handles = handles(&mut *self.connection.lock().await).await?;
        Ok(handles.contains(&self.handle))
    }

    async fn close(&self) -> Result<()> {
        self.call("WebDriver:CloseWindow", json!({})).await?;
        Ok(())
    }

    fn console(&self) -> String {
        self.program.log()
    }
}
