//! Linux: limits, Landlock for files, seccomp for the rest.

#[path = "linux/calls.rs"]
mod calls;
#[path = "linux/files.rs"]
mod files;

use nix::sys::{
    prctl,
    resource::{Resource, getrlimit, setrlimit},
};

use super::{Fence, Gap, MEMORY};

/// All that may be mapped, shared memory and libraries included, in bytes: 2 GiB. Modules that were
/// tried have up to 0.25 GiB, most of it reserved and never used.
const ADDRESSES: u64 = 2 << 30;

/// As many threads may the person's programs have together for another one to be started. (Not where
/// that person is root.) A module that starts them without end takes the kernel's memory.
const THREADS: u64 = 8192;

/// The largest file that may be written, in bytes.
const LONGEST_FILE: u64 = 64 << 20;

/// As many files and sockets may be open at a time.
const OPEN_FILES: u64 = 256;

pub(super) fn close(fence: &Fence) -> Vec<Gap> {
    let mut gaps = Vec::new();
    // Away from the agent's terminal. It fails for who leads a group, and so was started by itself.
    let _ = nix::unistd::setsid();
    let kept = [
        hide_memory(),
        // What is the process's own, and then what it could share with others or with itself.
        limit(Resource::RLIMIT_DATA, MEMORY, Gap::Memory),
        limit(Resource::RLIMIT_AS, ADDRESSES, Gap::Memory),
        at_most(Resource::RLIMIT_NPROC, THREADS, Gap::Memory),
        limit(Resource::RLIMIT_FSIZE, LONGEST_FILE, Gap::Writing),
        limit(Resource::RLIMIT_NOFILE, OPEN_FILES, Gap::Memory),
    ];
    gaps.extend(kept.into_iter().filter_map(Result::err));
    gaps.extend(files::close(fence));
    gaps.extend(calls::close(fence));
    gaps.sort_unstable();
    gaps.dedup();
    gaps
}

pub(super) fn hide_memory() -> Result<(), Gap> {
    limit(Resource::RLIMIT_CORE, 0, Gap::Dumps)?;
    prctl::set_dumpable(false).map_err(|_| Gap::Dumps)
}

fn limit(what: Resource, most: u64, gap: Gap) -> Result<(), Gap> {
    setrlimit(what, most, most).map_err(|_| gap)
}

/// As [`limit`], unless there is a lower one.
fn at_most(what: Resource, most: u64, gap: Gap) -> Result<(), Gap> {
    let (_, now) = getrlimit(what).map_err(|_| gap)?;
    limit(what, most.min(now), gap)
}

pub(super) fn gaps() -> Vec<Gap> {
    // Both hold for the thread that closes them, and for those that it starts.
    let attempt = || {
        let fence = Fence::new();
        [files::close(&fence), calls::close(&fence)]
    };
    let thread = std::thread::spawn(attempt).join();
    let gaps = thread.unwrap_or([Some(Gap::Writing), Some(Gap::Calls)]);
    gaps.into_iter().flatten().collect()
}

/// What the agent does to a child from outside: nothing, it fences itself.
#[derive(Debug)]
pub(crate) struct Guard;

impl Guard {
    /// Takes a child that was just started.
    pub(crate) fn around(_: &tokio::process::Child) -> std::io::Result<Self> {
        Ok(Self)
    }
}
