//! The person's desktop, by the conventions that all desktops share.
//!
//! Spec: XDG autostart, desktop entry, icon theme and base directory specifications.

use std::{
    fs,
    os::unix::process::CommandExt as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context as _, Result};
use directories::BaseDirs;

use super::book::Book;

/// What packages install for everybody, too.
const AUTOSTART: &str = include_str!("../../../../packaging/linux/tw.chop.Agent.autostart.desktop");
const MENU: &str = include_str!("../../../../packaging/linux/tw.chop.Agent.desktop");
const ICON: &str = include_str!("../../../../packaging/linux/tw.chop.Agent.svg");

/// Puts everything in place; gives the program that the session starts.
pub(super) fn write(home: &Path, book: &mut Book) -> Result<PathBuf> {
    let folders = BaseDirs::new().context("this person has no home folder")?;
    let this = std::env::current_exe().context("the program's own path is not known")?;
    let content = fs::read(&this).with_context(|| format!("{} cannot be read", this.display()))?;
    // A folder for each version: an agent that runs keeps its own until it ends.
    let versions = home.join(".local/lib/chop");
    let program = versions.join(env!("CARGO_PKG_VERSION")).join("chop");
    book.file(&program, &content, 0o755)?;
    let current = home.join(".local/bin/chop");
    book.link(&current, &program)?;
    // Desktops read `Exec` with quotes of their own; a home with odd characters is put into them.
    let quoted = format!("\"{}\"", current.display());
    let autostart = folders.config_dir().join("autostart/tw.chop.Agent.desktop");
    book.file(&autostart, exec_only(AUTOSTART, &quoted).as_bytes(), 0o644)?;
    let menu = folders
        .data_local_dir()
        .join("applications/tw.chop.Agent.desktop");
    book.file(&menu, exec_only(MENU, &quoted).as_bytes(), 0o644)?;
    let icon = folders
        .data_local_dir()
        .join("icons/hicolor/scalable/apps/tw.chop.Agent.svg");
    book.file(&icon, ICON.as_bytes(), 0o644)?;
    Ok(current)
}

/// The entry with another program; `TryExec` is left out, because it takes no quotes.
fn exec_only(entry: &str, program: &str) -> String {
    let lines = entry.lines().filter(|line| !line.starts_with("TryExec="));
    let lines: Vec<_> = lines
        .map(|line| line.replace("/usr/bin/chop", program))
        .collect();
    lines.join("\n") + "\n"
}

/// Starts the agent as the session would, in a process group of its own.
pub(super) fn start(program: &Path) -> Result<()> {
    Command::new(program)
        .arg("run")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .process_group(0)
        .spawn()
        .with_context(|| format!("{} cannot be started", program.display()))?;
    Ok(())
}
