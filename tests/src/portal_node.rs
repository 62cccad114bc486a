//! The portal's program, `portal serve`, as a process of its own: one node of a site.

use std::fmt::Write as _;
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::agent::built;
use crate::program::Program;

/// How long it may take to start, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// What a node is started with.
#[derive(Clone, Debug)]
pub struct NodeSettings {
    /// The site's origin.
    pub origin: String,
    /// `sqlite:…` or `postgres://…`.
    pub database: String,
    /// A PEM file of authorities.
    pub anchors: PathBuf,
    /// Where lists of revoked cards are. Without any, cards are taken unseen.
    pub lists: Vec<String>,
    /// The mail server.
    pub mail: String,
    /// Whose cards may operate the site.
    pub operators: Vec<String>,
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Certificate and key; without them a proxy on this machine ends TLS.
    pub tls: Option<(PathBuf, PathBuf)>,
}

/// A running node; it ends when this is dropped.
#[derive(Debug)]
pub struct PortalNode {
    /// Where it listens.
    pub address: SocketAddr,
    program: Program,
    metrics: SocketAddr,
    settings: PathBuf,
}

impl PortalNode {
    /// Starts it, with its settings and its log as `NAME` in `folder`, and waits until it serves.
    ///
    /// # Errors
    /// When it ends, or does not serve in time; the message has its log.
    pub fn start(folder: &Path, name: &str, settings: &NodeSettings) -> Result<Self> {
        let mut address = settings.listen;
        if address.port() == 0 {
            address = free(address)?;
        }
        let metrics = free((Ipv4Addr::LOCALHOST, 0).into())?;
        let file = folder.join(format!("{name}.toml"));
        let mut text = text(settings, address, metrics)?;
        text.push_str(&revocation(settings, &folder.join(format!("{name}-lists"))));
        fs::write(&file, text)?;
        let mut command = Program::command(built("portal"));
        command.arg("--settings").arg(&file).arg("serve");
        command.stdin(Stdio::null()).stdout(Stdio::null());
        let program = Program::start(command, &folder.join(format!("{name}.log")))?;
        let start = Instant::now();
        while TcpStream::connect(address).is_err() {
            ensure!(
                !program.has_ended() && start.elapsed() < PATIENCE,
                "{name} does not serve: {}",
                program.log()
            );
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(Self {
            address,
            program,
            metrics,
            settings: file,
        })
    }

    /// A command of the portal's program for the same site.
    #[must_use]
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(built("portal"));
        command
            .arg("--settings")
            .arg(&self.settings)
            .args(arguments);
        command
    }

    /// Its process.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.program.pid()
    }

    /// The end of its log.
    #[must_use]
    pub fn log(&self) -> String {
        self.program.log()
    }

    /// Ends it as a failing machine would, without a farewell.
    ///
    /// # Errors
    /// When it has ended already.
    pub fn kill(&self) -> Result<()> {
        kill(Pid::from_raw(self.pid().cast_signed()), Signal::SIGKILL)?;
        self.program.wait_for_end(PATIENCE)
    }

    /// One of its figures, by the whole of its name.
    ///
    /// # Errors
    /// When it does not answer, or has no such figure.
    pub fn figure(&self, name: &str) -> Result<f64> {
        let mut stream = TcpStream::connect(self.metrics)?;
        stream.write_all(b"GET /metrics HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n")?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        let line = answer
            .lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        let line = line.with_context(|| format!("no {name} in {answer}"))?;
        Ok(line.trim().parse()?)
    }
}

fn free(address: SocketAddr) -> Result<SocketAddr> {
    Ok(TcpListener::bind((address.ip(), 0))?.local_addr()?)
}

/// Its folder is the node's own.
fn revocation(settings: &NodeSettings, folder: &Path) -> String {
    if settings.lists.is_empty() {
        return "[revocation]\nallow_unknown_revocation = true\n".to_owned();
    }
    format!(
        "[revocation]\nlists = {:?}\nfolder = {folder:?}\n",
        settings.lists
    )
}

fn text(settings: &NodeSettings, address: SocketAddr, metrics: SocketAddr) -> Result<String> {
    let mut text = format!(
        "listen = \"{address}\"\norigin = \"{}\"\ndatabase = \"{}\"\nanchors = [{:?}]\n\
         operators = {:?}\nmetrics = \"{metrics}\"\nproxies = [\"127.0.0.1\"]\n",
        settings.origin, settings.database, settings.anchors, settings.operators
    );
    if let Some((certificate, key)) = &settings.tls {
        writeln!(
            text,
            "tls = {{ certificate = {certificate:?}, key = {key:?} }}"
        )?;
    }
    writeln!(
        text,
        "[mail]\nserver = \"{}\"\nfrom = \"網路線上申辦 <noreply@portal.example>\"",
        settings.mail
    )?;
    Ok(text)
}
