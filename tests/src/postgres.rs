//! A PostgreSQL server of a test's own, from Debian's package: in a temporary folder, on a free
//! port, as the user that the package makes for it, because the server does not run as root.

use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{ChildStdin, Command, Output, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use nix::unistd::User;
use tempfile::TempDir;

use crate::program::Program;

/// Whom the server runs as.
const USER: &str = "postgres";

/// How long it may take to start or to end, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// Whether what was committed survives a power failure.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Durability {
    /// As people run it.
    Full,
    /// For many short tests: nothing is forced to disk.
    None,
}

/// The server; it and its data go when this is dropped.
#[derive(Debug)]
pub struct Postgres {
    program: Option<Program>,
    port: u16,
    durability: Durability,
    folder: TempDir,
}

impl Postgres {
    /// Makes a new cluster and starts a server on it, which trusts whoever comes from this machine.
    ///
    /// # Errors
    /// When PostgreSQL is not installed or does not come up.
    pub fn start(durability: Durability) -> Result<Self> {
        let user = User::from_name(USER)?;
        let user = user.context("no user postgres: the package postgresql makes it")?;
        let folder = tempfile::tempdir()?;
        chown(
            folder.path(),
            Some(user.uid.as_raw()),
            Some(user.gid.as_raw()),
        )?;
        let data = folder.path().join("data");
        let mut initdb = as_user(&bin("initdb")?);
        initdb.args([
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
            "-D",
        ]);
        run(initdb.arg(&data).current_dir(folder.path()))?;
        let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let port = free.local_addr()?.port();
        drop(free);
        let mut server = Self {
            program: None,
            port,
            durability,
            folder,
        };
        server.up()?;
        Ok(server)
    }

    /// One for all tests of this process, made when the first asks. It goes with the process.
    ///
    /// # Panics
    /// When PostgreSQL is not installed or does not come up: then no test can do anything.
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<(Postgres, ChildStdin)> = OnceLock::new();
        let (server, _) = SHARED.get_or_init(|| {
            let server = Self::start(Durability::None).expect("PostgreSQL starts");
            let janitor = janitor(server.folder.path()).expect("a shell starts");
            (server, janitor)
        });
        server
    }

    /// The address of a database of this server.
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        format!("postgres://{USER}@127.0.0.1:{}/{database}", self.port)
    }

    /// Makes a new, empty database, and gives its address.
    ///
    /// # Errors
    /// When there is one of this name, or the server does not answer.
    pub fn create(&self, database: &str) -> Result<String> {
        self.sql("postgres", &format!("CREATE DATABASE \"{database}\""))?;
        Ok(self.url(database))
    }

    /// Runs a statement, and gives what it prints.
    ///
    /// # Errors
    /// When the server refuses it.
    pub fn sql(&self, database: &str, statement: &str) -> Result<String> {
        let url = self.url(database);
        let mut psql = Command::new(bin("psql")?);
        psql.args([
            "-X",
            "-A",
            "-t",
            "-v",
            "ON_ERROR_STOP=1",
            "-c",
            statement,
            &url,
        ]);
        let output = run(&mut psql)?;
        Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }

    /// A program of PostgreSQL's, such as `pg_dump`.
    ///
    /// # Errors
    /// When it is not installed.
    pub fn tool(&self, name: &str) -> Result<Command> {
        Ok(Command::new(bin(name)?))
    }

    /// The process of the server, which each of its connections is a child of.
    #[must_use]
    pub fn pid(&self) -> Option<u32> {
        self.program.as_ref().map(Program::pid)
    }

    /// Ends the server as a failing machine would, without a farewell.
    ///
    /// # Errors
    /// When it does not run.
    pub fn kill(&mut self) -> Result<()> {
        let program = self.program.take().context("it does not run")?;
        let pid = nix::unistd::Pid::from_raw(program.pid().cast_signed());
        nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGKILL)?;
        program.wait_for_end(PATIENCE)
    }

    /// Starts it again with its data and its port.
    ///
    /// # Errors
    /// When it does not come up.
    pub fn up(&mut self) -> Result<()> {
        let mut command = Program::command("setpriv");
        // The kernel forgets the wish to end with us when the user changes: said once more.
        let user = [format!("--reuid={USER}"), format!("--regid={USER}")];
        command
            .args(user)
            .args(["--clear-groups", "--pdeathsig", "KILL", "--"]);
        command.arg(bin("postgres")?);
        command.arg("-D").arg(self.folder.path().join("data"));
        command.arg("-p").arg(self.port.to_string());
        command.args(["-h", "127.0.0.1", "-k", "", "-c", "max_connections=300"]);
        if self.durability == Durability::None {
            command.args(["-c", "fsync=off", "-c", "synchronous_commit=off"]);
            command.args(["-c", "full_page_writes=off"]);
        }
        command.stdin(Stdio::null()).stdout(Stdio::null());
        command.current_dir(self.folder.path());
        let program = Program::start(command, &self.folder.path().join("log"))?;
        let start = Instant::now();
        while !self.is_ready()? {
            ensure!(
                !program.has_ended() && start.elapsed() < PATIENCE,
                "PostgreSQL does not come up: {}",
                program.log()
            );
            std::thread::sleep(Duration::from_millis(20));
        }
        self.program = Some(program);
        Ok(())
    }

    fn is_ready(&self) -> Result<bool> {
        let mut ready = Command::new(bin("pg_isready")?);
        ready.args(["-q", "-h", "127.0.0.1", "-p", &self.port.to_string()]);
        Ok(ready.status()?.success())
    }
}

/// Removes `folder` when this process has ended, in whatever way: the pipe closes then. What is
/// kept in a static is never dropped.
fn janitor(folder: &Path) -> Result<ChildStdin> {
    let wait = "cat; while ! rm -rf \"$0\"; do sleep 1; done";
    let mut child = Command::new("sh")
        .args(["-c", wait])
        .arg(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .process_group(0)
        .spawn()?;
    child.stdin.take().context("it has an input")
}

fn as_user(program: &Path) -> Command {
    let mut command = Command::new("setpriv");
    let user = [format!("--reuid={USER}"), format!("--regid={USER}")];
    command
        .args(user)
        .args(["--clear-groups", "--"])
        .arg(program);
    command.env("HOME", "/");
    command
}

fn run(command: &mut Command) -> Result<Output> {
    let output = command
        .output()
        .with_context(|| format!("cannot start {:?}", command.get_program()))?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{command:?}: {said}");
    Ok(output)
}

/// A program of the newest PostgreSQL on this machine: Debian keeps each version in its own folder.
fn bin(name: &str) -> Result<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql");
    let versions = versions.context("PostgreSQL is not installed (package postgresql)")?;
    let newest = versions
        .filter_map(|version| {
            let path = version.ok()?.path();
            let number: u32 = path.file_name()?.to_str()?.parse().ok()?;
            let program = path.join("bin").join(name);
            program.is_file().then_some((number, program))
        })
        .max();
    let (_, program) = newest.with_context(|| format!("no {name} in /usr/lib/postgresql"))?;
    Ok(program)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_committed_is_there_after_a_crash() {
        let mut server = Postgres::start(Durability::Full).unwrap();
        server.create("kept").unwrap();
        server.sql("kept", "CREATE TABLE t (n INT)").unwrap();
        server.sql("kept", "INSERT INTO t VALUES (7)").unwrap();

        server.kill().unwrap();
        assert!(server.sql("kept", "SELECT 1").is_err());
        server.up().unwrap();

        assert_eq!(server.sql("kept", "SELECT n FROM t").unwrap(), "7");
    }
}
