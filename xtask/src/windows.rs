//! `cargo xtask windows`: builds what is ready for Windows, and runs its tests under Wine.

use std::{fs, path::PathBuf};

use anyhow::Result;

use crate::{packages, step};

/// The crates that compile for Windows so far.
const CRATES: [&str; 2] = ["--package", "chop-token"];

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

pub(crate) fn run() -> Result<()> {
    packages::for_windows()?;
    let setup = "packaging/windows/toolchain.sh";
    step::run("toolchain", &mut step::command(setup, &["--wine"]))?;
    let modules = modules()?;
    let wrapper = step::output(setup, &["--where"]).unwrap_or_default();
    let cargo = |arguments: &[&str]| {
        let mut command = step::command(&wrapper, arguments);
        command.args(CRATES);
        // Another compiler: its own folder, or the two would build everything anew in turns.
        command.env("CARGO_TARGET_DIR", step::root().join("target/windows"));
        command.env("CHOP_WINDOWS_MODULES", format!("Z:{}", modules.display()));
        command
    };
    let mut lints = cargo(&["clippy", "--all-targets"]);
    step::run("lints", lints.args(["--", "--deny", "warnings"]))?;
    step::run("build", &mut cargo(&["build", "--all-targets"]))?;
    // Tests whose helpers (openssl) are not there under Wine are left out by name.
    let mut tests = cargo(&["test"]);
    tests.args(["--", "--test-threads=2"]);
    for needs_openssl in ["certificate::tests", "pkcs12::tests"] {
        tests.args(["--skip", needs_openssl]);
    }
    step::run("tests under Wine", &mut tests)
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
