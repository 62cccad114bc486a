#![doc = include_str!("../README.md")]

mod bench;
mod demo;
mod fuzz;
mod gallery;
mod modules;
mod package;
mod packages;
mod place;
mod soak;
mod step;
mod test;
mod windows;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Builds, tests and shows Chop. Each job installs what it needs and says so.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    job: Job,
}

#[derive(Subcommand)]
enum Job {
    /// Sign in to the reference site with a software card, in a real browser and the real window.
    Demo(demo::Options),
    /// Check everything: format, lints, unit, browser and card tests, TypeScript, licences, docs.
    Test(test::Options),
    /// Draw every window in every state anew, into docs/gallery. Look at what has changed.
    Gallery,
    /// Measure, in release mode, each figure against a floor of the same run.
    Bench(bench::Options),
    /// Look for inputs that make a parser panic or hang: every fuzz target, ten minutes each.
    Fuzz(fuzz::Options),
    /// Try every PKCS #11 module with every mishap (wrong PIN, pulled card, 6F00 …); three minutes.
    Modules(modules::Options),
    /// Sign in a thousand times while cards, modules and pcscd come and go; ten minutes.
    Soak(soak::Options),
    /// Make the packages; with --check, install, use and remove them.
    Package(package::Options),
    /// Build the agent for Windows, run its tests under Wine, and look at it there.
    Windows(windows::Options),
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let result = match arguments.job {
        Job::Demo(options) => demo::run(&options),
        Job::Test(options) => test::run(&options),
        Job::Gallery => gallery::run(),
        Job::Bench(options) => bench::run(&options),
        Job::Fuzz(options) => fuzz::run(&options),
        Job::Modules(options) => modules::run(&options),
        Job::Soak(options) => soak::run(&options),
        Job::Package(options) => package::run(&options),
        Job::Windows(options) => windows::run(&options),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nxtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}
