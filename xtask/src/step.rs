//! Commands, run where the workspace is, each with a line that says what it is for.

use std::{
    path::{Path, PathBuf},
    process::Command,
    time::Instant,
};

use anyhow::{Context as _, Result, bail};

/// The workspace's folder.
pub(crate) fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_path_buf()
}

/// A program that Cargo has built: in its target folder, wherever that is.
pub(crate) fn built(profile: &str, name: &str) -> Result<PathBuf> {
    // target/debug/xtask
    let this = std::env::current_exe().context("this program has no path")?;
    let target = this
        .ancestors()
        .nth(2)
        .context("this program lies in no target folder")?;
    Ok(target.join(profile).join(name))
}

/// A command to be run in the workspace's folder.
pub(crate) fn command(program: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(arguments).current_dir(root());
    command
}

/// Cargo, the one that runs us.
pub(crate) fn cargo(arguments: &[&str]) -> Command {
    command(
        &std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned()),
        arguments,
    )
}

/// Runs a command, saying what it is for and how long it took.
pub(crate) fn run(title: &str, command: &mut Command) -> Result<()> {
    eprintln!("\n==> {title}");
    let start = Instant::now();
    let status = command
        .status()
        .with_context(|| format!("{} could not be started", command.get_program().display()))?;
    if !status.success() {
        bail!("{title}: {status}");
    }
    eprintln!("    {title}: {:.0} s", start.elapsed().as_secs_f32());
    Ok(())
}

/// What a command prints, or `None` when it fails or does not exist.
pub(crate) fn output(program: &str, arguments: &[&str]) -> Option<String> {
    let output = command(program, arguments).output().ok()?;
    output
        .status
        .success()
        .then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// A program of ours that needs root, for namespaces and a pcscd of its own.
pub(crate) fn as_root(program: &Path) -> Command {
    if is_root() {
        return command(&program.to_string_lossy(), &[]);
    }
    let mut sudo = command("sudo", &[]);
    sudo.arg(program);
    sudo
}

/// Whether we are root, and so need no `sudo`.
pub(crate) fn is_root() -> bool {
    output("id", &["-u"]).as_deref() == Some("0")
}
