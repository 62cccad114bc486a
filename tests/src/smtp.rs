//! A real mail server, aiosmtpd from Debian's package, that puts what it gets into a Maildir.

use std::fs;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};

use crate::mail_catcher::{Letter, read};
use crate::program::Program;

/// How long it may take to start.
const PATIENCE: Duration = Duration::from_secs(20);

/// How often the Maildir is looked into.
const GLANCE: Duration = Duration::from_millis(50);

/// The server. It ends when this is dropped; the mails stay in the folder.
#[derive(Debug)]
pub struct Smtp {
    program: Option<Program>,
    port: u16,
    folder: PathBuf,
}

impl Smtp {
    /// Starts it on a free port, with its mails below `folder`.
    ///
    /// # Errors
    /// When aiosmtpd is not installed or does not come up.
    pub fn start(folder: &Path) -> Result<Self> {
        let folder = folder.join("mail");
        fs::create_dir_all(&folder)?;
        let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let port = free.local_addr()?.port();
        drop(free);
        let mut server = Self {
            program: None,
            port,
            folder,
        };
        server.up()?;
        Ok(server)
    }

    /// What goes into the portal's settings.
    #[must_use]
    pub fn url(&self) -> String {
        format!("smtp://127.0.0.1:{}", self.port)
    }

    /// Starts it again, on the same port with the same mails.
    ///
    /// # Errors
    /// When it does not come up.
    pub fn up(&mut self) -> Result<()> {
        // Debian's Python, which has Debian's modules, whatever else is on the path.
        let mut command = Program::command("/usr/bin/python3");
        let listen = format!("127.0.0.1:{}", self.port);
        command.args(["-m", "aiosmtpd", "--nosetuid", "--listen", &listen]);
        command.args(["--class", "aiosmtpd.handlers.Mailbox"]);
        command.arg(self.folder.join("box"));
        command.stdin(Stdio::null()).stdout(Stdio::null());
        let program = Program::start(command, &self.folder.join("log"))?;
        let start = Instant::now();
        while TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).is_err() {
            ensure!(
                !program.has_ended() && start.elapsed() < PATIENCE,
                "aiosmtpd (package python3-aiosmtpd) does not come up: {}",
                program.log()
            );
            std::thread::sleep(GLANCE);
        }
        self.program = Some(program);
        Ok(())
    }

    /// Ends it: who wants to send mail finds nobody.
    pub fn down(&mut self) {
        self.program = None;
    }

    /// What has come to an address, the oldest first.
    ///
    /// # Errors
    /// When a mail cannot be read.
    pub fn letters(&self, to: &str) -> Result<Vec<Letter>> {
        let Ok(entries) = fs::read_dir(self.folder.join("box/new")) else {
            return Ok(Vec::new());
        };
        let mut found = Vec::new();
        for entry in entries {
            let path = entry?.path();
            let written = path.metadata()?.modified()?;
            let raw = String::from_utf8_lossy(&fs::read(&path)?).into_owned();
            // The server writes down whom the envelope named.
            let is_to = |line: &&str| {
                let address = line.strip_prefix("X-RcptTo: ").map(str::trim);
                address == Some(to)
            };
            if raw.lines().any(|line| is_to(&line)) {
                found.push((written, read(vec![to.to_owned()], raw)?));
            }
        }
        found.sort_by_key(|(written, _)| *written);
        Ok(found.into_iter().map(|(_, letter)| letter).collect())
    }

    /// Waits for the letter with this number, from 0, to an address.
    ///
    /// # Errors
    /// When it is not there after `within`.
    pub async fn letter(&self, to: &str, number: usize, within: Duration) -> Result<Letter> {
        let start = Instant::now();
        loop {
            if let Some(letter) = self.letters(to)?.into_iter().nth(number) {
                return Ok(letter);
            }
            let log = fs::read_to_string(self.folder.join("log")).unwrap_or_default();
            ensure!(
                start.elapsed() < within,
                "no letter {number} to {to}\n{log}"
            );
            tokio::time::sleep(GLANCE).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead as _, BufReader, Write as _};

    use super::*;

    #[tokio::test]
    async fn what_is_sent_is_found_by_its_recipient() {
        let folder = tempfile::tempdir().unwrap();
        let server = Smtp::start(folder.path()).unwrap();
        let mut client = BufReader::new(TcpStream::connect(("127.0.0.1", server.port)).unwrap());
        for line in [
            "HELO portal.example",
            "MAIL FROM:<noreply@portal.example>",
            "RCPT TO:<office@company.example>",
            "DATA",
            "Subject: =?utf-8?B?5ZWf55So?=\r\n\r\nhttps://portal.example/activate/x\r\n.",
            "QUIT",
        ] {
            let mut answer = String::new();
            client.read_line(&mut answer).unwrap();
            client
                .get_mut()
                .write_all(format!("{line}\r\n").as_bytes())
                .unwrap();
        }

        let within = Duration::from_secs(5);
        let letter = server.letter("office@company.example", 0, within).await;

        let letter = letter.unwrap();
        assert_eq!(letter.subject, "啟用");
        assert_eq!(
            letter.link("https://").unwrap(),
            "https://portal.example/activate/x"
        );
        assert!(server.letters("somebody@else.example").unwrap().is_empty());
    }
}
