//! HAProxy, from Debian's package: it ends TLS and gives requests to the nodes of a site in turn.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};

use crate::program::Program;

/// How long it may take to start.
const PATIENCE: Duration = Duration::from_secs(20);

/// The part of the configuration that docs/portal.md shows to operators.
const SITE: &str = include_str!("../../portal/deploy/haproxy.cfg");

/// The nodes that it names.
const SHIPPED: [&str; 2] = ["10.0.0.11:8443", "10.0.0.12:8443"];

/// The running proxy; it ends when this is dropped.
#[derive(Debug)]
pub struct HaProxy {
    _program: Program,
}

impl HaProxy {
    /// Serves https on `address` with a certificate and its key (PEM), for these nodes.
    ///
    /// # Errors
    /// When it is not installed, or refuses its configuration; the message has its log.
    pub fn start(
        folder: &Path,
        address: SocketAddr,
        (certificate, key): (&str, &str),
        nodes: [SocketAddr; 2],
    ) -> Result<Self> {
        let pem = folder.join("haproxy.pem");
        fs::write(&pem, format!("{certificate}{key}"))?;
        // What the shipped file says, with this test's addresses instead of its own.
        let mut configuration = SITE
            .replace("*:443", &address.to_string())
            .replace("/etc/portal/site.pem", &pem.display().to_string());
        for (shipped, node) in SHIPPED.iter().zip(nodes) {
            configuration = configuration.replace(shipped, &node.to_string());
        }
        let file = folder.join("haproxy.cfg");
        fs::write(&file, configuration)?;
        let mut command = Program::command("haproxy");
        command.arg("-db").arg("-f").arg(&file);
        command.stdin(Stdio::null()).stdout(Stdio::null());
        let program = Program::start(command, &folder.join("haproxy.log"))?;
        let start = Instant::now();
        while std::net::TcpStream::connect(address).is_err() {
            ensure!(
                !program.has_ended() && start.elapsed() < PATIENCE,
                "HAProxy does not come up: {}",
                program.log()
            );
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(Self { _program: program })
    }
}
