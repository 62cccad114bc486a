//! What the agent, which is in this process, holds.

use std::{fmt, fs, time::Duration};

use anyhow::Result;
use e2e::process;

use super::scene::Scene;

pub(crate) struct Holds {
    files: usize,
    threads: usize,
    workers: usize,
    /// In MB.
    memory: f64,
    workers_memory: f64,
}

impl Holds {
    /// After a moment in which what is about to end ends.
    pub(crate) async fn now(scene: &Scene) -> Result<Self> {
        scene.sign_in(u32::MAX).await?;
        tokio::time::sleep(Duration::from_secs(3)).await;
        let this = std::process::id();
        let workers = process::children(this, "worker");
        let memory = |pid: &u32| process::own_memory(*pid);
        Ok(Self {
            files: fs::read_dir("/proc/self/fd")?.count(),
            threads: fs::read_dir("/proc/self/task")?.count(),
            memory: process::own_memory(this)?,
            workers_memory: workers.iter().map(memory).sum::<Result<f64>>()?,
            workers: workers.len(),
        })
    }

    /// Whether `later` holds no more. Memory may move by a tenth and a megabyte, as allocators do.
    pub(crate) fn is_no_less_than(&self, later: &Self) -> bool {
        later.files <= self.files
            && later.threads <= self.threads
            && later.workers <= self.workers
            && later.memory <= self.memory * 1.1 + 1.0
            && later.workers_memory <= self.workers_memory * 1.1 + 1.0
    }
}

impl fmt::Display for Holds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} open files, {} threads, {} workers, {:.1} MB of its own, workers {:.1} MB",
            self.files, self.threads, self.workers, self.memory, self.workers_memory
        )
    }
}
