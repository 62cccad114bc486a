//! `cargo xtask demo`.

use anyhow::Result;

use crate::{packages, step};

/// What the demo can do.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Do it without a person: headless browser, PIN typed into the real window, pictures saved
    /// below target/demo, exit code 0 when signed in.
    #[arg(long)]
    check: bool,
}

pub(crate) fn run(options: &Options) -> Result<()> {
    packages::for_demo()?;
    let build = [
        "build",
        "--package",
        "chop-agent",
        "--package",
        "e2e",
        "--bin",
        "chop",
        "--bin",
        "demo",
    ];
    step::run("build", &mut step::cargo(&build))?;
    let program = step::built("debug", "demo")?;
    let mut demo = step::command(&program.to_string_lossy(), &[]);
    if options.check {
        demo.arg("--check");
    }
    step::run("demo", &mut demo)
}
