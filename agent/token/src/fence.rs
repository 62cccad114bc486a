//! What a child process of the agent may do: as little as its work needs.
//!
//! A fence is closed by the child itself, before it reads what is not ours: a module, a request, a
//! font. Closed, it stays so for as long as the process lives. Where the system lacks a part of it
//! the child goes on without, and `chop doctor` says so ([`gaps`]).

#[cfg_attr(target_os = "linux", path = "fence/linux.rs")]
#[cfg_attr(windows, path = "fence/windows.rs")]
#[cfg_attr(not(any(target_os = "linux", windows)), path = "fence/other.rs")]
mod platform;

use std::path::PathBuf;

pub(crate) use platform::Guard;

/// How much memory of its own a child may have, in bytes: 1 GiB.
pub(crate) const MEMORY: u64 = 1 << 30;

/// A fence with no gate but those that are named: no network, no other program, no signal to
/// another process, no terminal to type into, no file written, 1 GiB of memory of its own (on
/// Linux 2 GiB with all that is mapped), no dump of it.
#[derive(Clone, Debug, Default)]
pub struct Fence {
    writable: Vec<PathBuf>,
    #[cfg_attr(
        not(windows),
        allow(dead_code, reason = "other systems search elsewhere")
    )]
    libraries: Option<PathBuf>,
    #[cfg_attr(not(target_os = "linux"), allow(dead_code, reason = "Linux alone"))]
    abstract_sockets: bool,
    #[cfg_attr(not(target_os = "linux"), allow(dead_code, reason = "Linux alone"))]
    network: bool,
    #[cfg_attr(not(target_os = "linux"), allow(dead_code, reason = "Linux alone"))]
    pictures: bool,
}

/// A promise of a [`Fence`] that this system does not keep.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum Gap {
    /// Memory may be dumped, or read by other programs of the same person.
    Dumps,
    /// Memory has no limit.
    Memory,
    /// Other programs may be started, and the network be reached.
    Calls,
    /// Files may be written wherever the person may.
    Writing,
    /// Files may not be written, but other processes be signalled, or reached by abstract names.
    Neighbours,
    /// Libraries are searched for where a stranger may have put one.
    Libraries,
    /// Programs of the same person may put their own code in.
    Extensions,
}

impl Fence {
    /// Without any gate.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Files below this folder may be written. Nothing happens if it is not there.
    #[must_use]
    pub fn writes_below(mut self, folder: impl Into<PathBuf>) -> Self {
        self.writable.push(folder.into());
        self
    }

    /// Libraries may come from this folder, beside the system's own. (Elsewhere than on Windows
    /// they come from where the system's loader looks.)
    #[must_use]
    pub fn loads_from(mut self, folder: impl Into<PathBuf>) -> Self {
        self.libraries = Some(folder.into());
        self
    }

    /// Servers with abstract names may be reached: the X server's.
    #[must_use]
    pub fn reaches_abstract_names(mut self) -> Self {
        self.abstract_sockets = true;
        self
    }

    /// The network may be reached: an X server that is on another machine, as `ssh -X` has it.
    #[must_use]
    pub fn reaches_the_network(mut self) -> Self {
        self.network = true;
        self
    }

    /// Memory may be shared with the display, which has pictures handed over so. Neither limit
    /// counts it.
    #[must_use]
    pub fn hands_over_pictures(mut self) -> Self {
        self.pictures = true;
        self
    }

    /// Closes it around this process. What comes back is what it could not keep; better done
    /// before another thread is started, because those stay outside.
    #[must_use]
    pub fn close(&self) -> Vec<Gap> {
        platform::close(self)
    }
}

/// Keeps this process's memory to itself: out of dumps, and from other programs of the same person,
/// where the system has a way (Linux). For the agent itself, which needs what a [`Fence`] takes.
pub fn hide_memory() {
    // A kernel without it is said by `gaps`, of the children.
    let _ = platform::hide_memory();
}

/// What this system lacks for a [`Fence`]: tried, but for what would hold for the whole process.
#[must_use]
pub fn gaps() -> Vec<Gap> {
    platform::gaps()
}
