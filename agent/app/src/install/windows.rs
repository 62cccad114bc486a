//! One person's installation on Windows: a folder for each version below `%LOCALAPPDATA%`, a start
//! at each login, an entry among the programs that can be removed, and trust.
//!
//! Browsers' policies are not a person's to write: browsers ask once for each site.
//!
//! Spec: docs/deployment.md, "One person".

use std::{
    fs, io,
    os::windows::process::CommandExt as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread,
    time::Duration,
};

use anyhow::{Context as _, Result, bail};
use chop_certs::windows::{Local, Value, person, person::Setting};
use directories::BaseDirs;
use windows_registry::CURRENT_USER;

use super::{BOOK, forget, pairs};
use crate::{machine, paths::Paths, run::Order};

const RUN: &str = r"Software\Microsoft\Windows\CurrentVersion\Run";
const ENTRY: &str = r"Software\Microsoft\Windows\CurrentVersion\Uninstall\Chop";
const CHOP: &str = r"Software\Chop";
const VERSION: &str = env!("CARGO_PKG_VERSION");
/// `CREATE_NO_WINDOW`.
const NO_WINDOW: u32 = 0x0800_0000;
/// What is in a version's folder.
const PROGRAMS: [&str; 2] = ["chop.exe", "chopw.exe"];

/// Installs this program for the person who runs it. The agent that runs is told to start anew;
/// without one, one is started.
///
/// # Errors
/// When it is installed for everybody already, or something cannot be written.
pub fn install(paths: &Paths) -> Result<()> {
    if machine::program().is_some() {
        bail!(
            "Chop 已為這台電腦的所有使用者安裝 · Chop is installed for everybody on this computer already"
        );
    }
    let this = std::env::current_exe().context("the program's own path is not known")?;
    let versions = versions()?;
    let folder = versions.join(VERSION);
    for name in PROGRAMS {
        place(&this.with_file_name(name), &folder.join(name))?;
    }
    let launcher = folder.join("chopw.exe");
    let memory = &paths.memory;
    fs::create_dir_all(memory).with_context(|| format!("{} cannot be made", memory.display()))?;
    let book = memory.join(BOOK);
    let settings = settings(&folder);
    for held in person::set(&Local::of_this_person(), &book, &settings)? {
        let Setting { key, name, .. } = held;
        eprintln!(
            "chop: {name} 已另外設定，因此保留 · was set by somebody else, and stays: HKEY_CURRENT_USER\\{key}"
        );
    }
    // A no is told at the end: the agent is there all the same.
    let trusted = trust(paths, Ask::Again);
    let mut programs = installed(&versions);
    programs.push(this);
    if !machine::tell_those_of(&programs, Order::Restart) {
        let mut start = Command::new(&launcher);
        start.arg("run").stdin(Stdio::null()).stdout(Stdio::null());
        let started = start.stderr(Stdio::null()).spawn();
        started.with_context(|| format!("{} cannot be started", launcher.display()))?;
    }
    for program in installed(&versions) {
        if program.parent() != Some(&folder) {
            // One that still runs stays until the next installation.
            let _ = remove_version(program.parent().unwrap_or(&program));
        }
    }
    println!("{}", folder.join("chop.exe").display());
    trusted
}

/// Takes back what [`install`] did, and what the agent keeps. The agent that runs ends first.
///
/// # Errors
/// When it is not this person's, or something cannot be removed.
pub fn uninstall(paths: &Paths) -> Result<()> {
    let book = paths.memory.join(BOOK);
    if !book.is_file() {
        bail!(
            "沒有為您個人安裝的 Chop · Chop is not installed for you alone; one for everybody is removed in Settings, Apps, by an administrator"
        );
    }
    let versions = versions()?;
    let programs = installed(&versions);
    machine::tell_those_of(&programs, Order::Quit);
    person::clear(&Local::of_this_person(), &book).context(
        "Windows 沒有移除憑證；請再執行一次並選「是」 · Windows did not take the certificate back; do it again and say yes",
    )?;
    forget(paths, true)?;
    let this = std::env::current_exe().context("the program's own path is not known")?;
    for program in &programs {
        let folder = program.parent().unwrap_or(program);
        if this.starts_with(folder) {
            move_away(&this)?;
        }
        remove_version(folder).with_context(|| format!("{} stays", folder.display()))?;
    }
    remove_if_empty(&versions);
    // Above the data there are two folders of the name of Chop.
    let above = paths.memory.ancestors().skip(1).take(2);
    above.for_each(remove_if_empty);
    Ok(())
}

/// Whether the person is asked for an authority that was asked for before.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Ask {
    Again,
    Once,
}

/// Makes the person's ROOT store trust what is served, if Chop is installed for this person.
/// `false` if it is not.
pub(super) fn refresh(paths: &Paths) -> Result<bool> {
    let installed = paths.memory.join(BOOK).is_file() && machine::program().is_none();
    if installed {
        trust(paths, Ask::Once)?;
    }
    Ok(installed)
}

fn trust(paths: &Paths, ask: Ask) -> Result<()> {
    let pairs = pairs(paths)?;
    let wanted = [Some(&pairs.current), pairs.next.as_ref()];
    let wanted: Vec<_> = wanted
        .into_iter()
        .flatten()
        .map(|it| it.authority().clone())
        .collect();
    let book = paths.memory.join(BOOK);
    let system = Local::of_this_person();
    let trusted = match ask {
        Ask::Again => person::trust(&system, &book, &wanted),
        Ask::Once => person::trust_new(&system, &book, &wanted),
    };
    trusted.context(
        "Windows 沒有加入憑證，瀏覽器還不信任 Chop；請再執行 chop install 並選「是」 · Windows did not add the certificate, so browsers do not trust Chop yet; run chop install again and say yes",
    )
}

/// What the person's installation points at, for an agent that starts anew.
#[must_use]
pub fn program() -> Option<PathBuf> {
    let chop = CURRENT_USER.open(CHOP).ok()?;
    let program = PathBuf::from(chop.get_string("Program").ok()?);
    program.is_file().then_some(program)
}

fn settings(folder: &Path) -> [Setting; 9] {
    let text = |key, name, value: String| Setting {
        key,
        name,
        value: Value::Text(value),
    };
    let number = |name| Setting {
        key: ENTRY,
        name,
        value: Value::Number(1),
    };
    let chop = folder.join("chop.exe").display().to_string();
    let launcher = folder.join("chopw.exe").display().to_string();
    [
        text(RUN, "Chop", format!("\"{launcher}\" run")),
        text(CHOP, "Program", launcher),
        text(ENTRY, "DisplayName", "Chop".into()),
        text(ENTRY, "DisplayVersion", VERSION.into()),
        text(ENTRY, "Publisher", "Chop".into()),
        text(ENTRY, "DisplayIcon", chop.clone()),
        text(ENTRY, "UninstallString", format!("\"{chop}\" uninstall")),
        number("NoModify"),
        number("NoRepair"),
    ]
}

fn versions() -> Result<PathBuf> {
    let folders = BaseDirs::new().context("this person has no home folder")?;
    Ok(folders.data_local_dir().join(r"Programs\Chop"))
}

/// The programs of all versions that are there.
fn installed(versions: &Path) -> Vec<PathBuf> {
    let folders = fs::read_dir(versions).into_iter().flatten().flatten();
    let programs = folders.map(|it| it.path().join("chop.exe"));
    programs.filter(|it| it.is_file()).collect()
}

/// Puts a program in its place. One that is there may be running: it is moved away, as Windows
/// writes over no program that runs.
fn place(from: &Path, to: &Path) -> Result<()> {
    let content = fs::read(from).with_context(|| format!("{} cannot be read", from.display()))?;
    if fs::read(to).is_ok_and(|there| there == content) {
        return Ok(());
    }
    let folder = to.parent().unwrap_or(to);
    let written = (|| {
        fs::create_dir_all(folder)?;
        if to.exists() {
            fs::rename(to, to.with_extension(format!("{}.old", std::process::id())))?;
        }
        fs::write(to, &content)
    })();
    written.with_context(|| format!("{} cannot be written", to.display()))
}

/// Removes a version's programs, and its folder if nothing else is in it.
fn remove_version(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)?.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let old = name.starts_with("chop") && name.ends_with(".old");
        if old || PROGRAMS.contains(&&*name) {
            remove(&entry.path())?;
        }
    }
    remove_if_empty(folder);
    Ok(())
}

/// Removes a file. An agent's children end soon after it, and until then the program is in use.
fn remove(file: &Path) -> io::Result<()> {
    for _ in 0..20 {
        if fs::remove_file(file).is_ok() {
            return Ok(());
        }
        thread::sleep(Duration::from_millis(100));
    }
    fs::remove_file(file)
}

fn remove_if_empty(folder: &Path) {
    // Not if it holds anything: that is somebody's.
    let _ = fs::remove_dir(folder);
}

/// Moves this program out of its folder, and has it removed once it has ended: Windows removes no
/// program that runs.
fn move_away(this: &Path) -> Result<()> {
    let away = std::env::temp_dir().join(format!("chop-{}.exe", std::process::id()));
    fs::rename(this, &away).with_context(|| format!("{} cannot be moved", this.display()))?;
    let mut remove = Command::new("cmd");
    remove.args(["/d", "/c"]).raw_arg(format!(
        "\"ping -n 4 127.0.0.1 >nul & del /f \"{}\"\"",
        away.display()
    ));
    remove.stdin(Stdio::null()).stdout(Stdio::null());
    let started = remove
        .stderr(Stdio::null())
        .creation_flags(NO_WINDOW)
        .spawn();
    started.map(drop).context("cmd cannot be started")
}
