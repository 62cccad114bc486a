//! Programs that a test starts: each has a log of its own, and ends with its owner.
//!
//! What a program is for lives with its module; this one only starts it, reads its log and ends
//! it, by its own process id and that of its group, never by name.

use std::ffi::OsStr;
use std::fs::File;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command};
use std::sync::mpsc::{self, Sender};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use nix::sys::signal::{Signal, kill, killpg};
use nix::sys::wait::{Id, WaitPidFlag, WaitStatus, waitid};
use nix::unistd::Pid;

/// How long a program that was asked to end may take before it is killed.
const TIME_TO_END: Duration = Duration::from_secs(4);

/// A started program. Dropping it asks the program to end, then kills it and all its children.
#[derive(Debug)]
pub struct Program {
    child: Child,
    log: PathBuf,
    /// Lets the thread go that started the program.
    _starter: Sender<()>,
}

impl Program {
    /// A command that runs `program` so that it ends even when this process is killed and has no
    /// chance to clean up: the kernel sees to it.
    pub fn command(program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig", "KILL", "--"]).arg(program);
        command
    }

    /// Starts `command` in a process group of its own; what it writes to stderr goes to `log`.
    ///
    /// Standard input and output are as the caller has set them.
    ///
    /// # Errors
    /// When the log cannot be made or the program is not there. With [`Program::command`] one that
    /// is not there ends at once instead, with a line in its log.
    pub fn start(mut command: Command, log: &Path) -> Result<Self> {
        let file = File::create(log).with_context(|| format!("cannot write {}", log.display()))?;
        command.process_group(0).stderr(file);
        // The kernel's "parent" is a thread: this one stays for as long as the program is wanted,
        // whatever becomes of the caller's. It inherits the namespaces of the caller.
        let program = command.get_program().display().to_string();
        let (started, child) = mpsc::channel();
        let (starter, stay) = mpsc::channel();
        std::thread::spawn(move || {
            if started.send(command.spawn()).is_ok() {
                let _ = stay.recv();
            }
        });
        let child = child.recv().context("the starter ended")?;
        Ok(Self {
            child: child.with_context(|| format!("cannot start {program}"))?,
            log: log.to_owned(),
            _starter: starter,
        })
    }

    /// Its process id, which is its group's too.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Its standard input, if that was piped and nobody has taken it.
    pub fn take_stdin(&mut self) -> Option<ChildStdin> {
        self.child.stdin.take()
    }

    /// Its standard output, if that was piped and nobody has taken it.
    pub fn take_stdout(&mut self) -> Option<ChildStdout> {
        self.child.stdout.take()
    }

    /// Whether it has ended, by itself or otherwise.
    pub fn has_ended(&self) -> bool {
        // Left unreaped on purpose: the group's id must not be given away before `drop`.
        let flags = WaitPidFlag::WEXITED | WaitPidFlag::WNOHANG | WaitPidFlag::WNOWAIT;
        !matches!(
            waitid(Id::Pid(self.group()), flags),
            Ok(WaitStatus::StillAlive)
        )
    }

    /// The end of its log, for the message of a failure.
    pub fn log(&self) -> String {
        let text = std::fs::read(&self.log).unwrap_or_default();
        let start = text.len().saturating_sub(3000);
        String::from_utf8_lossy(text.get(start..).unwrap_or_default()).into_owned()
    }

    /// Waits until it has ended.
    ///
    /// # Errors
    /// When it still runs after `within`.
    pub fn wait_for_end(&self, within: Duration) -> Result<()> {
        let start = Instant::now();
        while !self.has_ended() {
            anyhow::ensure!(start.elapsed() < within, "still running: {}", self.log());
            std::thread::sleep(Duration::from_millis(10));
        }
        Ok(())
    }

    fn group(&self) -> Pid {
        Pid::from_raw(self.child.id().cast_signed())
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // Only the program itself is asked: browsers end their own children in order, and an X
        // server killed outright would leave its lock file behind.
        let _ = kill(self.group(), Signal::SIGTERM);
        let _ = self.wait_for_end(TIME_TO_END);
        let _ = killpg(self.group(), Signal::SIGKILL);
        let _ = self.child.wait();
    }
}
