//! Does under Wine what docs/deployment.md says for Windows, line by line, as an administrator would.

use std::{fs, path::Path};

use anyhow::{Context as _, Result, ensure};

use super::{
    agent,
    display::Display,
    install::{CHOP, CHROME, SETTINGS, lived_in, same, snapshot, value},
    wine::{Wine, until},
};
use crate::{
    package::{
        guide::{block, say},
        windows::Made,
    },
    step,
};

/// Where the guide's files are.
const PACKAGES: &str = r"C:\packages";

pub(super) fn follow(
    cache: &Path,
    (old, old_version): (&Made, &str),
    (new, new_version): (&Made, &str),
) -> Result<()> {
    let display = Display::start()?;
    let wine = Wine::new(cache, display.name())?;
    lived_in(&wine)?;
    let before = snapshot(&wine)?;
    let packages = wine.c("packages");
    fs::create_dir(&packages)?;
    for made in [old, new] {
        let name = made.msi.file_name().context("a package has a name")?;
        fs::copy(&made.msi, packages.join(name))?;
    }
    // The guide installs 0.1.0, and then 0.2.0.
    let guide = |heading: &str, number: usize| -> Result<Vec<String>> {
        let text = block(heading, "bat", number)?;
        let text = text.replace("0.1.0", old_version);
        let text = text.replace("0.2.0", new_version);
        let is_said = |line: &&str| !line.is_empty() && !line.starts_with("rem ");
        Ok(text.lines().filter(is_said).map(str::to_owned).collect())
    };
    let lines = guide("## Windows", 0)?;
    let [install, doctor, upgrade, remove] = &*lines else {
        anyhow::bail!("other lines: {lines:#?}");
    };

    must(&wine, install)?;
    value(&wine, CHROME, "1", Some("https://portal.example"))?;
    value(&wine, SETTINGS, "language", Some("zh-TW"))?;
    let report = batch(&wine, &[doctor])?;
    ensure!(report.contains("\"problems\":"), "{doctor}: {report}");
    say(doctor, "a report");
    policies(&wine, &guide("## Windows", 1)?, old_version)?;
    must(&wine, upgrade)?;
    value(&wine, CHOP, "Version", Some(new_version))?;
    must(&wine, remove)?;
    gone(&wine)?;

    must(&wine, install)?;
    updates(&wine, &guide("## Updates", 0)?, new)?;
    value(&wine, CHOP, "Version", Some(new_version))?;
    must(&wine, remove)?;
    gone(&wine)?;
    wine.must("reg", &["delete", r"HKLM\Software\Policies\Chop", "/f"])?;
    same(&before, &snapshot(&wine)?)
}

/// The lines for group policies, with a folder in the place of the domain's.
fn policies(wine: &Wine, lines: &[String], version: &str) -> Result<()> {
    let domain = r"\\corp.example\SYSVOL\corp.example\Policies";
    fs::create_dir_all(wine.c("domain/PolicyDefinitions"))?;
    for line in lines {
        must(wine, &line.replace(domain, r"C:\domain"))?;
    }
    for file in ["chop.admx", "zh-TW/chop.adml", "en-US/chop.adml"] {
        let file = wine.c(&format!("domain/PolicyDefinitions/{file}"));
        ensure!(file.is_file(), "{} is missing", file.display());
    }
    let chop = format!(r"C:\Program Files\Chop\{version}\chop.exe");
    let report = agent::doctor(wine, &chop)?;
    for shown in [
        r#"hipki.pin = "ask" (policy, locked)"#,
        "sites = [https://portal.example] (policy, locked)",
    ] {
        ensure!(report.contains(shown), "no {shown:?} in:\n{report}");
    }
    Ok(())
}

/// The nightly batch file: refused until the key that it names has signed.
fn updates(wine: &Wine, lines: &[String], new: &Made) -> Result<()> {
    let folder = wine.c("packages");
    let name = new.msi.file_name().context("a package has a name")?;
    let name = name.to_string_lossy().into_owned();
    let mut sum = step::command("sha256sum", &[]);
    let sum = sum.arg(&name).current_dir(&folder).output()?.stdout;
    let sum = String::from_utf8(sum)?;
    let sum = sum.split_whitespace().next().context("no sum")?;
    let manifest = serde_json::json!({
        "product": "chop",
        "version": "9.0.0",
        "expires": "2099-01-01T00:00:00Z",
        "packages": [{ "file": name, "sha256": sum }],
    });
    fs::write(folder.join("chop-update.json"), manifest.to_string())?;
    let mut make = step::command("minisign", &["-G", "-W", "-p", "key.pub", "-s", "key"]);
    step::run("a key", make.current_dir(wine.c("")))?;
    let key = fs::read_to_string(wine.c("key.pub"))?;
    let key = key.lines().last().context("no key")?;
    let lines: Vec<_> = lines
        .iter()
        .map(|line| line.replace(r"\\files\packages", PACKAGES))
        .map(|line| line.replace("RWQyPxq7…", key))
        .collect();
    let lines: Vec<_> = lines.iter().map(String::as_str).collect();

    let refused = batch(wine, &lines)?;
    ensure!(refused.contains("not signed by"), "{refused}");
    say("update", "refused: nobody has signed");
    let mut sign = step::command(
        "minisign",
        &["-S", "-s", "../key", "-m", "chop-update.json"],
    );
    step::run("a signature", sign.current_dir(&folder))?;
    let said = batch(wine, &lines)?;
    until("the new version is installed", || {
        Ok(wine
            .registry(CHOP, "Version")?
            .filter(|version| name.contains(&**version)))
    })
    .with_context(|| format!("the batch file said:\n{said}"))?;
    say("update", "installed");
    Ok(())
}

/// Runs a line of a batch file, which must succeed.
fn must(wine: &Wine, line: &str) -> Result<()> {
    let said = batch(wine, &[line, "if errorlevel 1 echo FAILED"])?;
    ensure!(!said.contains("FAILED"), "{line}\n{said}");
    say(line, "done");
    Ok(())
}

/// Runs a batch file in the folder of the packages; all that it says.
fn batch(wine: &Wine, lines: &[&str]) -> Result<String> {
    let text = format!(
        "@echo off\r\ncd /d {PACKAGES}\r\n{}\r\n",
        lines.join("\r\n")
    );
    fs::write(wine.c("packages/line.bat"), text)?;
    let output = wine.run("cmd", &["/c", r"C:\packages\line.bat"])?;
    let said = [output.stdout, output.stderr].concat();
    Ok(String::from_utf8_lossy(&said).into_owned())
}

fn gone(wine: &Wine) -> Result<()> {
    value(wine, CHOP, "Version", None)?;
    ensure!(!wine.c("Program Files/Chop").exists(), "programs are left");
    ensure!(
        !wine.c("ProgramData/Chop").exists(),
        "the machine's folder is left"
    );
    Ok(())
}
