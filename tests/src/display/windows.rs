//! The windows on a display: found by their titles.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use tokio::{process::Command, time::sleep};

use super::{Display, GLANCE};

/// A window, by its X id, which is what `xdotool` understands.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Window(pub u32);

/// Where a window is on the screen, in pixels from the top left corner.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Area {
    /// Left edge.
    pub x: i32,
    /// Upper edge.
    pub y: i32,
    /// Width.
    pub width: i32,
    /// Height.
    pub height: i32,
}

impl Display {
    /// Waits for a visible window whose title contains `title`, and gives it.
    ///
    /// # Errors
    /// When none is there after `within`; the message has the titles that are.
    pub async fn wait_for_window(&self, title: &str, within: Duration) -> Result<Window> {
        let start = Instant::now();
        loop {
            let windows = self.windows(title).await?;
            if let Some(window) = windows.last() {
                return Ok(*window);
            }
            ensure!(
                start.elapsed() < within,
                "no window named {title:?}; there are {:?}",
                self.titles().await?
            );
            sleep(GLANCE).await;
        }
    }

    /// Waits until no visible window has a title that contains `title`.
    ///
    /// # Errors
    /// When one is still there after `within`.
    pub async fn wait_until_gone(&self, title: &str, within: Duration) -> Result<()> {
        let start = Instant::now();
        while !self.windows(title).await?.is_empty() {
            ensure!(start.elapsed() < within, "window {title:?} is still there");
            sleep(GLANCE).await;
        }
        Ok(())
    }

    /// The visible windows whose title contains `title`, in no order.
    ///
    /// # Errors
    /// When the display is gone.
    pub async fn windows(&self, title: &str) -> Result<Vec<Window>> {
        // xdotool takes a regular expression, and holds it against the old name of the window,
        // which has ASCII alone; `search` ends with 1 when it finds nothing.
        let plain = title
            .split(|c: char| !c.is_ascii())
            .next()
            .unwrap_or_default();
        let output = self
            .tool(&["search", "--onlyvisible", "--name", &escaped(plain)])
            .await?;
        let mut found = Vec::new();
        for id in output.lines() {
            if plain == title || self.tool(&["getwindowname", id]).await?.contains(title) {
                found.push(Window(id.trim().parse()?));
            }
        }
        Ok(found)
    }

    /// The titles of all visible windows that have one.
    ///
    /// # Errors
    /// When the display is gone.
    pub async fn titles(&self) -> Result<Vec<String>> {
        let found = self
            .tool(&["search", "--onlyvisible", "--name", "."])
            .await?;
        let mut titles = Vec::new();
        for id in found.lines() {
            let title = self.tool(&["getwindowname", id]).await?;
            titles.push(title.trim().to_owned());
        }
        Ok(titles)
    }

    /// Where the visible windows of this class are, also those that have no title, as menus.
    ///
    /// # Errors
    /// When the display is gone.
    pub async fn areas(&self, class: &str) -> Result<Vec<Area>> {
        let found = self
            .tool(&["search", "--onlyvisible", "--class", &escaped(class)])
            .await?;
        let mut areas = Vec::new();
        for id in found.lines() {
            // One that has just gone is none.
            if let Ok(area) = self.area(Window(id.trim().parse()?)).await {
                areas.push(area);
            }
        }
        Ok(areas)
    }

    /// Where `window` is.
    ///
    /// # Errors
    /// When it is gone.
    pub async fn area(&self, window: Window) -> Result<Area> {
        let text = self
            .tool(&["getwindowgeometry", "--shell", &window.0.to_string()])
            .await?;
        let value = |name: &str| {
            let line = text
                .lines()
                .find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
            line.and_then(|value| value.parse().ok())
                .with_context(|| format!("window is gone: {text}"))
        };
        Ok(Area {
            x: value("X")?,
            y: value("Y")?,
            width: value("WIDTH")?,
            height: value("HEIGHT")?,
        })
    }

    /// Gives `window` the keyboard and waits until it has it.
    ///
    /// # Errors
    /// When the window is gone or does not take the focus within five seconds.
    pub async fn focus(&self, window: Window) -> Result<()> {
        let id = window.0.to_string();
        let start = Instant::now();
        self.tool(&["windowactivate", &id]).await?;
        while self.tool(&["getactivewindow"]).await?.trim() != id {
            ensure!(
                start.elapsed().as_secs() < 5,
                "window {id} does not take the focus"
            );
            sleep(GLANCE).await;
        }
        Ok(())
    }

    /// Closes a window the way its own close button does: the window manager asks it to.
    ///
    /// # Errors
    /// When the window or the display is gone.
    pub async fn close_window(&self, window: Window) -> Result<()> {
        let closed = Command::new("wmctrl")
            .args(["-i", "-c", &window.0.to_string()])
            .env("DISPLAY", self.name())
            .status()
            .await
            .context("cannot start wmctrl")?;
        ensure!(closed.success(), "wmctrl cannot close {window:?}");
        Ok(())
    }
}

/// `text` as a regular expression that matches nothing but itself.
fn escaped(text: &str) -> String {
    let special = |c: char| r"\.^$|()[]{}*+?".contains(c);
    let mut pattern = String::new();
    for c in text.chars() {
        if special(c) {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern
}
