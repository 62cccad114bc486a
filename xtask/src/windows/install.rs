//! The installer under Wine: silently, with each property, an upgrade while a window is open, repair
//! and removal, each followed by a look at what is there.

use std::{path::Path, process::Child};

use anyhow::{Context as _, Result, ensure};

use super::{
    agent::{self, Ended, Relay},
    display::Display,
    wine::{Wine, until},
};
use crate::{package::windows::Made, step};

const RUN: &str = r"HKLM\Software\Microsoft\Windows\CurrentVersion\Run";
pub(super) const CHOP: &str = r"HKLM\Software\Chop";
pub(super) const SETTINGS: &str = r"HKLM\Software\Chop\Settings";
pub(super) const CHROME: &str =
    r"HKLM\Software\Policies\Google\Chrome\LoopbackNetworkAllowedForUrls";
const FIREFOX: &str = r"HKLM\Software\Policies\Mozilla\Firefox\LocalNetworkAccess\SkipDomains";

const SERVICE: &str = r"HKLM\SYSTEM\CurrentControlSet\Services\ChopGate";

const TASK: &str = "windows/system32/tasks/Chop renewal";

/// Runs all of it with two versions of the same programs, `old` and `new`.
pub(super) fn check(
    cache: &Path,
    relay: &Path,
    old: (&Made, &str),
    new: (&Made, &str),
) -> Result<()> {
    let display = Display::start()?;
    let wine = Wine::new(cache, display.name())?;
    lived_in(&wine)?;
    let before = snapshot(&wine)?;

    properties(&wine, old, &before)?;
    repair(&wine, old, &before)?;
    upgrade(&wine, &display, relay, old, new)?;
    done("after all of that removal leaves files and registry as they were");
    remove(&wine, new.0)?;
    same(&before, &snapshot(&wine)?)?;

    older(&wine, &display, old, new)?;
    remove(&wine, new.0)?;
    same(&before, &snapshot(&wine)?)
}

/// Others are there already, as they are on every Windows.
pub(super) fn lived_in(wine: &Wine) -> Result<()> {
    wine.set(RUN, "Theirs", "REG_SZ", "theirs.exe")?;
    let theirs = r"HKLM\SYSTEM\CurrentControlSet\Services\EventLog\Application\Theirs";
    wine.set(theirs, "TypesSupported", "REG_DWORD", "7")
}

fn properties(wine: &Wine, (old, version): (&Made, &str), before: &[String]) -> Result<()> {
    done("silently, without a word: files, start at login, event source, trust");
    install(wine, old, &[])?;
    let folder = format!("Program Files/Chop/{version}");
    for file in [
        "chop.exe",
        "chopw.exe",
        "policies/chop.admx",
        "policies/zh-TW/chop.adml",
    ] {
        let file = format!("{folder}/{file}");
        ensure!(wine.c(&file).is_file(), "{file} is missing");
    }
    let program = format!(r"C:\Program Files\Chop\{version}\chopw.exe");
    value(wine, RUN, "Chop", Some(&format!("\"{program}\" run")))?;
    value(wine, CHOP, "Program", Some(&program))?;
    value(wine, CHOP, "Version", Some(version))?;
    let source = r"HKLM\SYSTEM\CurrentControlSet\Services\EventLog\Application\Chop";
    ensure!(wine.registry(source, "EventMessageFile")?.is_some());
    ensure!(wine.c("ProgramData/Chop/machine/authority.pem").is_file());
    let report = agent::doctor(wine, &chop(version))?;
    ensure!(
        report.contains("Chromium trusts the localhost certificate (ROOT)"),
        "{report}"
    );
    value(wine, CHROME, "1", None)?;
    let service = format!("\"{}\" gate", chop(version));
    value(wine, SERVICE, "ImagePath", Some(&service))?;
    ensure!(
        report.contains("a system service hands connections on"),
        "{report}"
    );
    let key = wine.c("ProgramData/Chop/machine/localhost");
    let mode = std::os::unix::fs::PermissionsExt::mode(&key.metadata()?.permissions());
    ensure!(
        mode & 0o007 == 0,
        "people can read the gate's key: {mode:o}"
    );
    done("the system looks each day whether the certificate is due, and changes nothing when not");
    // Wine keeps a task, but not what it runs: a test of the program has that.
    ensure!(wine.c(TASK).is_file(), "there is no task");
    let authority = wine.c("ProgramData/Chop/machine/authority.pem");
    let installed = (snapshot(wine)?, std::fs::read(&authority)?);
    wine.must(&chop(version), &["machine", "set-up"])?;
    ensure!(installed.1 == std::fs::read(&authority)?, "another pair");
    same(&installed.0, &snapshot(wine)?)?;
    remove(wine, old)?;
    same(before, &snapshot(wine)?)?;

    for (property, key, name, expected) in [
        ("AUTOSTART=0", RUN, "Chop", None),
        (
            "PORTS=30443;30444",
            &*format!(r"{SETTINGS}\ports"),
            "1",
            Some("30443;30444"),
        ),
        (
            "SITES=https://a.example;https://b.example",
            CHROME,
            "2",
            Some("https://b.example"),
        ),
        ("SITES=https://a.example", FIREFOX, "1", Some("a.example")),
        ("HIPKI_PIN=ask", SETTINGS, "hipki.pin", Some("ask")),
        ("LANGUAGE=en", SETTINGS, "language", Some("en")),
        ("LOG=debug", SETTINGS, "log", Some("debug")),
        ("TRAY=0", SETTINGS, "tray", Some("0x0")),
        ("HIPKI=0", CHOP, "Hipki", Some("0")),
    ] {
        done(&format!("with {property}, and removed again"));
        install(wine, old, &[property])?;
        value(wine, key, name, expected)?;
        let report = agent::doctor(wine, &chop(version))?;
        let shown = match property {
            "PORTS=30443;30444" => "ports = [30443, 30444] (policy)",
            "HIPKI_PIN=ask" => r#"hipki.pin = "ask" (policy)"#,
            "LANGUAGE=en" => r#"language = "en" (policy)"#,
            "LOG=debug" => r#"log = "debug" (policy)"#,
            "TRAY=0" => "tray = false (policy)",
            "HIPKI=0" => "hipki.ports = [] (policy)",
            _ => "",
        };
        ensure!(report.contains(shown), "no {shown:?} in:\n{report}");
        remove(wine, old)?;
        same(before, &snapshot(wine)?)?;
    }

    done("BROWSER_POLICIES=0 with SITES writes no policy");
    install(
        wine,
        old,
        &["SITES=https://a.example", "BROWSER_POLICIES=0"],
    )?;
    value(wine, CHROME, "1", None)?;
    remove(wine, old)?;

    done("INSTALLDIR is where it goes");
    install(wine, old, &[r"INSTALLDIR=C:\Firma\Chop"])?;
    ensure!(wine.c(&format!("Firma/Chop/{version}/chop.exe")).is_file());
    remove(wine, old)?;
    ensure!(
        !wine.c("Firma/Chop").exists(),
        "something is left of C:\\Firma\\Chop"
    );

    done("a site that is none stops the installation, which leaves nothing");
    let failed = wine.run("msiexec", &["/i", &path(&old.msi), "/qn", "SITES=http://"])?;
    ensure!(!failed.status.success(), "it was installed");
    same(before, &snapshot(wine)?)
}

fn repair(wine: &Wine, (old, version): (&Made, &str), before: &[String]) -> Result<()> {
    done("repair brings back what is missing, and what was said stays said");
    install(wine, old, &["SITES=https://a.example"])?;
    let launcher = wine.c(&format!("Program Files/Chop/{version}/chopw.exe"));
    std::fs::remove_file(&launcher)?;
    wine.must("reg", &["delete", RUN, "/v", "Chop", "/f"])?;
    // Wine's `/f` takes no file; this is what it stands for.
    install(wine, old, &["REINSTALL=ALL", "REINSTALLMODE=amus"])?;
    ensure!(launcher.is_file(), "chopw.exe is not there again");
    ensure!(wine.registry(RUN, "Chop")?.is_some(), "no start at login");
    value(wine, CHROME, "1", Some("https://a.example"))?;
    remove(wine, old)?;
    same(before, &snapshot(wine)?)
}

fn upgrade(
    wine: &Wine,
    display: &Display,
    relay: &Path,
    (old, old_version): (&Made, &str),
    (new, new_version): (&Made, &str),
) -> Result<()> {
    done("who has no agent is told so by the gate, and has one once it is started");
    done("an upgrade while a window is open waits for the person, and then the new agent runs");
    let ports = format!("PORTS={}", super::wine::free_port()?);
    install(
        wine,
        old,
        &[&ports, "SITES=https://a.example", "LANGUAGE=en"],
    )?;
    let port: u16 = ports.trim_start_matches("PORTS=").parse()?;
    let relay = Relay::start(wine, relay, port)?;
    let pem = wine.c("authority.pem");
    std::fs::write(&pem, wine.must(&chop(old_version), &["certificate"])?)?;
    relay.until_says(&pem, "no_agent")?;
    let launcher = format!(r"C:\Program Files\Chop\{old_version}\chopw.exe");
    wine.must(&launcher, &["run"])?;
    relay.until_answered(&pem)?;
    let mut asked = Ended(relay.sign_in(&pem)?);
    display.wait_for("Chop")?;

    let msi = path(&new.msi);
    let mut upgrade = wine.command("msiexec");
    let mut upgrade = Ended(upgrade.args(["/i", &msi, "/qn"]).spawn()?);
    let new_program = wine.c(&format!("Program Files/Chop/{new_version}/chop.exe"));
    until("the new version is beside the old one", || {
        Ok(new_program.is_file().then_some(()))
    })?;
    std::thread::sleep(std::time::Duration::from_secs(3));
    ensure!(is_running(&mut upgrade.0)?, "the upgrade did not wait");
    ensure!(is_running(&mut asked.0)?, "the window was closed");
    let old_program = wine.c(&format!("Program Files/Chop/{old_version}/chop.exe"));
    ensure!(
        old_program.is_file(),
        "the old program was removed beneath its agent"
    );

    display.keys("Escape")?;
    ensure!(asked.0.wait()?.success(), "the page got no answer");
    ensure!(upgrade.0.wait()?.success(), "the upgrade failed");
    ensure!(!old_program.exists(), "the old version is still there");
    relay.until_answered(&pem)?;
    value(wine, CHOP, "Version", Some(new_version))?;
    value(wine, CHROME, "1", Some("https://a.example"))?;
    value(wine, SETTINGS, "language", Some("en"))?;
    ensure!(
        wine.registry(RUN, "Chop")?
            .is_some_and(|it| it.contains(new_version))
    );
    ensure!(wine.c(TASK).is_file(), "the task went with the old version");
    let service = format!("\"{}\" gate", chop(new_version));
    value(wine, SERVICE, "ImagePath", Some(&service))?;
    Ok(())
}

/// Nothing is changed by an older version's installer, which says why in both languages. The newer
/// one is installed by itself for this: after an upgrade Wine 8 lets the older one in, presumably
/// because removing the older version takes the upgrade code that both share.
fn older(
    wine: &Wine,
    display: &Display,
    (old, old_version): (&Made, &str),
    (new, new_version): (&Made, &str),
) -> Result<()> {
    done(
        "an older version is refused, silently and on the screen, and the newer one stays as it is",
    );
    install(wine, new, &[])?;
    let before = snapshot(wine)?;
    let msi = path(&old.msi);
    let refused = wine.run("msiexec", &["/i", &msi, "/qn"])?;
    ensure!(!refused.status.success(), "it was installed");
    let mut shown = wine.command("msiexec");
    let mut shown = Ended(shown.args(["/i", &msi, "/qb"]).spawn()?);
    display.wait_for("Install Failed")?;
    display.picture(&step::root().join("target/windows/older.png"))?;
    display.keys("Return")?;
    ensure!(!shown.0.wait()?.success(), "it was installed");
    let mut words = step::command("msiinfo", &["export"]);
    words.arg(&old.msi).arg("LaunchCondition");
    let words = words.env("LC_ALL", "C.UTF-8").output()?.stdout;
    let words = String::from_utf8(words)?;
    for expected in [
        "這台電腦已安裝較新版本的 Chop",
        "A newer version of Chop is installed",
    ] {
        ensure!(words.contains(expected), "no {expected:?} in:\n{words}");
    }
    let folder = wine.c(&format!("Program Files/Chop/{old_version}"));
    ensure!(!folder.exists(), "the older version is there");
    value(wine, CHOP, "Version", Some(new_version))?;
    same(&before, &snapshot(wine)?)
}

fn is_running(child: &mut Child) -> Result<bool> {
    Ok(child.try_wait()?.is_none())
}

fn install(wine: &Wine, made: &Made, properties: &[&str]) -> Result<()> {
    let msi = path(&made.msi);
    let mut words = vec!["/i", &msi, "/qn", "/l*v", r"C:\install.log"];
    words.extend(properties);
    let output = wine.run("msiexec", &words)?;
    if output.status.success() {
        return Ok(());
    }
    let log = std::fs::read(wine.c("install.log")).unwrap_or_default();
    let said = String::from_utf8_lossy(&log).replace('\0', "");
    anyhow::bail!("msiexec {words:?}: {}\n{said}", output.status)
}

fn remove(wine: &Wine, made: &Made) -> Result<()> {
    let msi = path(&made.msi);
    wine.must("msiexec", &["/x", &msi, "/qn"]).map(drop)
}

/// What of the registry and the disk an installation could change.
pub(super) fn snapshot(wine: &Wine) -> Result<Vec<String>> {
    let mut seen = Vec::new();
    for key in [
        r"HKLM\Software\Chop",
        r"HKLM\Software\Policies",
        RUN,
        r"HKLM\SYSTEM\CurrentControlSet\Services\EventLog\Application",
        SERVICE,
    ] {
        let lines = wine.export(key)?;
        seen.extend(lines.lines().map(str::to_owned));
    }
    for folder in ["Program Files", "ProgramData", "windows/system32/tasks"] {
        let mut names: Vec<_> = std::fs::read_dir(wine.c(folder))
            .with_context(|| format!("this Windows has no {folder}"))?
            .flatten()
            .map(|it| format!("{folder}/{}", it.file_name().to_string_lossy()))
            .collect();
        names.sort();
        seen.extend(names);
    }
    Ok(seen)
}

pub(super) fn same(before: &[String], after: &[String]) -> Result<()> {
    let new: Vec<_> = after.iter().filter(|it| !before.contains(it)).collect();
    let gone: Vec<_> = before.iter().filter(|it| !after.contains(it)).collect();
    ensure!(
        new.is_empty() && gone.is_empty(),
        "left: {new:#?}\ngone: {gone:#?}"
    );
    Ok(())
}

pub(super) fn value(wine: &Wine, key: &str, name: &str, expected: Option<&str>) -> Result<()> {
    let found = wine.registry(key, name)?;
    ensure!(
        found.as_deref() == expected,
        r"{key}\{name} is {found:?}, not {expected:?}"
    );
    Ok(())
}

fn chop(version: &str) -> String {
    format!(r"C:\Program Files\Chop\{version}\chop.exe")
}

fn path(file: &Path) -> String {
    format!("Z:{}", file.display())
}

fn done(what: &str) {
    eprintln!("    {what}");
}
