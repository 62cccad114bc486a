//! `cargo xtask windows`: builds the agent for Windows, runs its tests under Wine, and looks at the
//! agent itself there; with `--package`, at its installer too.

mod agent;
mod display;
mod guide;
mod install;
mod person;
mod wine;

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result, ensure};

use crate::{
    package::{self, windows::Signer},
    packages, step,
};

/// What is done.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Only this: `lints`, `tests`, `agent`, `person` or `package`.
    #[arg(long, value_name = "PART")]
    only: Option<String>,
    /// Also make the installer of this build; install, upgrade, repair and remove it.
    #[arg(long)]
    package: bool,
}

/// The crates that an agent is made of.
const CRATES: [&str; 10] = [
    "--package",
    "chop-protocol",
    "--package",
    "chop-token",
    "--package",
    "chop-service",
    "--package",
    "chop-certs",
    "--package",
    "chop-agent",
];

/// The tests' modules, by their files and what they are built with (`windows.c`).
const MODULES: [(&str, &[&str]); 6] = [
    ("needed.dll", &["-DNEEDED"]),
    ("fail.dll", &["-DFAIL"]),
    ("print.dll", &["-DPRINT"]),
    ("crash.dll", &["-DCRASH"]),
    ("probe.dll", &["-DPROBE"]),
    ("needs.dll", &["-DNEEDS", "-L.", "-lneeded"]),
];

const COMPILER: &str = "x86_64-w64-mingw32-gcc-win32";

pub(crate) fn run(options: &Options) -> Result<()> {
    packages::for_windows()?;
    let setup = "packaging/windows/toolchain.sh";
    step::run("toolchain", &mut step::command(setup, &["--wine"]))?;
    let wrapper = step::output(setup, &["--where"]).unwrap_or_default();
    let wanted = |part| options.only.as_deref().is_none_or(|only| only == part);
    if wanted("lints") {
        let mut lints = cargo(&wrapper, &["clippy"], &CRATES);
        lints.args(["--all-targets", "--features", "chop-agent/launcher"]);
        step::run("lints", lints.args(["--", "--deny", "warnings"]))?;
    }
    if wanted("tests") {
        tests(&wrapper)?;
    }
    let packaged = options.package || options.only.as_deref() == Some("package");
    if !wanted("agent") && !wanted("person") && !packaged {
        return Ok(());
    }
    let cache = Path::new(&wrapper).ancestors().nth(2);
    let cache = cache.context("the toolchain does not say where it is")?;
    let epoch = package::epoch();
    let built = package::windows::build(true, &epoch)?;
    let relay = relay(cache)?;
    if wanted("agent") {
        eprintln!("\n==> the agent under Wine");
        agent::check(cache, &built.join("chop.exe"), &relay)?;
    }
    if wanted("person") {
        eprintln!("\n==> an installation for one person under Wine");
        person::check(cache, &built, &relay)?;
    }
    if packaged {
        packages::for_windows_package()?;
        let signer = Signer::of_nobody(&target().join("signer"))?;
        let old = package::windows::pack(&built, "0.0.9", &epoch, None)?;
        let new = package::windows::pack(&built, "0.1.0", &epoch, Some(&signer))?;
        signer.verify(&new.msi)?;
        ensure!(signer.verify(&old.msi).is_err(), "a signature of nobody");
        eprintln!("\n==> the installer under Wine");
        let (old, new) = ((&old, "0.0.9"), (&new, "0.1.0"));
        install::check(cache, &relay, old, new)?;
        eprintln!("\n==> line by line under Wine, as docs/deployment.md says");
        guide::follow(cache, old, new)?;
    }
    Ok(())
}

fn target() -> PathBuf {
    step::root().join("target/windows")
}

fn cargo(wrapper: &str, arguments: &[&str], crates: &[&str]) -> std::process::Command {
    let mut command = step::command(wrapper, arguments);
    command.args(crates);
    // Another compiler: its own folder, or the two would build everything anew in turns.
    command.env("CARGO_TARGET_DIR", target());
    command
}

fn tests(wrapper: &str) -> Result<()> {
    let modules = modules()?;
    let modules = format!("Z:{}", modules.display());
    for (title, crates, left_out) in [
        // Tests whose helpers (openssl) are not there under Wine are left out by name.
        (
            "tests of cards under Wine",
            &["--package", "chop-token"][..],
            &["certificate::tests", "listing::tests", "pkcs12::tests"][..],
        ),
        (
            "tests of settings, stores and the registry under Wine",
            &[
                "--package",
                "chop-certs",
                "--package",
                "chop-agent",
                "--lib",
            ],
            &["prompt::", "text::tests", "template::tests"],
        ),
    ] {
        let mut tests = cargo(wrapper, &["test"], crates);
        tests.env("CHOP_WINDOWS_MODULES", &modules);
        tests.args(["--", "--test-threads=2"]);
        for name in left_out {
            tests.args(["--skip", name]);
        }
        step::run(title, &mut tests)?;
    }
    Ok(())
}

/// A program of Windows that hands bytes on: see its source.
fn relay(cache: &Path) -> Result<PathBuf> {
    let relay = target().join("relay.exe");
    let rustc = cache.join("libexec/rustc");
    let mut compile = step::command(&rustc.to_string_lossy(), &["--edition=2024", "-o"]);
    compile.arg(&relay).arg("--target=x86_64-pc-windows-gnu");
    compile.arg(format!("-Clinker={COMPILER}"));
    step::run("relay", compile.arg("packaging/windows/relay.rs"))?;
    Ok(relay)
}

fn modules() -> Result<PathBuf> {
    let folder = step::root().join("target/windows/modules");
    fs::create_dir_all(&folder)?;
    let source = step::root().join("agent/token/tests/api/windows.c");
    for (name, options) in MODULES {
        let mut compile = step::command(COMPILER, &["-shared", "-w", "-O1", "-o", name]);
        compile.arg(&source).args(options).current_dir(&folder);
        step::run(name, &mut compile)?;
    }
    // What a 32-bit library is, is in its header: that is all that is looked at.
    let mut library = fs::read(folder.join("fail.dll"))?;
    let header = library.get(60..64).and_then(|at| at.try_into().ok());
    let machine = header.map_or(0, u32::from_le_bytes) as usize + 4;
    if let Some(machine) = library.get_mut(machine..machine + 2) {
        machine.copy_from_slice(&0x014c_u16.to_le_bytes());
    }
    fs::write(folder.join("i386.dll"), library)?;
    Ok(folder)
}
