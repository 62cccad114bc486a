//! `cargo xtask bench`.

use anyhow::Result;

use crate::{packages, step};

/// How the figures are printed.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// One JSON object a line instead of a table: name, value, unit, floor, ratio, target, met.
    #[arg(long)]
    json: bool,
    /// Only the groups of figures whose names contain this, such as `HiCOS`.
    #[arg(long, value_name = "NAME")]
    only: Option<String>,
}

pub(crate) fn run(options: &Options) -> Result<()> {
    packages::for_bench()?;
    // The program alone, as it is shipped: beside the tests it would be built with their features.
    for (package, bin) in [("chop-agent", "chop"), ("e2e", "bench")] {
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
    if let Some(only) = &options.only {
        words.extend(["--only", only]);
    }
    let (program, rest) = words.split_first().unwrap_or((&"false", &[]));
    step::run("bench", &mut step::command(program, rest))
}
