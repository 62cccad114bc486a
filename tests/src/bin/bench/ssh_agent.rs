//! OpenSSH's agent with its PKCS #11 helper, signing with the same key: a peer without TLS, window
//! or log-in per signature.

use std::{
    fs,
    io::{Read as _, Write as _},
    os::unix::{fs::PermissionsExt as _, net::UnixStream},
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail, ensure};

/// The running agent, ended on drop.
pub(crate) struct SshAgent {
    process: Child,
    stream: UnixStream,
    key: Vec<u8>,
}

impl Drop for SshAgent {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

// Spec: draft-ietf-sshm-ssh-agent, "Protocol numbers".
const REQUEST_IDENTITIES: u8 = 11;
const IDENTITIES_ANSWER: u8 = 12;
const SIGN_REQUEST: u8 = 13;
const SIGN_RESPONSE: u8 = 14;
const RSA_SHA2_256: u32 = 2;

impl SshAgent {
    /// Starts one in `folder` and gives it the tokens of `module`, unlocked with `pin`.
    pub(crate) fn start(folder: &Path, module: &Path, pin: &str) -> Result<Self> {
        // Its allow-list is held against the real path.
        let module = module.canonicalize()?;
        let socket = folder.join("ssh-agent");
        let process = Command::new("ssh-agent")
            .args(["-D", "-a"])
            .arg(&socket)
            .arg("-P")
            .arg(&module)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .context("ssh-agent")?;
        let mut agent = Self {
            process,
            stream: connect(&socket)?,
            key: Vec::new(),
        };
        // ssh-add takes a PIN from a program only; the token is made for this run.
        let ask = folder.join("askpass");
        fs::write(&ask, format!("#!/bin/sh\necho {pin}\n"))?;
        fs::set_permissions(&ask, fs::Permissions::from_mode(0o700))?;
        let added = Command::new("ssh-add")
            .arg("-s")
            .arg(&module)
            .env("SSH_AUTH_SOCK", &socket)
            .env("SSH_ASKPASS", &ask)
            .env("SSH_ASKPASS_REQUIRE", "force")
            .env("DISPLAY", ":none")
            .stdin(Stdio::null())
            .output()?;
        ensure!(
            added.status.success(),
            "ssh-add: {}",
            String::from_utf8_lossy(&added.stderr)
        );
        agent.key = agent.first_key()?;
        Ok(agent)
    }

    fn first_key(&mut self) -> Result<Vec<u8>> {
        let answer = self.ask(&[REQUEST_IDENTITIES], IDENTITIES_ANSWER)?;
        let keys = answer.get(4..).context("short answer")?;
        let (key, _) = string(keys).context("ssh-agent has no key")?;
        Ok(key.to_vec())
    }

    /// Signs `data` once and says how long it took.
    pub(crate) fn sign(&mut self, data: &[u8]) -> Result<Duration> {
        let mut request = vec![SIGN_REQUEST];
        for part in [&self.key, data] {
            request.extend(u32::try_from(part.len())?.to_be_bytes());
            request.extend_from_slice(part);
        }
        request.extend(RSA_SHA2_256.to_be_bytes());
        let start = Instant::now();
        self.ask(&request, SIGN_RESPONSE)?;
        Ok(start.elapsed())
    }

    fn ask(&mut self, message: &[u8], wanted: u8) -> Result<Vec<u8>> {
        let mut framed = u32::try_from(message.len())?.to_be_bytes().to_vec();
        framed.extend_from_slice(message);
        self.stream.write_all(&framed)?;
        let mut length = [0; 4];
        self.stream.read_exact(&mut length)?;
        let mut answer = vec![0; usize::try_from(u32::from_be_bytes(length))?];
        self.stream.read_exact(&mut answer)?;
        match answer.split_first() {
            Some((kind, rest)) if *kind == wanted => Ok(rest.to_vec()),
            other => bail!(
                "ssh-agent answered {:?} instead of {wanted}",
                other.map(|(kind, _)| kind)
            ),
        }
    }
}

fn connect(socket: &Path) -> Result<UnixStream> {
    let end = Instant::now() + Duration::from_secs(5);
    loop {
        match UnixStream::connect(socket) {
            Ok(stream) => return Ok(stream),
            Err(error) if Instant::now() > end => return Err(error).context("ssh-agent's socket"),
            Err(_) => std::thread::sleep(Duration::from_millis(10)),
        }
    }
}

/// One SSH string and what follows it.
fn string(data: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = data.split_first_chunk::<4>()?;
    rest.split_at_checked(usize::try_from(u32::from_be_bytes(*length)).ok()?)
}
