//! An X display with a window manager, ended when dropped.

use std::{
    path::Path,
    process::{Child, Command, Stdio},
};

use anyhow::{Context as _, Result, ensure};

use super::wine::until;

/// The display.
pub(super) struct Display {
    name: String,
    children: Vec<Child>,
}

impl Display {
    /// Starts one on a number that nobody has.
    pub(super) fn start() -> Result<Self> {
        let mut read = Command::new("Xvfb");
        read.args(["-displayfd", "1", "-screen", "0", "1280x900x24"]);
        read.args(["-nolisten", "tcp"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut server = read.spawn().context("Xvfb cannot be started")?;
        let mut number = String::new();
        if let Some(said) = server.stdout.take() {
            std::io::BufRead::read_line(&mut std::io::BufReader::new(said), &mut number)?;
        }
        let mut display = Self {
            name: format!(":{}", number.trim()),
            children: vec![server],
        };
        ensure!(!number.trim().is_empty(), "Xvfb does not start");
        let manager = display.command("openbox", &[]).spawn();
        display
            .children
            .push(manager.context("openbox cannot be started")?);
        Ok(display)
    }

    /// As `DISPLAY` has it.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Waits until a window with this in its name is seen.
    pub(super) fn wait_for(&self, name: &str) -> Result<()> {
        until("the window opens", || {
            let words = ["search", "--onlyvisible", "--name", name];
            let found = self.command("xdotool", &words).output()?;
            Ok((!found.stdout.is_empty()).then_some(()))
        })?;
        // Its first frame is on the screen soon after.
        std::thread::sleep(std::time::Duration::from_secs(2));
        Ok(())
    }

    /// Presses keys.
    pub(super) fn keys(&self, keys: &str) -> Result<()> {
        let status = self.command("xdotool", &["key", keys]).status()?;
        ensure!(status.success(), "xdotool: {status}");
        Ok(())
    }

    /// A picture of all that is seen.
    pub(super) fn picture(&self, file: &Path) -> Result<()> {
        let mut import = self.command("import", &["-window", "root"]);
        let status = import.arg(file).status()?;
        ensure!(status.success(), "import: {status}");
        Ok(())
    }

    fn command(&self, program: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(program);
        command.args(arguments).env("DISPLAY", &self.name);
        command.stderr(Stdio::null());
        command
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        for child in self.children.iter_mut().rev() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
