//! A running worker process, from the agent's side.

use std::{
    ffi::OsStr,
    process::{ExitStatus, Stdio},
    time::Duration,
};

use tokio::{
    io::AsyncReadExt as _,
    process::{Child as Process, ChildStderr, ChildStdin, ChildStdout, Command},
};

use super::WorkerProgram;
use crate::{
    Pin, WorkerSource,
    certificate::name::printable,
    fence::Guard,
    pipe::{self, Frame},
    wire::{self, Reply},
};

/// A worker process. Dropping it kills it, whatever it is doing.
#[derive(Debug)]
pub(super) struct Child {
    process: Process,
    requests: ChildStdin,
    replies: ChildStdout,
    _guard: Guard,
}

/// What a worker says.
pub(super) struct Answer {
    pub(super) reply: Reply,
    /// With [`Reply::Plaintext`] alone.
    pub(super) secret: Option<Pin>,
}

/// The worker ended, or said what makes no sense.
#[derive(Debug)]
pub(super) struct Ended;

impl Child {
    /// Starts a worker.
    pub(super) fn spawn(program: &WorkerProgram, source: &WorkerSource) -> std::io::Result<Self> {
        let mut command = Command::new(&program.program);
        command.args(&program.arguments);
        match source {
            WorkerSource::Pkcs12(path) => {
                command.arg("--pkcs12").arg(path);
            }
            WorkerSource::Module(module) => {
                command.arg("--module").arg(&module.path);
                if let Some(parameters) = &module.parameters {
                    command.arg("--parameters").arg(parameters);
                }
                for folder in &module.writable {
                    command.arg("--writable").arg(folder);
                }
            }
        }
        let mut process = command
            .env_clear()
            .envs(std::env::vars_os().filter(|(name, _)| is_passed_on(name)))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            // What a module prints is for no terminal, and for no log as it came.
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        // It loads nothing before it is asked something.
        let guard = Guard::around(&process)?;
        let (Some(requests), Some(replies)) = (process.stdin.take(), process.stdout.take()) else {
            return Err(std::io::ErrorKind::BrokenPipe.into());
        };
        if let Some(said) = process.stderr.take() {
            tokio::spawn(note(said, source.path().display().to_string()));
        }
        Ok(Self {
            process,
            requests,
            replies,
            _guard: guard,
        })
    }

    /// Sends a request. After an error, or when the call is dropped, the worker must not be used
    /// again; so with [`Child::answer`].
    pub(super) async fn ask(&mut self, request: &[u8], secrets: &[&Pin]) -> Result<(), Ended> {
        pipe::write_with_secrets(&mut self.requests, request, secrets)
            .await
            .map_err(|_| Ended)
    }

    /// Waits for the next answer.
    pub(super) async fn answer(&mut self) -> Result<Answer, Ended> {
        let Ok(Some(Frame::Message(reply))) = pipe::read(&mut self.replies).await else {
            return Err(Ended);
        };
        let reply = wire::decoded(&reply).map_err(|_| Ended)?;
        let secret = match reply {
            Reply::Plaintext => match pipe::read(&mut self.replies).await {
                Ok(Some(Frame::Secret(secret))) => Some(secret),
                _ => return Err(Ended),
            },
            _ => None,
        };
        Ok(Answer { reply, secret })
    }

    /// Itself, unless it has ended since it was last asked.
    pub(super) fn if_alive(mut self) -> Option<Self> {
        matches!(self.process.try_wait(), Ok(None)).then_some(self)
    }

    /// How it ended, if it did; ends it otherwise.
    pub(super) async fn status(mut self) -> Option<ExitStatus> {
        let a_moment = Duration::from_secs(1);
        tokio::time::timeout(a_moment, self.process.wait())
            .await
            .ok()?
            .ok()
    }
}

/// So much of what one worker prints is looked at, in bytes.
const MOST: u64 = 16 * 1024;

/// Writes down what a worker and its module print, without what would steer a terminal. Whoever
/// prints more is read, so that it does not stand still, and not heard.
async fn note(said: ChildStderr, source: String) {
    let mut start = said.take(MOST);
    let mut part = [0; 1024];
    while let Ok(length @ 1..) = start.read(&mut part).await {
        let text = String::from_utf8_lossy(part.get(..length).unwrap_or_default());
        for line in text.lines() {
            tracing::debug!(%source, line = %printable(line), "a worker prints");
        }
    }
    let mut rest = start.into_inner();
    while let Ok(1..) = rest.read(&mut part).await {}
}

/// Whether a worker may see a variable of the agent's environment: what modules are known to look
/// for, and nothing else.
fn is_passed_on(name: &OsStr) -> bool {
    const NAMES: [&str; 15] = [
        "HOME",
        "KRYOPTIC_CONF",
        "LANG",
        "LC_ALL",
        "LC_CTYPE",
        "LOGNAME",
        "PATH",
        "SOFTHSM2_CONF",
        "TMPDIR",
        "TZ",
        "USER",
        "XDG_CACHE_HOME",
        "XDG_CONFIG_HOME",
        "XDG_DATA_HOME",
        "XDG_RUNTIME_DIR",
    ];
    const FAMILIES: [&str; 3] = ["OPENSC_", "P11_KIT_", "PCSCLITE_"];
    /// Windows' names, in whatever case.
    const WINDOWS: [&str; 9] = [
        "APPDATA",
        "LOCALAPPDATA",
        "PROGRAMDATA",
        "SYSTEMDRIVE",
        "SYSTEMROOT",
        "TEMP",
        "TMP",
        "USERPROFILE",
        "WINDIR",
    ];
    name.to_str().is_some_and(|name| {
        NAMES.contains(&name)
            || FAMILIES.iter().any(|family| name.starts_with(family))
            || cfg!(windows) && WINDOWS.iter().any(|one| name.eq_ignore_ascii_case(one))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_modules_need_is_passed_on() {
        assert!(is_passed_on(OsStr::new("SOFTHSM2_CONF")));
        assert!(is_passed_on(OsStr::new("OPENSC_CONF")));
        assert!(!is_passed_on(OsStr::new("LD_PRELOAD")));
        assert!(!is_passed_on(OsStr::new("AWS_SECRET_ACCESS_KEY")));
        assert!(!is_passed_on(OsStr::new("DISPLAY")));
    }
}
