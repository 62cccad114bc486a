//! The worker: a process that holds one PKCS #11 module or reads one PKCS #12 file, for an agent
//! that must neither crash nor hang with it.
//!
//! It reads requests from standard input, answers on standard output and ends when the input does.
//! It decides nothing: which key, and with which PIN, comes from the agent; it never tries twice.

mod list;
mod module;
mod pkcs12;
mod sign;

use std::{
    fs::File,
    io::{Error, ErrorKind, Result},
    path::{Path, PathBuf},
    process::ExitCode,
    time::Duration,
};

use module::Module;

use crate::{
    Pin,
    pipe::{Frame, blocking},
    stdio,
    wire::{Failure, Reply, Request},
};

/// What a worker is for.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum WorkerSource {
    /// A PKCS #11 module.
    Module(PathBuf),
    /// A PKCS #12 file.
    Pkcs12(PathBuf),
}

impl WorkerSource {
    /// The module's or the file's path.
    pub(crate) fn path(&self) -> &Path {
        match self {
            Self::Module(path) | Self::Pkcs12(path) => path,
        }
    }
}

/// The main function of a worker process: `… --module PATH` or `… --pkcs12 PATH`.
///
/// Call it before anything else has read standard input or written to standard output.
#[must_use]
pub fn run(source: WorkerSource) -> ExitCode {
    match serve(&source) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("chop worker: {error}");
            ExitCode::FAILURE
        }
    }
}

/// A request, and the secret that belongs to it.
struct Job {
    request: Request,
    pin: Option<Pin>,
}

/// Answers requests, one after the other.
fn serve(source: &WorkerSource) -> Result<()> {
    forbid_dumps();
    let (mut incoming, mut outgoing) = stdio::take()?;
    stdio::end_with(&incoming, PATIENCE)?;
    let mut held = Held::open(source);
    while let Some(job) = next(&mut incoming)? {
        let reply = held.answer(job);
        blocking::write_message(&mut outgoing, &serde_json::to_vec(&reply)?)?;
        held.settle();
    }
    Ok(())
}

/// How long a module may take to come back once the agent is gone.
const PATIENCE: Duration = Duration::from_secs(2);

fn next(incoming: &mut File) -> Result<Option<Job>> {
    let request = match blocking::read(incoming)? {
        Some(Frame::Message(message)) => serde_json::from_slice(&message)?,
        Some(Frame::Secret(_)) => return Err(Error::new(ErrorKind::InvalidData, "a stray secret")),
        None => return Ok(None),
    };
    if matches!(request, Request::List) {
        return Ok(Some(Job { request, pin: None }));
    }
    match blocking::read(incoming)? {
        Some(Frame::Secret(pin)) => Ok(Some(Job {
            request,
            pin: Some(pin),
        })),
        _ => Err(Error::new(
            ErrorKind::InvalidData,
            "a request without its secret",
        )),
    }
}

/// What this worker holds.
enum Held<'a> {
    File(&'a Path),
    Module(Module),
    Unusable(String),
}

impl<'a> Held<'a> {
    fn open(source: &'a WorkerSource) -> Self {
        match source {
            WorkerSource::Pkcs12(path) => Self::File(path),
            WorkerSource::Module(path) => {
                Module::load(path).map_or_else(Self::Unusable, Self::Module)
            }
        }
    }

    fn answer(&mut self, job: Job) -> Reply {
        match self {
            Self::File(path) => answer_with_file(path, job),
            Self::Module(module) => answer_with_module(module, job),
            Self::Unusable(reason) => Reply::Unusable(reason.clone()),
        }
    }

    /// What the person need not wait for, but the next request must.
    fn settle(&mut self) {
        if let Self::Module(module) = self {
            module.log_out();
        }
    }
}

fn answer_with_module(module: &mut Module, job: Job) -> Reply {
    match (job.request, job.pin) {
        (Request::List, _) => module.list().map_or_else(Reply::Unusable, Reply::Listing),
        (Request::Sign(order), Some(pin)) => module
            .sign(&order, &pin)
            .map_or_else(Reply::Failed, Reply::Signature),
        _ => Reply::Failed(Failure::KeyGone),
    }
}

fn answer_with_file(path: &Path, job: Job) -> Reply {
    match (job.request, job.pin) {
        (Request::List, _) => pkcs12::list(path).map_or_else(
            |fault| Reply::Unusable(fault.text().to_owned()),
            Reply::Listing,
        ),
        (Request::SignWithFile { shown, messages }, Some(password)) => {
            match pkcs12::sign(path, shown.as_deref(), &messages, &password) {
                Ok(signed) => Reply::Signed {
                    certificate: signed.certificate,
                    kind: signed.key,
                    signature: signed.signature,
                },
                Err(failure) => Reply::Failed(failure),
            }
        }
        _ => Reply::Failed(Failure::KeyGone),
    }
}

/// Keeps the PIN out of core dumps, and this process's memory from others of the same person.
fn forbid_dumps() {
    #[cfg(target_os = "linux")]
    if let Err(error) = nix::sys::prctl::set_dumpable(false) {
        eprintln!("chop worker: cannot forbid memory dumps: {error}");
    }
}
