//! Modules made of `module.c`.

use std::{
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use crate::{fixture::run, scene::SOFTHSM};

/// A module, and the journal that it keeps beside it.
pub(crate) struct Module(tempfile::TempDir);

impl Module {
    pub(crate) fn new(option: &str) -> Self {
        Self::build(option, &[])
    }

    /// SoftHSM with one thing spoiled.
    pub(crate) fn over_softhsm(option: &str) -> Self {
        Self::build(option, &[format!("-DSOFTHSM=\"{SOFTHSM}\"")])
    }

    pub(crate) fn build(option: &str, more: &[String]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/api/module.c");
        run(Command::new("cc")
            .args(["-shared", "-fPIC", "-w", "-o"])
            .arg(folder.path().join("module.so"))
            .arg(format!("-D{option}"))
            .arg(format!(
                "-DJOURNAL=\"{}\"",
                folder.path().join("journal").display()
            ))
            .args(more)
            .args([source, "-ldl", "-lpthread"]));
        Self(folder)
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.0.path().join("module.so")
    }

    /// The lines that its calls left: what was called, and in which process.
    pub(crate) fn journal(&self) -> Vec<(String, u32)> {
        let text = std::fs::read_to_string(self.0.path().join("journal")).unwrap_or_default();
        let line = |line: &str| {
            let (what, process) = line.split_once(' ').unwrap();
            (what.to_owned(), process.parse().unwrap())
        };
        text.lines().map(line).collect()
    }

    pub(crate) fn called(&self, what: &str) -> usize {
        self.journal()
            .iter()
            .filter(|(call, _)| call == what)
            .count()
    }

    /// Waits until a call has been made; the process that made it.
    pub(crate) async fn calls(&self, what: &str) -> u32 {
        loop {
            if let Some((_, process)) = self.journal().into_iter().find(|(call, _)| call == what) {
                return process;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

/// Waits until a process is no more.
pub(crate) async fn ends(process: u32) {
    while Path::new(&format!("/proc/{process}")).exists() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
