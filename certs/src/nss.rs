//! NSS databases, in which Chromium and Firefox on Linux keep what they trust, through `certutil`.
//!
//! A database is a folder with `cert9.db` in it. Nothing here chooses one: [`crate::stores`] knows
//! where they are.

use std::{
    io::{self, Write as _},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use crate::Error;

/// Trusted for naming servers, for nothing else.
const TRUST: &str = "C,,";

/// One NSS database.
#[derive(Clone, Debug)]
pub struct Database {
    folder: PathBuf,
}

impl Database {
    /// The database in `folder`, whether it exists or not.
    #[must_use]
    pub fn at(folder: impl Into<PathBuf>) -> Self {
        Self {
            folder: folder.into(),
        }
    }

    /// Where it is.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Whether it exists.
    #[must_use]
    pub fn exists(&self) -> bool {
        self.folder.join("cert9.db").is_file()
    }

    /// Makes an empty one without a password, as Chromium does, where there is none.
    ///
    /// # Errors
    /// [`Error::File`], [`Error::ToolMissing`], [`Error::Tool`].
    pub fn create_if_missing(&self) -> Result<(), Error> {
        if self.exists() {
            return Ok(());
        }
        std::fs::create_dir_all(&self.folder).map_err(Error::file("made", &self.folder))?;
        self.certutil(&["-N", "--empty-password"], &[]).map(drop)
    }

    /// Trusts the authority `der`, under `nickname`, for naming servers.
    ///
    /// Browsers that run notice it with their next start.
    ///
    /// # Errors
    /// [`Error::ToolMissing`]; [`Error::Tool`] if there is no database, it is read-only, or it has
    /// a password.
    pub fn add(&self, nickname: &str, der: &[u8]) -> Result<(), Error> {
        self.certutil(&["-A", "-n", nickname, "-t", TRUST], der)
            .map(drop)
    }

    /// Forgets the certificate of this nickname.
    ///
    /// # Errors
    /// [`Error::ToolMissing`]; [`Error::Tool`], also if there is none of that name.
    pub fn remove(&self, nickname: &str) -> Result<(), Error> {
        self.certutil(&["-D", "-n", nickname], &[]).map(drop)
    }

    /// Whether exactly this certificate is trusted for naming servers, under whatever nickname.
    ///
    /// Nothing is changed. A database that does not exist trusts nothing.
    ///
    /// # Errors
    /// [`Error::ToolMissing`], [`Error::Tool`].
    pub fn contains(&self, der: &[u8]) -> Result<bool, Error> {
        // certutil is not called where there is no database: it might make one.
        if !self.exists() {
            return Ok(false);
        }
        let list = self.certutil(&["-L"], &[])?;
        for nickname in trusted(&String::from_utf8_lossy(&list)) {
            // One certificate that cannot be read says nothing of the others.
            let found = self.certutil(&["-L", "-r", "-n", nickname], &[]);
            if found.is_ok_and(|found| found == der) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether there is a certificate of this nickname, trusted or not.
    ///
    /// # Errors
    /// [`Error::ToolMissing`], [`Error::Tool`].
    pub fn has(&self, nickname: &str) -> Result<bool, Error> {
        let list = self.certutil(&["-L"], &[])?;
        Ok(nicknames(&String::from_utf8_lossy(&list)).any(|(name, _)| name == nickname))
    }

    /// Whether there is no certificate and no key in it.
    ///
    /// # Errors
    /// [`Error::ToolMissing`], [`Error::Tool`].
    pub fn is_empty(&self) -> Result<bool, Error> {
        let list = self.certutil(&["-L"], &[])?;
        let certificates = nicknames(&String::from_utf8_lossy(&list)).count();
        // It ends with an error where there is none: `certutil: no keys found`.
        let keys = match self.certutil(&["-K"], &[]) {
            Err(Error::Tool { message, .. }) if message.contains("no keys found") => false,
            Err(error) => return Err(error),
            Ok(_) => true,
        };
        Ok(certificates == 0 && !keys)
    }

    /// Runs `certutil` on this database and gives what it prints.
    fn certutil(&self, arguments: &[&str], input: &[u8]) -> Result<Vec<u8>, Error> {
        let mut child = Command::new("certutil")
            .arg("-d")
            .arg(format!("sql:{}", self.folder.display()))
            // An empty password file: certutil asks on the terminal for no password.
            .args(["-f", "/dev/null"])
            .args(arguments)
            // Its messages in English, so that a report can be looked up.
            .env("LC_ALL", "C")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(missing)?;
        if let Some(mut stdin) = child.stdin.take() {
            // One that ends without reading says why on its own.
            let _ = stdin.write_all(input);
        }
        let output = child.wait_with_output().map_err(missing)?;
        if output.status.success() {
            return Ok(output.stdout);
        }
        // Some of what it has against something is on its standard output.
        let said = match output.stderr.is_empty() {
            true => output.stdout,
            false => output.stderr,
        };
        let message = String::from_utf8_lossy(&said).trim().to_owned();
        Err(Error::Tool {
            program: "certutil",
            message,
        })
    }
}

fn missing(cause: io::Error) -> Error {
    match cause.kind() {
        io::ErrorKind::NotFound => Error::ToolMissing {
            program: "certutil",
            package: "libnss3-tools",
        },
        _ => Error::Tool {
            program: "certutil",
            message: cause.to_string(),
        },
    }
}

/// The nicknames in `certutil -L` that are trusted authorities for servers: `C` in the first of the
/// three trust fields at the end of the line.
fn trusted(list: &str) -> impl Iterator<Item = &str> {
    nicknames(list).filter_map(|(nickname, trust)| {
        let servers = trust.split(',').next()?;
        servers.contains('C').then_some(nickname)
    })
}

/// All nicknames with their three trust fields; the heading, which looks like one, is not.
fn nicknames(list: &str) -> impl Iterator<Item = (&str, &str)> {
    list.lines().filter_map(|line| {
        let (nickname, trust) = line.trim_end().rsplit_once(char::is_whitespace)?;
        let fields = trust.matches(',').count() == 2 && !trust.contains("S/MIME");
        fields.then(|| (nickname.trim(), trust))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_authorities_for_servers_count_as_trusted() {
        let list = "
Certificate Nickname                                         Trust Attributes
                                                             SSL,S/MIME,JAR/XPI

Chop localhost authority 0a1b2c3d                            C,,
Company root                                                 CT,C,C
known, not trusted                                           ,,
peer                                                         P,,
for mail                                                     ,C,
";
        let found: Vec<_> = trusted(list).collect();
        assert_eq!(found, ["Chop localhost authority 0a1b2c3d", "Company root"]);
    }
}
