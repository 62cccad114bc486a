//! `cargo xtask bench`.

use anyhow::Result;

use crate::{packages, step};

/// How the figures are printed.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// One JSON object a line instead of a table: name, value, unit, floor, ratio, target, met.
    #[arg(long)]
    json: bool,
    /// Only the groups of figures whose names contain this: `verifying`.
    #[arg(long, value_name = "TEXT")]
    only: Option<String>,
    /// Only the portal: its figures, then the same load for so many minutes, to see whether its
    /// memory stays as it is.
    #[arg(long, value_name = "MINUTES")]
    portal: Option<usize>,
}

pub(crate) fn run(options: &Options) -> Result<()> {
    packages::for_bench()?;
    // Each program alone, as it is shipped: beside the tests it would be built with their features.
    for (package, bin) in [
        ("chop-agent", "chop"),
        ("portal", "portal"),
        ("chop-verify", "chop-verify"),
        ("e2e", "scripted"),
        ("e2e", "bench"),
    ] {
        let build = ["build", "--release", "--package", package, "--bin", bin];
        step::run(&format!("build {bin}"), &mut step::cargo(&build))?;
    }
    let program = step::built("release", "bench")?;
    let program = program.to_string_lossy();
    let mut words = vec![&*program];
    if !step::is_root() {
        words.insert(0, "sudo");
    }
    if options.json {
        words.push("--json");
    }
    if let Some(text) = &options.only {
        words.extend(["--only", text]);
    }
    let minutes = options.portal.map(|minutes| minutes.to_string());
    if let Some(minutes) = &minutes {
        words.extend(["--portal", minutes]);
    }
    let (program, rest) = words.split_first().unwrap_or((&"false", &[]));
    step::run("bench", &mut step::command(program, rest))
}
