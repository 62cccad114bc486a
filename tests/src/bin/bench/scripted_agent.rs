//! The agent with a person in a script, as a process of its own (the program `scripted`).

use std::{
    fs,
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::Stdio,
};

use anyhow::{Context as _, Result};
use e2e::{agent::built, program::Program};
use rustls_pki_types::CertificateDer;

/// The running agent; it ends when this is dropped.
pub(crate) struct ScriptedAgent {
    pub(crate) program: Program,
    pub(crate) port: u16,
    pub(crate) authority: CertificateDer<'static>,
}

impl ScriptedAgent {
    /// With one module; `hicos` is the port of the room for HiCOS pages, and a site that may sign
    /// there.
    pub(crate) fn start(folder: &Path, module: &Path, hicos: Option<(u16, &str)>) -> Result<Self> {
        fs::create_dir_all(folder)?;
        let mut command = Program::command(built("scripted"));
        command.arg(folder).arg(module);
        if let Some((port, site)) = hicos {
            command.arg(port.to_string()).arg(site);
        }
        command.stdin(Stdio::null()).stdout(Stdio::piped());
        let log: PathBuf = folder.join("scripted.log");
        let mut program = Program::start(command, &log)?;
        let output = program.take_stdout().context("it has no output")?;
        let mut line = String::new();
        BufReader::new(output).read_line(&mut line)?;
        let port = line.trim().parse();
        Ok(Self {
            port: port.with_context(|| format!("it did not start: {}", program.log()))?,
            authority: fs::read(folder.join("authority.der"))?.into(),
            program,
        })
    }
}
