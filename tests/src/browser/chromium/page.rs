//! One tab or popup of Chromium.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Result, bail, ensure};
use serde_json::{Value, json};

use super::{START, pages, text};
use crate::browser::cdp::Connection;
use crate::browser::{Answer, GLANCE, Page, write_picture};
use crate::display::Display;

/// One tab or popup of a [`Chromium`](super::Chromium).
#[derive(Debug)]
pub struct ChromiumPage {
    connection: Arc<Connection>,
    target: String,
    session: String,
}

impl ChromiumPage {
    /// Begins to drive the page that Chromium calls `target`.
    pub(super) async fn attach(connection: &Arc<Connection>, target: String) -> Result<Self> {
        let params = json!({ "targetId": target, "flatten": true });
        let attached = connection
            .call(None, "Target.attachToTarget", params)
            .await?;
        let page = Self {
            connection: Arc::clone(connection),
            target,
            session: text(&attached, "sessionId")?,
        };
        for domain in ["Page.enable", "Runtime.enable", "Log.enable"] {
            page.call(domain, json!({})).await?;
        }
        Ok(page)
    }

    /// Makes the page as large as a screen of this size shows it; a narrow one is a phone's.
    ///
    /// # Errors
    /// When the page is gone.
    pub async fn resize(&self, width: u32, height: u32) -> Result<()> {
        let params = json!({
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600,
        });
        self.call("Emulation.setDeviceMetricsOverride", params)
            .await?;
        Ok(())
    }

    /// Switches scripts of the page off, or on again, from the next page on.
    ///
    /// # Errors
    /// When the page is gone.
    pub async fn disable_scripts(&self, disabled: bool) -> Result<()> {
        let params = json!({ "value": disabled });
        self.call("Emulation.setScriptExecutionDisabled", params)
            .await?;
        Ok(())
    }

    /// Shows the page in dark colours, or in light ones.
    ///
    /// # Errors
    /// When the page is gone.
    pub async fn dark(&self, dark: bool) -> Result<()> {
        let value = if dark { "dark" } else { "light" };
        let features = json!([{ "name": "prefers-color-scheme", "value": value }]);
        let params = json!({ "features": features });
        self.call("Emulation.setEmulatedMedia", params).await?;
        Ok(())
    }

    /// Answers the question whether this page may reach loopback, with the keyboard of `display`.
    ///
    /// The page must have had the keyboard, as after a click on it, and be the one in front.
    ///
    /// # Errors
    /// When the permission has not changed after `within`: the browser did not ask.
    pub async fn answer_prompt(
        &self,
        display: &Display,
        answer: Answer,
        within: Duration,
    ) -> Result<()> {
        let start = Instant::now();
        while self.permission().await? == "prompt" {
            ensure!(start.elapsed() < within, "no prompt\n{}", self.console());
            // The key for people who use no mouse: it moves from the page to the open question,
            // whose first button is Block, then Allow. Nothing is pressed while the page itself
            // still has the keyboard. The places of the buttons differ from version to version.
            display.key("alt+shift+a").await?;
            tokio::time::sleep(GLANCE).await;
            if self.eval("document.hasFocus()").await? == true {
                continue;
            }
            if answer == Answer::Allow {
                display.key("Tab").await?;
            }
            display.key("Return").await?;
            let _ = self
                .wait_for("document.hasFocus()", Duration::from_secs(2))
                .await;
        }
        Ok(())
    }

    /// The state of the permission to reach loopback: `granted`, `prompt` or `denied`.
    async fn permission(&self) -> Result<Value> {
        self.eval("navigator.permissions.query({ name: 'loopback-network' }).then((p) => p.state)")
            .await
    }

    async fn call(&self, method: &str, params: Value) -> Result<Value> {
        self.connection
            .call(Some(&self.session), method, params)
            .await
    }
}

impl Page for ChromiumPage {
    async fn goto(&self, url: &str) -> Result<()> {
        let answer = self.call("Page.navigate", json!({ "url": url })).await?;
        if let Some(error) = answer.get("errorText") {
            bail!("{url}: {error}");
        }
        self.wait_for("document.readyState === 'complete'", START)
            .await?;
        Ok(())
    }

    async fn eval(&self, expression: &str) -> Result<Value> {
        let params = json!({
            "expression": expression,
            "awaitPromise": true,
            "returnByValue": true,
            "userGesture": false,
        });
        let answer = self.call("Runtime.evaluate", params).await?;
        if let Some(thrown) = answer.get("exceptionDetails") {
            let what = thrown.pointer("/exception/description").unwrap_or(thrown);
            bail!("{expression} threw {what}");
        }
        Ok(answer
            .pointer("/result/value")
            .cloned()
            .unwrap_or(Value::Null))
    }

    async fn click(&self, selector: &str) -> Result<()> {
        let script = format!(
            "(() => {{
                const element = document.querySelector({});
                if (!element?.checkVisibility()) return null;
                element.scrollIntoView({{ block: 'center', behavior: 'instant' }});
                const box = element.getBoundingClientRect();
                return [box.x + box.width / 2, box.y + box.height / 2];
            }})()",
            json!(selector)
        );
        let place = self.eval(&script).await?;
        let (Some(x), Some(y)) = (place.get(0), place.get(1)) else {
            bail!("no {selector} to click");
        };
        for (kind, count) in [("mouseMoved", 0), ("mousePressed", 1), ("mouseReleased", 1)] {
            let button = if count == 0 { "none" } else { "left" };
            let params =
                json!({ "type": kind, "x": x, "y": y, "button": button, "clickCount": count });
            self.call("Input.dispatchMouseEvent", params).await?;
        }
        Ok(())
    }

    async fn screenshot(&self, file: &Path) -> Result<()> {
        let picture = self.call("Page.captureScreenshot", json!({})).await?;
        write_picture(picture.get("data").unwrap_or(&Value::Null), file)
    }

    async fn picture(&self, file: &Path) -> Result<()> {
        let metrics = self.call("Page.getLayoutMetrics", json!({})).await?;
        let size = |side: &str| metrics.pointer(&format!("/cssContentSize/{side}")).cloned();
        let clip =
            json!({ "x": 0, "y": 0, "width": size("width"), "height": size("height"), "scale": 1 });
        let params = json!({ "captureBeyondViewport": true, "clip": clip });
        let picture = self.call("Page.captureScreenshot", params).await?;
        write_picture(picture.get("data").unwrap_or(&Value::Null), file)
    }

    async fn popup(&self, within: Duration) -> Result<Self> {
        let start = Instant::now();
        loop {
            let pages = pages(&self.connection).await?;
            let ours =
                |page: &&Value| page.get("openerId").and_then(Value::as_str) == Some(&self.target);
            if let Some(page) = pages.iter().find(ours) {
                return Self::attach(&self.connection, text(page, "targetId")?).await;
            }
            ensure!(start.elapsed() < within, "no popup\n{}", self.console());
            tokio::time::sleep(GLANCE).await;
        }
    }

    async fn is_open(&self) -> Result<bool> {
        let pages = pages(&self.connection).await?;
        Ok(pages
            .iter()
            .any(|page| page.get("targetId").and_then(Value::as_str) == Some(&self.target)))
    }

    async fn close(&self) -> Result<()> {
        let params = json!({ "targetId": self.target });
        self.connection
            .call(None, "Target.closeTarget", params)
            .await?;
        Ok(())
    }

    fn console(&self) -> String {
        self.connection.console(&self.session)
    }
}
