//! `chop install` and `chop uninstall` of one person under Wine, from a folder as the zip makes it.

use std::{fs, path::Path};

use anyhow::{Context as _, Result, ensure};

use super::{
    agent::{self, Relay},
    display::Display,
    wine::{Wine, free_port, until},
};

const RUN: &str = r"HKCU\Software\Microsoft\Windows\CurrentVersion\Run";
const CHOP: &str = r"HKCU\Software\Chop";
const ENTRY: &str = r"HKCU\Software\Microsoft\Windows\CurrentVersion\Uninstall\Chop";

/// Runs all of it. `built` is the folder of the programs.
pub(super) fn check(cache: &Path, built: &Path, relay: &Path) -> Result<()> {
    let display = Display::start()?;
    let wine = Wine::new(cache, display.name())?;
    let port = free_port()?;
    let ports = r"HKLM\Software\Policies\Chop\ports";
    wine.set(ports, "1", "REG_SZ", &port.to_string())?;
    wine.set(RUN, "Theirs", "REG_SZ", "theirs.exe")?;
    let unpacked = wine.c("unpacked");
    fs::create_dir(&unpacked)?;
    for name in ["chop.exe", "chopw.exe"] {
        fs::copy(built.join(name), unpacked.join(name))?;
    }
    let before = snapshot(&wine)?;

    done(
        "a person installs without an administrator: files, start at login, trust, a running agent",
    );
    let chop = wine.must(r"C:\unpacked\chop.exe", &["install"])?;
    let chop = chop.trim();
    let launcher = chop.replace("chop.exe", "chopw.exe");
    ensure!(chop.contains(r"AppData\Local\Programs\Chop\"), "{chop}");
    let starts = wine.registry(RUN, "Chop")?;
    ensure!(starts == Some(format!("\"{launcher}\" run")), "{starts:?}");
    ensure!(wine.registry(CHOP, "Program")?.as_ref() == Some(&launcher));
    let removal = wine.registry(ENTRY, "UninstallString")?;
    ensure!(
        removal == Some(format!("\"{chop}\" uninstall")),
        "{removal:?}"
    );
    let pem = wine.c("authority.pem");
    fs::write(&pem, wine.must(chop, &["certificate"])?)?;
    let relay = Relay::start(&wine, relay, port)?;
    relay.until_answered(&pem)?;
    let report = agent::doctor(&wine, chop)?;
    let trusted = "Chromium trusts the localhost certificate (ROOT)";
    ensure!(report.contains(trusted), "{report}");

    done("once more, and the agent that runs is told to start anew");
    wine.must(r"C:\unpacked\chop.exe", &["install"])?;
    relay.until_answered(&pem)?;

    done("removal from the installed program ends the agent and leaves nothing, itself included");
    wine.must(chop, &["uninstall"])?;
    until("nothing is left", || {
        let after = snapshot(&wine)?;
        Ok((after == before).then_some(()))
    })
    .with_context(|| format!("before {before:#?}\nafter {:#?}", snapshot(&wine)))?;
    let again = wine.run(r"C:\unpacked\chop.exe", &["uninstall"])?;
    ensure!(!again.status.success(), "removed twice");

    done("where it is installed for everybody, a person is told so");
    wine.set(r"HKLM\Software\Chop", "Program", "REG_SZ", "chopw.exe")?;
    let refused = wine.run(r"C:\unpacked\chop.exe", &["install"])?;
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    ensure!(
        !refused.status.success() && said.contains("everybody"),
        "{said}"
    );
    ensure!(snapshot(&wine)? == before);
    Ok(())
}

/// What a person's installation could change.
fn snapshot(wine: &Wine) -> Result<Vec<String>> {
    let mut seen = Vec::new();
    for key in [RUN, CHOP, ENTRY] {
        seen.extend(wine.export(key)?.lines().map(str::to_owned));
    }
    let users = fs::read_dir(wine.c("users"))?.flatten();
    for user in users.map(|it| it.path()) {
        for folder in ["", "Programs", "Temp"] {
            let folder = user.join("AppData/Local").join(folder);
            let entries = fs::read_dir(&folder).into_iter().flatten().flatten();
            let ours = entries.filter(|it| {
                it.file_name()
                    .to_string_lossy()
                    .to_lowercase()
                    .contains("chop")
            });
            seen.extend(ours.map(|it| it.path().display().to_string()));
        }
    }
    Ok(seen)
}

fn done(what: &str) {
    eprintln!("    {what}");
}
