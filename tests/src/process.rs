//! What the kernel says of a process.

use std::{fs, path::Path};

use anyhow::{Context as _, Result};

/// Proportional set size in MB (10^6 bytes): private pages, and its share of shared ones.
///
/// # Errors
/// When it has ended, or is another user's.
pub fn memory(pid: u32) -> Result<f64> {
    in_rollup(pid, "Pss:")
}

/// What it has asked for itself in MB (10^6 bytes), nothing of files: unlike [`memory`] it does not
/// depend on who else uses the same libraries.
///
/// # Errors
/// As [`memory`].
pub fn own_memory(pid: u32) -> Result<f64> {
    in_rollup(pid, "Anonymous:")
}

fn in_rollup(pid: u32, name: &str) -> Result<f64> {
    let rollup = fs::read_to_string(format!("/proc/{pid}/smaps_rollup"))?;
    let line = rollup
        .lines()
        .find(|line| line.starts_with(name))
        .with_context(|| format!("no {name}"))?;
    let kib: f64 = line
        .split_whitespace()
        .nth(1)
        .context("no number")?
        .parse()?;
    Ok(kib * 1024.0 / 1e6)
}

/// How often any of its threads has gone to sleep by itself: each is one wake-up.
///
/// # Errors
/// When it has ended.
pub fn wake_ups(pid: u32) -> Result<u64> {
    let mut sum = 0;
    for task in fs::read_dir(format!("/proc/{pid}/task"))? {
        let status = fs::read_to_string(task?.path().join("status"))?;
        let line = status
            .lines()
            .find(|line| line.starts_with("voluntary_ctxt_switches:"));
        sum += line
            .and_then(|line| line.split_whitespace().nth(1))
            .context("no count")?
            .parse::<u64>()?;
    }
    Ok(sum)
}

/// The children of a process whose first argument is `word`, such as `worker`.
#[must_use]
pub fn children(pid: u32, word: &str) -> Vec<u32> {
    let Ok(tasks) = fs::read_dir(format!("/proc/{pid}/task")) else {
        return Vec::new();
    };
    tasks
        .flatten()
        .filter_map(|task| fs::read_to_string(task.path().join("children")).ok())
        .flat_map(|list| {
            list.split_whitespace()
                .filter_map(|pid| pid.parse().ok())
                .collect::<Vec<u32>>()
        })
        .filter(|child| {
            let line = fs::read(Path::new("/proc").join(child.to_string()).join("cmdline"));
            line.is_ok_and(|line| line.split(|byte| *byte == 0).nth(1) == Some(word.as_bytes()))
        })
        .collect()
}
