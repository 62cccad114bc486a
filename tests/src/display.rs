//! A screen that nobody sees: Xvfb with a window manager, and hands on its keyboard and mouse.

mod windows;

use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::process::{ChildStdout, Command};
use tokio::time::{sleep, timeout};

use crate::program::Program;

pub use self::windows::{Area, Window};

/// How long X server and window manager may take to start.
const START: Duration = Duration::from_secs(15);

/// The width of the screen, in pixels.
const WIDTH: i32 = 1280;

/// How often something that gives no event is looked at again.
const GLANCE: Duration = Duration::from_millis(20);

/// An X server of our own, with openbox on it; both end when this is dropped.
#[derive(Debug)]
pub struct Display {
    name: String,
    // Dropped in this order: the window manager must not outlive its server.
    window_manager: Program,
    server: Program,
    _logs: TempDir,
}

impl Display {
    /// Starts a display of 1280 × 800 pixels with a free number.
    ///
    /// # Errors
    /// When Xvfb or openbox is missing or does not come up: never does this fall back to a display
    /// that someone else owns.
    pub async fn start() -> Result<Self> {
        let logs = tempfile::tempdir()?;
        let mut xvfb = Program::command("Xvfb");
        // The server itself picks a number that is free and says so: a private network namespace
        // does not separate the sockets in /tmp/.X11-unix.
        xvfb.args(["-displayfd", "1", "-screen", "0", "1280x800x24"]);
        xvfb.args(["-nolisten", "tcp", "-noreset"]);
        xvfb.stdin(Stdio::null()).stdout(Stdio::piped());
        let mut server = Program::start(xvfb, &logs.path().join("xvfb.log"))?;

        let output = server.take_stdout().context("Xvfb has no output")?;
        let mut number = String::new();
        let mut output = BufReader::new(ChildStdout::from_std(output)?);
        timeout(START, output.read_line(&mut number)).await??;
        let number = number.trim();
        ensure!(!number.is_empty(), "Xvfb did not start: {}", server.log());
        let name = format!(":{number}");

        let mut openbox = Program::command("openbox");
        openbox.arg("--sm-disable").env("DISPLAY", &name);
        openbox.stdin(Stdio::null()).stdout(Stdio::null());
        let window_manager = Program::start(openbox, &logs.path().join("openbox.log"))?;

        let display = Self {
            name,
            window_manager,
            server,
            _logs: logs,
        };
        display.wait_for_window_manager().await?;
        Ok(display)
    }

    /// Its name, such as `:3`: the value of `DISPLAY` for what is to be shown on it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Types `text` on the keyboard, to whichever window has the focus.
    ///
    /// # Errors
    /// When the display is gone.
    pub async fn type_text(&self, text: &str) -> Result<()> {
        // By its input, because a PIN does not belong on a command line, not even here.
        let mut child = Command::new("xdotool")
            .args(["type", "--clearmodifiers", "--delay", "30", "--file", "-"])
            .env("DISPLAY", &self.name)
            .stdin(Stdio::piped())
            .spawn()
            .context("cannot start xdotool")?;
        let mut input = child.stdin.take().context("xdotool has no input")?;
        input.write_all(text.as_bytes()).await?;
        drop(input);
        let status = child.wait().await?;
        ensure!(status.success(), "xdotool failed: {status}");
        Ok(())
    }

    /// Presses a key, named as X names it: `Return`, `Escape`, `Tab`, `shift+Tab`, `alt+F4`.
    ///
    /// # Errors
    /// When the display is gone.
    pub async fn key(&self, key: &str) -> Result<()> {
        self.must(&["key", "--clearmodifiers", key]).await
    }

    /// Clicks with the left button at a place of the screen.
    ///
    /// # Errors
    /// When the display is gone.
    pub async fn click(&self, x: i32, y: i32) -> Result<()> {
        self.must(&["mousemove", &x.to_string(), &y.to_string(), "click", "1"])
            .await
    }

    /// Clicks with the right button.
    ///
    /// # Errors
    /// When the display is gone.
    pub async fn right_click(&self, x: i32, y: i32) -> Result<()> {
        self.must(&["mousemove", &x.to_string(), &y.to_string(), "click", "3"])
            .await
    }

    /// The places of the screen that have this colour, red, green and blue, within `tolerance`.
    ///
    /// # Errors
    /// When ImageMagick's `import` is missing.
    pub async fn colored(&self, color: [u8; 3], tolerance: u8) -> Result<Vec<(i32, i32)>> {
        let output = Command::new("import")
            .args([
                "-display", &self.name, "-window", "root", "-depth", "8", "rgb:-",
            ])
            .output()
            .await
            .context("cannot start import (package imagemagick)")?;
        ensure!(output.status.success(), "import failed: {}", output.status);
        let is = |pixel: &[u8]| {
            let mut parts = pixel.iter().zip(color);
            parts.all(|(is, wanted)| is.abs_diff(wanted) <= tolerance)
        };
        let places = (0..).zip(output.stdout.chunks_exact(3));
        let found = places.filter(|(_, pixel)| is(pixel));
        Ok(found.map(|(at, _)| (at % WIDTH, at / WIDTH)).collect())
    }

    /// Saves a part of the screen, `WIDTHxHEIGHT+LEFT+TOP`, as a PNG file.
    ///
    /// # Errors
    /// As [`Display::screenshot`].
    pub async fn cut_out(&self, area: &str, file: &Path) -> Result<()> {
        let status = Command::new("import")
            .args([
                "-display", &self.name, "-window", "root", "-crop", area, "+repage",
            ])
            .arg(file)
            .status()
            .await
            .context("cannot start import (package imagemagick)")?;
        ensure!(status.success(), "import failed: {status}");
        Ok(())
    }

    /// Saves the whole screen as a PNG file.
    ///
    /// # Errors
    /// When ImageMagick's `import` is missing or `file` cannot be written.
    pub async fn screenshot(&self, file: &Path) -> Result<()> {
        let status = Command::new("import")
            .args(["-display", &self.name, "-window", "root"])
            .arg(file)
            .status()
            .await
            .context("cannot start import (package imagemagick)")?;
        ensure!(status.success(), "import failed: {status}");
        Ok(())
    }

    async fn wait_for_window_manager(&self) -> Result<()> {
        let start = Instant::now();
        loop {
            // The property by which a window manager says that it has taken over.
            let output = Command::new("xprop")
                .args(["-display", &self.name, "-root", "_NET_SUPPORTING_WM_CHECK"])
                .output()
                .await
                .context("cannot start xprop (package x11-utils)")?;
            if String::from_utf8_lossy(&output.stdout).contains("window id") {
                return Ok(());
            }
            for program in [&self.server, &self.window_manager] {
                if program.has_ended() || start.elapsed() > START {
                    bail!("no window manager came up: {}", program.log());
                }
            }
            sleep(GLANCE).await;
        }
    }

    /// Runs `xdotool` where nothing found, or a window that has just gone, is an answer too.
    async fn tool(&self, arguments: &[&str]) -> Result<String> {
        ensure!(
            !self.server.has_ended(),
            "the display is gone: {}",
            self.server.log()
        );
        let output = Command::new("xdotool")
            .args(arguments)
            .env("DISPLAY", &self.name)
            .output()
            .await
            .context("cannot start xdotool")?;
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    async fn must(&self, arguments: &[&str]) -> Result<()> {
        let status = Command::new("xdotool")
            .args(arguments)
            .env("DISPLAY", &self.name)
            .status()
            .await
            .context("cannot start xdotool")?;
        ensure!(status.success(), "xdotool failed: {status}");
        Ok(())
    }
}
