//! `cargo xtask package --windows`: an MSI and a zip, from the cross build.
//!
//! Signed where a [`Signer`] is given.

mod signer;

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result, bail};

pub(crate) use self::signer::Signer;
use super::{Options, paths_hidden, release, sums};
use crate::{packages, step};

/// The largest the MSI may be, in bytes.
const MOST_MSI: u64 = 7_000_000;
/// Makes UTF-8 the code page of an MSI's texts when it is imported.
///
/// Spec: Windows Installer, "Setting the Code Page of a Database".
const UTF_8: &str = "\r\n\r\n65001\t_ForceCodepage\r\n";
const TARGET: &str = "x86_64-pc-windows-gnu";
/// Built and packed.
const PROGRAMS: [&str; 2] = ["chop.exe", "chopw.exe"];

/// What was made.
pub(crate) struct Made {
    /// The installer.
    pub(crate) msi: PathBuf,
    /// The programs alone.
    pub(crate) zip: PathBuf,
}

pub(crate) fn run(options: &Options, version: &str, epoch: &str) -> Result<()> {
    packages::for_windows_package()?;
    let setup = "packaging/windows/toolchain.sh";
    step::run("toolchain", &mut step::command(setup, &[]))?;
    let built = build(options.dev, epoch)?;
    let made = pack(&built, version, epoch, Signer::given()?.as_ref())?;
    let folder = step::root().join("target/packages/windows");
    let packages = [&*made.msi, &*made.zip];
    let command = "cargo xtask package --windows";
    let [update, from] = release::write(&folder, &packages, version, epoch, command)?;
    sums::write(&folder, &[&made.msi, &made.zip, &update, &from])?;
    for file in [&made.msi, &made.zip] {
        let size = file.metadata()?.len();
        eprintln!("    {}: {:.2} MB", file.display(), size as f64 / 1e6);
    }
    if !options.dev && made.msi.metadata()?.len() > MOST_MSI {
        bail!("the MSI is larger than {MOST_MSI} bytes");
    }
    Ok(())
}

/// Cross-builds the programs; gives the folder that they are in.
pub(crate) fn build(dev: bool, epoch: &str) -> Result<PathBuf> {
    let wrapper = step::output("packaging/windows/toolchain.sh", &["--where"]);
    let wrapper = wrapper.context("the toolchain does not say where it is")?;
    let mut cargo = step::command(&wrapper, &["build", "--package", "chop-agent", "--bins"]);
    cargo.args(["--features", "chop-agent/launcher"]);
    let (target, profile) = match dev {
        true => (step::root().join("target/windows"), "debug"),
        false => {
            // Of the build for development nothing is compared: it is not made anew for it.
            cargo.arg("--release").env("SOURCE_DATE_EPOCH", epoch);
            paths_hidden(&mut cargo)?;
            (
                step::root().join("target/packages/windows/build"),
                "release",
            )
        }
    };
    cargo.env("CARGO_TARGET_DIR", &target);
    step::run("build chop for Windows", &mut cargo)?;
    Ok(target.join(TARGET).join(profile))
}

/// Puts the programs of `built` into an installer and a zip of this version.
pub(crate) fn pack(
    built: &Path,
    version: &str,
    epoch: &str,
    signer: Option<&Signer>,
) -> Result<Made> {
    let folder = step::root().join("target/packages/windows");
    let stage = folder.join("stage");
    let _ = fs::remove_dir_all(&stage);
    let from = step::root().join("packaging/windows");
    for language in ["zh-TW", "en-US"] {
        let adml = format!("{language}/chop.adml");
        copy(&from.join("policies").join(&adml), &stage.join(&adml))?;
    }
    copy(&from.join("policies/chop.admx"), &stage.join("chop.admx"))?;
    copy(&from.join("chop.wxs"), &stage.join("chop.wxs"))?;
    for licence in ["LICENSE-MIT", "LICENSE-APACHE"] {
        copy(&step::root().join(licence), &stage.join(licence))?;
    }
    copy(&icon(built)?, &stage.join("chop.ico"))?;
    for program in PROGRAMS {
        let (unsigned, to) = (built.join(program), stage.join(program));
        copy(&unsigned, &to)?;
        step::run(
            "strip",
            step::command("x86_64-w64-mingw32-strip", &[]).arg(&to),
        )?;
        if let Some(signer) = signer {
            signer.sign(&to)?;
        }
    }
    let script = format!("find . -exec touch --no-dereference --date=@{epoch} {{}} +");
    step::run(
        "dates",
        step::command("sh", &["-c", &script]).current_dir(&stage),
    )?;
    Ok(Made {
        msi: installer(&folder, &stage, version, signer)?,
        zip: zip(&folder, &stage, version)?,
    })
}

fn installer(
    folder: &Path,
    stage: &Path,
    version: &str,
    signer: Option<&Signer>,
) -> Result<PathBuf> {
    let msi = folder.join(format!("chop-{version}-x64.msi"));
    let _ = fs::remove_file(&msi);
    let mut wixl = step::command("wixl", &["-a", "x64", "-o"]);
    wixl.arg(&msi).arg("-D").arg(format!("Version={version}"));
    step::run("wixl", wixl.arg("chop.wxs").current_dir(stage))?;
    // Texts are UTF-8, which wixl has no way to say.
    fs::write(stage.join("_ForceCodepage.idt"), UTF_8)?;
    let mut texts = step::command("msibuild", &[]);
    texts.arg(&msi).args(["-i", "_ForceCodepage.idt"]);
    step::run("code page", texts.current_dir(stage))?;
    let queries = fs::read_to_string(step::root().join("packaging/windows/amend.sql"))?;
    let queries = queries
        .lines()
        .filter(|it| !it.is_empty() && !it.starts_with("--"));
    for query in queries {
        let mut amend = step::command("msibuild", &[]);
        let output = amend
            .arg(&msi)
            .args(["-q", query])
            .env("LC_ALL", "C.UTF-8")
            .output()?;
        // It says what it has against a query, and ends as if all were well.
        if !output.status.success() || !output.stderr.is_empty() {
            let said = String::from_utf8_lossy(&output.stderr);
            bail!("msibuild does not take {query}: {said}");
        }
    }
    if let Some(signer) = signer {
        signer.sign(&msi)?;
    }
    Ok(msi)
}

/// What is in the zip is started where it lies, by one person.
fn zip(folder: &Path, stage: &Path, version: &str) -> Result<PathBuf> {
    let zip = folder.join(format!("chop-{version}-x64.zip"));
    let _ = fs::remove_file(&zip);
    let mut pack = step::command("zip", &["--quiet", "-X"]);
    pack.arg(&zip).args(PROGRAMS);
    pack.args([
        "LICENSE-MIT",
        "LICENSE-APACHE",
        "chop.admx",
        "zh-TW/chop.adml",
    ]);
    pack.arg("en-US/chop.adml")
        .current_dir(stage)
        .env("TZ", "UTC");
    step::run("zip", &mut pack)?;
    Ok(zip)
}

/// The icon that the build has drawn.
fn icon(built: &Path) -> Result<PathBuf> {
    let builds = fs::read_dir(built.join("build"))?.flatten();
    let icons = builds.map(|it| it.path().join("out/chop.ico"));
    let icons = icons.filter(|it| it.is_file());
    let newest = icons.max_by_key(|it| it.metadata().and_then(|it| it.modified()).ok());
    newest.context("the build has left no icon")
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to.parent().unwrap_or(to))?;
    fs::copy(from, to).with_context(|| format!("{} is missing", from.display()))?;
    Ok(())
}
