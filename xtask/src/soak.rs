//! `cargo xtask soak`.

use anyhow::Result;

use crate::{packages, step};

/// How much, and which.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// How many sign-ins.
    #[arg(long, default_value_t = 1000)]
    rounds: u32,
    /// Which mishaps happen when; the same number gives the same ones. Without it a new one, which
    /// is printed.
    #[arg(long)]
    seed: Option<u64>,
}

pub(crate) fn run(options: &Options) -> Result<()> {
    packages::for_bench()?;
    for (package, bin) in [("chop-agent", "chop"), ("e2e", "soak")] {
        let build = ["build", "--package", package, "--bin", bin];
        step::run(&format!("build {bin}"), &mut step::cargo(&build))?;
    }
    let mut soak = step::as_root(&step::built("debug", "soak")?);
    soak.arg("--rounds").arg(options.rounds.to_string());
    if let Some(seed) = options.seed {
        soak.arg("--seed").arg(seed.to_string());
    }
    step::run("soak", &mut soak)
}
