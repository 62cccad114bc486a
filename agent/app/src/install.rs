//! `chop install` and `chop uninstall`: for one person, without rights, below their home. And the
//! trust of a person's stores, which the agent looks after where an installation has said so.
//!
//! What is written is remembered in a book before it is written; removal takes back exactly that.
//! The person's own settings are theirs, and stay.
//!
//! Spec: docs/deployment.md, "One person".

#[cfg(target_os = "linux")]
mod book;
#[cfg(target_os = "linux")]
mod desktop;
#[cfg(windows)]
mod windows;

#[cfg(target_os = "linux")]
use std::time::{Duration, Instant};
use std::{
    fs, io,
    path::{Path, PathBuf},
    time::SystemTime,
};

use anyhow::{Context as _, Result, bail};
#[cfg(not(windows))]
use chop_certs::person::Authority;
use chop_certs::{
    Lifetime,
    person::{Person, Stuck},
    rotation::{Pairs, Rotation},
};
use directories::BaseDirs;

#[cfg(target_os = "linux")]
use crate::instance;
#[cfg(not(windows))]
use crate::run::trust::complain;
use crate::{doctor::harmless, paths::Paths};
#[cfg(target_os = "linux")]
use book::Book;
#[cfg(windows)]
pub use windows::{install, program, uninstall};

/// The book of a person's installation, beside what the agent remembers.
const BOOK: &str = "install.json";

/// Installs this very program for the person who runs it: a version folder of its own, a start at
/// each login, a menu entry, and trust in the person's browsers. The agent that runs is told to
/// start anew; without one, one is started.
///
/// # Errors
/// When it is installed for everybody already, there is no home, or a file cannot be written.
#[cfg(target_os = "linux")]
pub fn install(paths: &Paths) -> Result<()> {
    if paths.has_gate() {
        bail!(
            "Chop 已為這台電腦的所有使用者安裝 · Chop is installed for everybody on this machine already"
        );
    }
    let home = home()?;
    let mut book = Book::open(paths.memory.join(BOOK))?;
    let program = desktop::write(&home, &mut book)?;
    let pairs = pairs(paths)?;
    let stuck = person(&home, paths).trust(&authorities(&pairs))?;
    stuck.iter().for_each(say);
    match instance::running(&paths.lock) {
        Some(agent) => signal(agent, nix::sys::signal::Signal::SIGUSR1),
        None => desktop::start(&program)?,
    }
    println!("{}", program.display());
    Ok(())
}

/// Takes back what [`install`] did, and what the agent keeps: certificate, stores, what it
/// remembers of sites. The agent that runs ends first, with its window.
///
/// # Errors
/// When it is installed for everybody, or something cannot be removed; the rest is.
#[cfg(target_os = "linux")]
pub fn uninstall(paths: &Paths) -> Result<()> {
    if paths.has_gate() {
        bail!(
            "Chop 是為所有使用者安裝的，請由管理員移除 · Chop is installed for everybody; its administrator removes it: sudo apt purge chop"
        );
    }
    end_agent(paths);
    let book = Book::open(paths.memory.join(BOOK))?;
    let changed = book.undo()?;
    for path in changed {
        eprintln!(
            "chop: {} 已被修改，因此保留 · was changed since, and stays",
            harmless(&path.display().to_string())
        );
    }
    forget(paths, true)
}

/// Ends the agent. One that was told to start anew is no agent for a moment, and has forgotten then
/// what it was told before: it is told until none was there for a while.
#[cfg(target_os = "linux")]
fn end_agent(paths: &Paths) {
    let begin = Instant::now();
    let mut last_seen = begin;
    while last_seen.elapsed() < NONE_FOR && begin.elapsed() < LONGEST {
        if let Some(agent) = instance::running(&paths.lock) {
            signal(agent, nix::sys::signal::Signal::SIGTERM);
            last_seen = Instant::now();
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// So long after an agent was seen last there is none.
#[cfg(target_os = "linux")]
const NONE_FOR: Duration = Duration::from_secs(1);
/// An agent that is told to end closes its windows at once; its server has a few seconds more.
#[cfg(target_os = "linux")]
const LONGEST: Duration = Duration::from_secs(15);

/// Whether it was installed for this person alone.
pub(crate) fn is_persons(paths: &Paths) -> bool {
    paths.memory.join(BOOK).is_file()
}

/// The part of removal that is each person's own: their stores, and with `purge` what their agent
/// keeps.
///
/// # Errors
/// When a store cannot be changed; it says which.
pub fn forget(paths: &Paths, purge: bool) -> Result<()> {
    let home = home()?;
    let stuck = person(&home, paths).forget()?;
    stuck.iter().for_each(say);
    if purge && stuck.is_empty() {
        let kept = [&paths.localhost, &next(paths), &paths.memory];
        for folder in kept {
            remove(folder)?;
        }
        // The folder above, if it is ours and empty.
        if let Some(data) = paths.localhost.parent() {
            let _ = fs::remove_dir(data);
        }
    }
    if stuck.is_empty() {
        return Ok(());
    }
    bail!(
        "有些憑證存放區無法修改，請關閉瀏覽器再試一次 · some stores could not be changed; close the browsers and try again"
    )
}

/// The person's pairs, after the step that is due.
///
/// # Errors
/// Those of [`Rotation::step`].
pub(crate) fn pairs(paths: &Paths) -> Result<Pairs, chop_certs::Error> {
    let rotation = Rotation {
        current: paths.localhost.clone(),
        next: next(paths),
        lifetime: Lifetime::PerPerson,
    };
    rotation.step(SystemTime::now(), browsers_started_since)
}

/// Makes the person's stores trust what is served, if Chop is installed. `false` if it is not.
#[cfg(windows)]
pub(crate) fn refresh_trust(paths: &Paths) -> Result<bool> {
    windows::refresh(paths)
}

/// Makes the person's stores trust what is served, if Chop is installed. `false` if it is not.
#[cfg(not(windows))]
pub(crate) fn refresh_trust(paths: &Paths) -> Result<bool> {
    let home = home()?;
    let person = person(&home, paths);
    let stuck = if paths.has_gate() {
        let wanted = machine_authorities(paths);
        if wanted.is_empty() && !person.trusts_by_us() {
            return Ok(true);
        }
        let wanted: Vec<_> = wanted
            .iter()
            .map(|(name, der)| Authority { name, der })
            .collect();
        match wanted.is_empty() {
            true => person.forget()?,
            false => person.trust(&wanted)?,
        }
    } else if is_persons(paths) {
        person.trust(&authorities(&pairs(paths)?))?
    } else {
        return Ok(false);
    };
    for stuck in stuck {
        complain(&stuck.folder, &stuck.error);
    }
    Ok(true)
}

#[cfg(target_os = "linux")]
fn machine_authorities(paths: &Paths) -> Vec<(String, Vec<u8>)> {
    use x509_cert::der::Decode as _;
    let named = |der: rustls_pki_types::CertificateDer<'static>| {
        let certificate = x509_cert::Certificate::from_der(&der).ok()?;
        let name = certificate
            .tbs_certificate()
            .subject()
            .common_name()
            .ok()??;
        Some((name.value().into_owned(), der.to_vec()))
    };
    let authorities = crate::machine::wanted_authorities(paths).into_iter();
    authorities.filter_map(named).collect()
}

#[cfg(not(any(target_os = "linux", windows)))]
fn machine_authorities(_paths: &Paths) -> Vec<(String, Vec<u8>)> {
    Vec::new()
}

#[cfg(not(windows))]
fn authorities(pairs: &Pairs) -> Vec<Authority<'_>> {
    [Some(&pairs.current), pairs.next.as_ref()]
        .into_iter()
        .flatten()
        .map(|pair| Authority {
            name: pair.name(),
            der: pair.authority(),
        })
        .collect()
}

#[cfg(target_os = "linux")]
use crate::machine::all_browsers_started_since as browsers_started_since;

#[cfg(not(target_os = "linux"))]
fn browsers_started_since(_moment: SystemTime) -> bool {
    false
}

fn person(home: &Path, paths: &Paths) -> Person {
    Person {
        home: home.to_path_buf(),
        book: paths.trust.clone(),
    }
}

/// What a store says, and where it is, are other programs' words.
fn say(stuck: &Stuck) {
    let (folder, error) = (stuck.folder.display(), &stuck.error);
    eprintln!("chop: {}", harmless(&format!("{folder}: {error}")));
}

fn next(paths: &Paths) -> PathBuf {
    paths.localhost.with_file_name("localhost-next")
}

fn home() -> Result<PathBuf> {
    let folders = BaseDirs::new().context("this person has no home folder")?;
    Ok(folders.home_dir().to_path_buf())
}

fn remove(folder: &Path) -> Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("{} cannot be removed", folder.display()))
        }
        _ => Ok(()),
    }
}

#[cfg(target_os = "linux")]
fn signal(process: u32, signal: nix::sys::signal::Signal) {
    let process = nix::unistd::Pid::from_raw(process.cast_signed());
    let _ = nix::sys::signal::kill(process, signal);
}
