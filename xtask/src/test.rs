//! `cargo xtask test`: everything that must be green before a change lands.

use anyhow::Result;

use crate::{packages, place::Place, step};

/// Which tests.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Only the tests of whole crates and the end-to-end tests whose names contain this.
    #[arg(long, value_name = "NAME")]
    only: Option<String>,
}

pub(crate) fn run(options: &Options) -> Result<()> {
    packages::for_test()?;
    if let Some(name) = &options.only {
        let which = ["--workspace", "--test", "api"];
        build()?;
        check_filter(&which, name)?;
        return tests(&which, &[name]);
    }
    step::run("format", &mut step::cargo(&["fmt", "--all", "--check"]))?;
    bridge()?;
    let lints = [
        "clippy",
        "--workspace",
        "--all-targets",
        "--",
        "--deny",
        "warnings",
    ];
    step::run("lints", &mut step::cargo(&lints))?;
    build()?;
    tests(&["--workspace"], &[])?;
    let docs = ["doc", "--workspace", "--no-deps", "--quiet"];
    step::run(
        "docs",
        step::cargo(&docs).env("RUSTDOCFLAGS", "--deny warnings"),
    )?;
    licences()
}

/// Everything once, with one set of features, so that nothing is built twice afterwards.
fn build() -> Result<()> {
    step::run(
        "build",
        &mut step::cargo(&["build", "--workspace", "--all-targets"]),
    )
}

/// Runs tests, all of them though some fail: a run is long, and each failure is wanted at once.
/// Browsers and cards share two cores: two scenes at a time are the quickest.
fn tests(which: &[&str], filter: &[&str]) -> Result<()> {
    let place = Place::new()?;
    let mut tests = step::cargo(&["test", "--no-fail-fast"]);
    tests.args(which).arg("--").args(filter);
    place.runs(tests.arg("--test-threads=2"));
    step::run("tests", &mut tests)
}

/// Ends with an error where no test has such a name.
fn check_filter(which: &[&str], filter: &str) -> Result<()> {
    let mut list = step::cargo(&["test", "--quiet"]);
    list.args(which).args(["--", filter, "--list"]);
    let listed = list.output()?;
    let names = String::from_utf8_lossy(&listed.stdout);
    if listed.status.success() && names.lines().any(|line| line.ends_with(": test")) {
        return Ok(());
    }
    anyhow::bail!("no test has {filter:?} in its name")
}

/// The bridge: types, tests, and that the committed build is what the sources give.
fn bridge() -> Result<()> {
    for script in ["check", "test"] {
        let mut npm = step::command("npm", &["run", "--silent", script]);
        step::run(
            &format!("bridge: {script}"),
            npm.current_dir(step::root().join("bridge-js")),
        )?;
    }
    Ok(())
}

fn licences() -> Result<()> {
    let deny = packages::cargo_deny()?;
    let program = deny.to_string_lossy();
    let checks = ["check", "bans", "licenses", "sources"];
    step::run(
        "licences and sources",
        &mut step::command(&program, &checks),
    )?;
    let advisories = step::command(&program, &["check", "advisories"]).output()?;
    if advisories.status.success() {
        eprintln!("    advisories: none");
    } else if String::from_utf8_lossy(&advisories.stderr).contains("failed to fetch advisory") {
        eprintln!("    advisories: NOT CHECKED, their database cannot be reached from here");
    } else {
        eprint!("{}", String::from_utf8_lossy(&advisories.stderr));
        anyhow::bail!("an advisory names one of our dependencies");
    }
    Ok(())
}
