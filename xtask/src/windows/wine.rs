//! A Windows of its own for each run: a fresh prefix of Wine in a temporary folder, ended and
//! removed when dropped.

use std::{
    fs,
    net::{Ipv4Addr, TcpListener},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail};

use crate::step;

const WINE: &str = "/usr/lib/wine/wine64";
const SERVER: &str = "/usr/lib/wine/wineserver64";

/// The prefix.
pub(super) struct Wine {
    prefix: PathBuf,
    display: String,
}

impl Wine {
    /// Makes one that shows its windows on this X display.
    pub(super) fn new(cache: &Path, display: &str) -> Result<Self> {
        // Short: Wine's server has a socket whose name is made of it.
        let prefix = std::env::temp_dir().join(format!("chop-wine-{}", std::process::id()));
        fs::create_dir_all(&prefix)?;
        let wine = Self {
            prefix,
            display: display.to_owned(),
        };
        let mut boot = wine.command("wineboot");
        // Neither Mono nor Gecko: each would ask.
        boot.arg("-u").env("WINEDLLOVERRIDES", "mscoree=;mshtml=");
        step::run("a fresh Windows", &mut boot)?;
        let shim = "drive_c/windows/system32/bcryptprimitives.dll";
        // Wine 8 lacks it; the toolchain has made one for its own prefix.
        let made = cache.join("wine").join(shim);
        if made.is_file() && !wine.prefix.join(shim).is_file() {
            fs::copy(made, wine.prefix.join(shim))?;
        }
        Ok(wine)
    }

    /// A program of Windows: one of Wine's by its name, or a path of this machine.
    pub(super) fn command(&self, program: &str) -> Command {
        let mut command = Command::new(WINE);
        command
            .arg(program)
            .env("WINEPREFIX", &self.prefix)
            .env("WINEARCH", "win64")
            .env("WINESERVER", SERVER)
            .env("WINEDEBUG", "-all")
            .env_remove("LD_LIBRARY_PATH")
            .env("DISPLAY", &self.display)
            .env_remove("WAYLAND_DISPLAY")
            .current_dir(&self.prefix)
            .stdin(Stdio::null());
        command
    }

    /// Runs a program to its end, and gives what it says; it has two minutes.
    pub(super) fn run(&self, program: &str, arguments: &[&str]) -> Result<Output> {
        let output = self.try_run(program, arguments)?;
        // Now and then Wine itself cannot start a program that is there: nothing has run then.
        let said = String::from_utf8_lossy(&output.stderr);
        if said.contains("ShellExecuteEx failed: Internal error") {
            eprintln!("    Wine could not start {program}; once more");
            return self.try_run(program, arguments);
        }
        Ok(output)
    }

    fn try_run(&self, program: &str, arguments: &[&str]) -> Result<Output> {
        let mut command = self.command(program);
        // To files: Wine's server outlives the program, and would keep a pipe open.
        let said = ["out", "err"].map(|name| self.prefix.join(name));
        let [out, err] = &said;
        command.args(arguments).stdout(fs::File::create(out)?);
        let mut child = command.stderr(fs::File::create(err)?).spawn()?;
        let start = Instant::now();
        let status = loop {
            if let Some(status) = child.try_wait()? {
                break status;
            }
            if start.elapsed() > Duration::from_secs(120) {
                let _ = child.kill();
                bail!("{program} {arguments:?} does not end");
            }
            std::thread::sleep(Duration::from_millis(50));
        };
        Ok(Output {
            status,
            stdout: fs::read(out)?,
            stderr: fs::read(err)?,
        })
    }

    /// The same where it must succeed; what it says.
    pub(super) fn must(&self, program: &str, arguments: &[&str]) -> Result<String> {
        let output = self.run(program, arguments)?;
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        if output.status.success() {
            return Ok(said);
        }
        let complaint = String::from_utf8_lossy(&output.stderr);
        bail!(
            "{program} {arguments:?}: {}\n{said}{complaint}",
            output.status
        )
    }

    /// Starts a program, its standard output in this file.
    pub(super) fn start(&self, program: &str, arguments: &[&str], log: &Path) -> Result<Child> {
        let mut command = self.command(program);
        command.args(arguments).stdout(fs::File::create(log)?);
        let errors = log.with_extension("err");
        command.stderr(fs::File::create(errors)?);
        command
            .spawn()
            .with_context(|| format!("{program} cannot be started"))
    }

    /// A value of the registry as text; `None` where there is none.
    pub(super) fn registry(&self, key: &str, name: &str) -> Result<Option<String>> {
        let output = self.run("reg", &["query", key, "/v", name])?;
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let line = said.lines().find(|it| it.trim_start().starts_with(name));
        Ok(line.and_then(|line| {
            let (_, value) = line.split_once("REG_")?;
            let (_, value) = value.split_once(char::is_whitespace)?;
            Some(value.trim().to_owned())
        }))
    }

    /// Sets one.
    pub(super) fn set(&self, key: &str, name: &str, kind: &str, value: &str) -> Result<()> {
        let words = ["add", key, "/v", name, "/t", kind, "/d", value, "/f"];
        self.must("reg", &words).map(drop)
    }

    /// Everything below a key, as `reg export` writes it; empty where there is none.
    pub(super) fn export(&self, key: &str) -> Result<String> {
        let file = self.prefix.join("export.reg");
        let _ = fs::remove_file(&file);
        // Now and then it says nothing of a key that is there.
        let mut bytes = Vec::new();
        for _ in 0..3 {
            self.run("reg", &["export", key, "export.reg", "/y"])?;
            bytes = fs::read(&file).unwrap_or_default();
            if !bytes.is_empty() {
                break;
            }
        }
        let units: Vec<_> = bytes
            .chunks_exact(2)
            .filter_map(|two| Some(u16::from_le_bytes(two.try_into().ok()?)))
            .collect();
        Ok(String::from_utf16_lossy(&units))
    }

    /// A file or folder of drive C.
    pub(super) fn c(&self, path: &str) -> PathBuf {
        self.prefix.join("drive_c").join(path)
    }
}

impl Drop for Wine {
    fn drop(&mut self) {
        let end = |what: &str| {
            let mut server = Command::new(SERVER);
            server.arg(what).env("WINEPREFIX", &self.prefix);
            let _ = server.status();
        };
        end("-k");
        end("-w");
        let _ = fs::remove_dir_all(&self.prefix);
    }
}

/// A port of 127.0.0.1 that was free a moment ago.
pub(super) fn free_port() -> Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?
        .local_addr()?
        .port())
}

/// Waits until this gives something.
pub(super) fn until<T>(what: &str, mut look: impl FnMut() -> Result<Option<T>>) -> Result<T> {
    let start = Instant::now();
    loop {
        if let Some(found) = look()? {
            return Ok(found);
        }
        if start.elapsed() > Duration::from_secs(60) {
            bail!("{what}: not after a minute");
        }
        std::thread::sleep(Duration::from_millis(100));
    }
}
