//! `cargo xtask package`: what an IT department installs.

mod check;
mod deb;
pub(crate) mod guide;
mod machine;
mod release;
mod rpm;
mod sbom;
mod stage;
mod sums;
pub(crate) mod windows;

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context as _, Result, bail};

use crate::{packages, step};

/// What is made, and whether it is tried.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Install, use and remove the packages in a small Debian of its own, under systemd, with real
    /// browsers. Needs root; the first time it fetches 300 MB.
    #[arg(long)]
    check: bool,
    /// For Windows instead: an MSI and a zip, from the cross build.
    #[arg(long, conflicts_with = "check")]
    windows: bool,
    /// Of the quick build for development instead of the one that is shipped: for trying out.
    #[arg(long)]
    dev: bool,
    /// Make all of it a second time from nothing, and see that nothing is different.
    #[arg(long, conflicts_with_all = ["dev", "windows"])]
    twice: bool,
    /// The packages' version, if not the workspace's: for trying upgrades.
    #[arg(long, value_name = "VERSION")]
    package_version: Option<String>,
}

/// The largest a .deb may be, in bytes: ten thousand computers fetch it.
const MOST_DEB: u64 = 6_000_000;

pub(crate) fn run(options: &Options) -> Result<()> {
    let version = options
        .package_version
        .as_deref()
        .unwrap_or(env!("CARGO_PKG_VERSION"));
    if !version.starts_with(|c: char| c.is_ascii_digit()) {
        bail!("{version:?} is no version of a package: it must begin with a digit");
    }
    let epoch = epoch();
    if options.windows {
        return windows::run(options, version, &epoch);
    }
    packages::for_package(options.check)?;
    let folder = step::root().join("target/packages");
    let made = make(options, &folder, version, &epoch)?;
    let size = made.deb.metadata()?.len();
    eprintln!("    {}: {:.2} MB", made.deb.display(), size as f64 / 1e6);
    if !options.dev && size > MOST_DEB {
        bail!("the .deb is larger than {MOST_DEB} bytes");
    }
    if options.twice {
        let sums = || fs::read_to_string(folder.join("SHA256SUMS"));
        let first = sums()?;
        fs::remove_dir_all(folder.join("build"))?;
        make(options, &folder, version, &epoch)?;
        let second = sums()?;
        if first != second {
            bail!("two builds differ:\n{first}\n{second}");
        }
        eprintln!("    the second build is the same:\n{second}");
    }
    if options.check {
        check::run(&folder, &made.deb, &made.rpm)?;
    }
    Ok(())
}

/// The packages of one version.
struct Made {
    deb: PathBuf,
    rpm: PathBuf,
}

fn make(options: &Options, folder: &Path, version: &str, epoch: &str) -> Result<Made> {
    let binary = build(options.dev, epoch)?;
    fs::create_dir_all(folder)?;
    let stage = stage::fill(&folder.join("stage"), &binary, epoch)?;
    let deb = deb::build(folder, &stage, &binary, version, epoch, options.dev)?;
    let rpm = rpm::build(folder, &stage, version, epoch)?;
    let sbom = sbom::write(folder, version)?;
    let command = "cargo xtask package";
    let [update, from] = release::write(folder, &[&deb, &rpm], version, epoch, command)?;
    sums::write(folder, &[&deb, &rpm, &sbom, &update, &from])?;
    Ok(Made { deb, rpm })
}

/// The moment that all files of the packages are dated: that of the last change, so that two builds
/// of the same sources are the same.
pub(crate) fn epoch() -> String {
    std::env::var("SOURCE_DATE_EPOCH")
        .ok()
        .or_else(|| step::output("git", &["log", "-1", "--format=%ct"]))
        .unwrap_or_else(|| "1767225600".to_owned())
}

/// Builds `chop` so that nothing of this machine's paths is in it.
fn build(dev: bool, epoch: &str) -> Result<PathBuf> {
    if dev {
        let build = &mut step::cargo(&check::BUILD);
        step::run("build chop and the person at the screen", build)?;
        return step::built("debug", "chop");
    }
    let build = [
        "build",
        "--release",
        "--package",
        "chop-agent",
        "--bin",
        "chop",
    ];
    let mut cargo = step::cargo(&build);
    paths_hidden(&mut cargo)?;
    // Another set of flags: its own folder, or everything would be built anew in turns.
    let target = step::root().join("target/packages/build");
    cargo.env("CARGO_TARGET_DIR", &target);
    step::run("build chop", cargo.env("SOURCE_DATE_EPOCH", epoch))?;
    Ok(target.join("release/chop"))
}

/// Makes a build leave no path of this machine in the result.
fn paths_hidden(cargo: &mut Command) -> Result<()> {
    let root = step::root();
    let home = std::env::var("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|_| std::env::var("HOME").map(|it| PathBuf::from(it).join(".cargo")));
    let home = home.context("neither CARGO_HOME nor HOME is set")?;
    let maps =
        [(&root, "/chop"), (&home, "/cargo")].map(|(from, to)| format!("{}={to}", from.display()));
    let rust = maps
        .each_ref()
        .map(|it| format!("--remap-path-prefix={it}"));
    let c = maps.each_ref().map(|it| format!("-ffile-prefix-map={it}"));
    cargo
        .env("RUSTFLAGS", rust.join(" "))
        .env("CFLAGS", c.join(" "));
    Ok(())
}
