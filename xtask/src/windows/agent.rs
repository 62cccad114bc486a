//! The agent as it runs on Windows, looked at from outside: what it serves, what the registry makes
//! of it, how it ends. The window and the icon are looked at on an X display of their own.

use std::{
    fs,
    path::Path,
    process::{Child, Command},
};

use anyhow::{Context as _, Result, ensure};

use super::{
    display::Display,
    wine::{Wine, free_port, until},
};
use crate::step;

const POLICY: &str = r"HKLM\Software\Policies\Chop";

/// Runs all of it. `chop` and `relay` are programs of Windows.
pub(super) fn check(cache: &Path, chop: &Path, relay: &Path) -> Result<()> {
    let display = Display::start()?;
    let wine = Wine::new(cache, display.name())?;
    let chop = chop.to_string_lossy().into_owned();
    let (port, hicos) = (free_port()?, free_port()?);
    let settings = |key: &str, value: u16| {
        let key = format!(r"{POLICY}\{key}");
        wine.set(&key, "1", "REG_SZ", &value.to_string())
    };

    done("a policy that is none stops the agent, which names it");
    wine.set(POLICY, "trai", "REG_DWORD", "0")?;
    let refused = wine.run(&chop, &["run"])?;
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    ensure!(!refused.status.success() && said.contains("trai"), "{said}");
    wine.must("reg", &["delete", POLICY, "/v", "trai", "/f"])?;

    done("a policy file that is not the administrators' stops it, too");
    let file = wine.c("ProgramData/Chop/policy.toml");
    fs::create_dir_all(file.parent().unwrap_or(&file))?;
    fs::write(&file, "log = \"off\"\n")?;
    let refused = wine.run(&chop, &["run"])?;
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    ensure!(
        !refused.status.success() && said.contains("administrators"),
        "{said}"
    );
    fs::remove_file(&file)?;

    done("a policy in the registry says which ports, and is shown as locked");
    settings("ports", port)?;
    settings("hipki.ports", hicos)?;
    let own = until_settings(&wine)?;
    fs::create_dir_all(own.parent().unwrap_or(&own))?;
    fs::write(&own, "ports = [40404]\nlog = \"info\"\n")?;
    let mut agent = Running::start(&wine, &chop)?;
    let greeting = agent.says(&wine)?;
    ensure!(
        greeting.trim() == format!("https://localhost:{port}"),
        "{greeting}"
    );
    let report = until_answered(&wine, &chop)?;
    ensure!(
        report.contains(&format!("ports = [{port}] (policy, locked)")),
        "{report}"
    );
    ensure!(
        report.contains(r#"log = "info" (your settings)"#),
        "{report}"
    );

    done("the doctor is answered over TLS, and the page for HiCOS too");
    ensure!(report.contains("The agent answers at"), "{report}");
    ensure!(
        report.contains(&format!("http://localhost:{hicos}")),
        "{report}"
    );
    ensure!(!report.contains("panicked"), "{report}");

    done("a second agent of the same person is refused");
    let second = wine.run(&chop, &["run"])?;
    ensure!(!second.status.success());

    done("curl's connection, which is no program of this Windows, is closed unread");
    let pem = wine.c("authority.pem");
    fs::write(&pem, wine.must(&chop, &["certificate"])?)?;
    let direct = curl(&pem, port, port)?;
    ensure!(direct.is_none(), "{direct:?}");

    done("through a program of this Windows curl is answered, and verifies the certificate");
    let relay = Relay::start(&wine, relay, port)?;
    relay.until_answered(&pem)?;
    let mut without = request(None, port, relay.at, "/v1/info");
    ensure!(
        !without.output()?.status.success(),
        "curl takes any certificate"
    );

    done("a page that asks gets the agent's own window on the screen");
    let mut asked = Ended(relay.sign_in(&pem)?);
    display.wait_for("Chop")?;
    display.picture(&step::root().join("target/windows/window.png"))?;
    display.keys("Escape")?;
    let status = asked.0.wait()?;
    ensure!(status.success(), "{status}");

    // What Wine makes of the list: administrators are the group.
    done("the person's key is closed to everybody else");
    let key = find(&wine.c("users"), "localhost.pem").context("there is no localhost.pem")?;
    let mode = std::os::unix::fs::PermissionsExt::mode(&key.metadata()?.permissions());
    ensure!(mode & 0o007 == 0, "{mode:o}");

    done("told to end by an installation, it ends by itself");
    wine.must(&chop, &["machine", "tell", "quit"])?;
    let status = agent.0.wait()?;
    ensure!(status.success(), "{status}");
    Ok(())
}

fn done(what: &str) {
    eprintln!("    {what}");
}

/// The person's own settings file.
fn until_settings(wine: &Wine) -> Result<std::path::PathBuf> {
    let users = fs::read_dir(wine.c("users"))?.flatten().map(|it| it.path());
    let person = users
        .filter(|it| it.file_name().is_none_or(|name| name != "Public"))
        .find(|it| it.join("AppData").is_dir());
    let person = person.context("this Windows has no person")?;
    Ok(person.join("AppData/Roaming/chop/chop/config/settings.toml"))
}

fn find(folder: &Path, name: &str) -> Option<std::path::PathBuf> {
    let entries = fs::read_dir(folder).ok()?.flatten();
    entries.map(|it| it.path()).find_map(|path| {
        if path.is_symlink() {
            return None;
        }
        match path.is_dir() {
            true => find(&path, name),
            false => path
                .file_name()
                .is_some_and(|it| it == name)
                .then_some(path),
        }
    })
}

/// What the doctor says once the agent has answered it. Wine knows whose a socket is only when the
/// program has sent something, so now and then a connection is closed that should not be.
fn until_answered(wine: &Wine, chop: &str) -> Result<String> {
    let mut report = String::new();
    for _ in 0..10 {
        report = doctor(wine, chop)?;
        if report.contains("The agent answers at") && report.contains("reach the agent at") {
            break;
        }
    }
    Ok(report)
}

pub(super) fn doctor(wine: &Wine, chop: &str) -> Result<String> {
    let output = wine.run(chop, &["doctor"])?;
    let said = [output.stdout, output.stderr].concat();
    Ok(String::from_utf8_lossy(&said).into_owned())
}

/// What `https://localhost:port/v1/info` says through another port; `None` if nothing.
fn curl(pem: &Path, port: u16, through: u16) -> Result<Option<String>> {
    let mut curl = request(Some(pem), port, through, "/v1/info");
    let output = curl.output()?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    Ok(output.status.success().then_some(said))
}

fn request(pem: Option<&Path>, port: u16, through: u16, path: &str) -> Command {
    let mut curl = step::command("curl", &["--silent", "--show-error", "--max-time", "60"]);
    if let Some(pem) = pem {
        curl.arg("--cacert").arg(pem);
    }
    curl.arg("--connect-to")
        .arg(format!("localhost:{port}:127.0.0.1:{through}"));
    curl.args(["--header", "Origin: https://portal.example"]);
    curl.arg(format!("https://localhost:{port}{path}"));
    curl
}

/// The relay, and the port at which it takes what it hands on to the agent.
pub(super) struct Relay {
    at: u16,
    port: u16,
    _process: Ended,
}

impl Relay {
    pub(super) fn start(wine: &Wine, program: &Path, port: u16) -> Result<Self> {
        let at = free_port()?;
        let ports = [at.to_string(), port.to_string()];
        let log = wine.c("relay.log");
        let program = program.to_string_lossy();
        let process = wine.start(&program, &[&ports[0], &ports[1]], &log)?;
        let relay = Self {
            at,
            port,
            _process: Ended(process),
        };
        until("the relay listens", || {
            Ok(fs::read_to_string(&log)?.contains("relay").then_some(()))
        })?;
        Ok(relay)
    }

    /// Waits until the agent answers, whose authority this is.
    pub(super) fn until_answered(&self, pem: &Path) -> Result<()> {
        self.until_says(pem, "\"agent\":\"chop\"")
    }

    /// Waits until what answers there, with this authority, says that.
    pub(super) fn until_says(&self, pem: &Path, words: &str) -> Result<()> {
        until(&format!("{words} is answered"), || {
            let answer = self.curl(pem)?.unwrap_or_default();
            Ok(answer.contains(words).then_some(()))
        })
    }

    /// A page's request, which opens a window: it waits for the person.
    pub(super) fn sign_in(&self, pem: &Path) -> Result<Child> {
        let body = r#"{"challenge":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}"#;
        until("the request is taken", || {
            let mut curl = request(Some(pem), self.port, self.at, "/v1/sign-in");
            curl.args(["--header", "Content-Type: application/json", "--data", body]);
            let mut curl = curl.stdout(std::process::Stdio::null()).spawn()?;
            std::thread::sleep(std::time::Duration::from_secs(2));
            Ok(curl.try_wait()?.is_none().then_some(curl))
        })
    }

    fn curl(&self, pem: &Path) -> Result<Option<String>> {
        curl(pem, self.port, self.at)
    }
}

/// The agent, which is made to end if a check fails.
struct Running(Child, std::path::PathBuf);

impl Running {
    fn start(wine: &Wine, chop: &str) -> Result<Self> {
        let log = wine.c("agent.log");
        Ok(Self(wine.start(chop, &["run"], &log)?, log))
    }

    /// Its first line.
    fn says(&mut self, wine: &Wine) -> Result<String> {
        until("the agent listens", || {
            if let Some(status) = self.0.try_wait()? {
                let errors = fs::read_to_string(wine.c("agent.err")).unwrap_or_default();
                anyhow::bail!("the agent ended with {status}: {errors}");
            }
            let said = fs::read_to_string(&self.1)?;
            Ok(said.contains('\n').then_some(said))
        })
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A process that ends with the check.
pub(super) struct Ended(pub(super) Child);

impl Drop for Ended {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
