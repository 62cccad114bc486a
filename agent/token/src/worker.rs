//! The worker: a process that holds one PKCS #11 module or reads one PKCS #12 file, for an agent
//! that must neither crash nor hang with it.
//!
//! It reads requests from standard input, answers on standard output and ends when the input does.
//! It decides nothing: which key, and with which PIN, comes from the agent; it never tries twice.

mod decrypt;
mod library;
mod list;
mod login;
mod module;
mod pin;
mod pkcs12;
mod sign;
mod writable;

use std::{
    fs::File,
    io::{Error, ErrorKind, Result},
    path::{Path, PathBuf},
    process::ExitCode,
    time::Duration,
};

#[cfg(any(fuzzing, test))]
pub(crate) use library::made_for;
#[cfg(any(fuzzing, test))]
pub(crate) use list::certificate_of;
#[cfg(any(fuzzing, test))]
pub(crate) use pkcs12::bags;

use module::Module;
use pkcs12::OpenFile;

use crate::{
    Fault, Fence, Pin,
    pipe::{Frame, blocking},
    stdio,
    wire::{self, Failure, Key, Reply, Request, What},
};

/// What a worker is for.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum WorkerSource {
    /// A PKCS #11 module.
    Module(crate::Module),
    /// A PKCS #12 file.
    Pkcs12(PathBuf),
}

impl WorkerSource {
    /// The module's or the file's path.
    pub(crate) fn path(&self) -> &Path {
        match self {
            Self::Module(module) => &module.path,
            Self::Pkcs12(path) => path,
        }
    }
}

/// The main function of a worker process; see [`crate::WorkerProgram`] for its arguments.
///
/// Call it before anything else has read standard input or written to standard output, and from a
/// process of one thread: its fence is around that thread and those that it starts.
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

/// A request, and the secrets that belong to it.
struct Job {
    request: Request,
    secrets: Vec<Pin>,
}

/// Answers requests, one after the other.
fn serve(source: &WorkerSource) -> Result<()> {
    let (mut incoming, outgoing) = stdio::take()?;
    // Chop doctor says what is missing.
    let _ = fence(source).close();
    stdio::end_with(&incoming, PATIENCE)?;
    let mut out = Out(outgoing);
    let mut held = None;
    while let Some(job) = next(&mut incoming)? {
        // Not before somebody asks: by then the agent has its hand on this process (Windows).
        let held = held.get_or_insert_with(|| Held::open(source));
        held.answer(&job, &mut out)?;
        held.settle();
    }
    Ok(())
}

fn fence(source: &WorkerSource) -> Fence {
    match source {
        // It reads, and nothing else.
        WorkerSource::Pkcs12(_) => Fence::new(),
        WorkerSource::Module(module) => {
            let fence = writable::folders(module)
                .into_iter()
                .fold(Fence::new(), Fence::writes_below);
            match module.path.parent() {
                Some(folder) => fence.loads_from(folder),
                None => fence,
            }
        }
    }
}

/// Where replies go.
struct Out(File);

impl Out {
    fn say(&mut self, reply: &Reply) -> Result<()> {
        blocking::write_message(&mut self.0, &wire::encoded(reply))
    }

    /// What comes of a decryption.
    fn say_decrypted(&mut self, decrypted: Option<Pin>) -> Result<()> {
        match decrypted {
            Some(plaintext) => {
                self.say(&Reply::Plaintext)?;
                blocking::write_secret(&mut self.0, &plaintext)
            }
            None => self.say(&Reply::NotDecrypted),
        }
    }

    fn say_done(&mut self, done: std::result::Result<(), Failure>) -> Result<()> {
        self.say(&done.map_or_else(Reply::Failed, |()| Reply::Done))
    }
}

/// How long a module may take to come back once the agent is gone.
const PATIENCE: Duration = Duration::from_secs(2);

fn next(incoming: &mut File) -> Result<Option<Job>> {
    let nonsense = |what| Error::new(ErrorKind::InvalidData, what);
    let request: Request = match blocking::read(incoming)? {
        Some(Frame::Message(message)) => {
            wire::decoded(&message).map_err(|_| nonsense("what is no request"))?
        }
        Some(Frame::Secret(_)) => return Err(nonsense("a stray secret")),
        None => return Ok(None),
    };
    let mut secrets = Vec::with_capacity(2);
    while secrets.len() < request.secrets() {
        match blocking::read(incoming)? {
            Some(Frame::Secret(secret)) => secrets.push(secret),
            _ => return Err(nonsense("a request without its secret")),
        }
    }
    Ok(Some(Job { request, secrets }))
}

/// What this worker holds.
enum Held<'a> {
    File(&'a Path),
    Module(Module),
    Unusable(Fault),
}

impl<'a> Held<'a> {
    fn open(source: &'a WorkerSource) -> Self {
        match source {
            WorkerSource::Pkcs12(path) => Self::File(path),
            WorkerSource::Module(module) => {
                Module::load(module).map_or_else(Self::Unusable, Self::Module)
            }
        }
    }

    fn answer(&mut self, job: &Job, out: &mut Out) -> Result<()> {
        match self {
            Self::File(path) => answer_with_file(path, job, out),
            Self::Module(module) => answer_with_module(module, job, out),
            Self::Unusable(fault) => out.say(&Reply::Unusable(fault.clone())),
        }
    }

    /// What the person need not wait for, but the next request must.
    fn settle(&mut self) {
        if let Self::Module(module) = self {
            module.log_out();
        }
    }
}

fn answer_with_module(module: &mut Module, job: &Job, out: &mut Out) -> Result<()> {
    match (&job.request, job.secrets.as_slice()) {
        (Request::List { unchanged }, []) => {
            let listing = module.list(unchanged);
            out.say(&listing.map_or_else(Reply::Unusable, Reply::Listing))
        }
        (Request::Sign(Key::Card { place, id, kind }, What::Each(messages)), [pin]) => {
            let each = |signature| out.say(&Reply::Signature(signature));
            match module.sign(place, (id, *kind), pin, messages, each) {
                Ok(()) => Ok(()),
                Err(failure) => out.say(&Reply::Failed(failure)),
            }
        }
        (Request::Decrypt(Key::Card { place, id, kind }, padding, block), [pin]) => {
            match module.decrypt(place, (id, *kind), pin, *padding, block) {
                Ok(decrypted) => out.say_decrypted(decrypted),
                Err(failure) => out.say(&Reply::Failed(failure)),
            }
        }
        (Request::ChangePin(place), [old, new]) => out.say_done(module.change_pin(place, old, new)),
        (Request::Unblock(place), [puk, new]) => out.say_done(module.unblock(place, puk, new)),
        _ => out.say(&Reply::Failed(Failure::KeyGone)),
    }
}

fn answer_with_file(path: &Path, job: &Job, out: &mut Out) -> Result<()> {
    let (request, password) = match (&job.request, job.secrets.as_slice()) {
        (Request::List { .. }, _) => {
            let listing = pkcs12::list(path).map_err(Fault::File);
            return out.say(&listing.map_or_else(Reply::Unusable, Reply::Listing));
        }
        (request, [password]) => (request, password),
        _ => return out.say(&Reply::Failed(Failure::Unsupported)),
    };
    let done = match request {
        Request::Sign(Key::File { shown, wanted }, what) => {
            let open = OpenFile::new(path, password, *wanted, shown.as_deref());
            open.and_then(|file| file.sign(what))
        }
        Request::Decrypt(Key::File { shown, wanted }, padding, block) => {
            let open = OpenFile::new(path, password, *wanted, shown.as_deref());
            match open.and_then(|file| file.decrypt(*padding, block)) {
                Ok(decrypted) => return out.say_decrypted(decrypted),
                Err(failure) => Err(failure),
            }
        }
        Request::Reveal(wanted) => OpenFile::new(path, password, *wanted, None)
            .map(|file| vec![Reply::Revealed(Box::new(file.certificate))]),
        _ => Err(Failure::KeyGone),
    };
    for reply in done.unwrap_or_else(|failure| vec![Reply::Failed(failure)]) {
        out.say(&reply)?;
    }
    Ok(())
}
