//! `cargo xtask bench`: each figure beside a floor or peer of the same run.
//!
//! The machines are noisy, so figures are medians of interleaved measurements, and a target is
//! held against its floor where that can run here.

mod bare;
mod cards;
mod clock;
mod connection;
mod desktop;
mod figure;
mod floor;
mod hipki;
mod idle;
mod portal;
mod scripted_agent;
mod sign_in;
mod ssh_agent;
mod start;
mod verify;

use std::{
    os::unix::process::CommandExt as _,
    path::{Path, PathBuf},
    process::{Command, ExitCode},
    time::SystemTime,
};

use anyhow::Result;
use clap::Parser;
use e2e::{
    pki::{Holder, KeyKind, Pki, Request},
    softhsm::SoftHsm,
};
use figure::{Figure, print_table};

/// Measures Chop.
#[derive(Parser)]
struct Arguments {
    /// One JSON object a line instead of a table.
    #[arg(long)]
    json: bool,
    /// Only the groups of figures whose names contain this.
    #[arg(long, value_name = "TEXT")]
    only: Option<String>,
    /// Only the portal: its figures, then the same load for so many minutes.
    #[arg(long, value_name = "MINUTES")]
    portal: Option<usize>,
    /// Where the tokens are, and SoftHSM's module: set by the first half of the program for the
    /// second.
    #[arg(long, hide = true, num_args = 2)]
    fixture: Option<Vec<PathBuf>>,
    /// A process that knows one list, of which the memory is taken.
    #[arg(long, hide = true)]
    list: Option<PathBuf>,
    /// Only wait for readers, to be measured beside the agent.
    #[arg(long, hide = true)]
    bystander: bool,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    if let Some(folder) = &arguments.list {
        return ended(verify::know_list(folder));
    }
    let result = match (arguments.fixture.as_deref(), arguments.portal) {
        _ if arguments.bystander => cards::stand_by(),
        (_, Some(minutes)) => portal::soak(minutes).and_then(|all| print(&all, arguments.json)),
        (Some([folder, module]), _) => measure(&Fixture { folder, module }, &arguments),
        _ => prepare(&arguments),
    };
    ended(result)
}

fn ended(result: Result<()>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Makes tokens, then becomes the program that measures: SoftHSM reads its configuration's place
/// from the environment, which a running process had better not change.
fn prepare(arguments: &Arguments) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let tokens = SoftHsm::new(folder.path())?;
    let pki = Pki::new(SystemTime::now())?;
    let company = Holder::company();
    let credential = pki.credential(&Request::of(&company), KeyKind::Rsa(2048))?;
    tokens.add_token("GPKI-TEST", &[("cert1", &credential)])?;
    let mut command = Command::new(std::env::current_exe()?);
    command
        .env("SOFTHSM2_CONF", tokens.configuration())
        .arg("--fixture");
    command.arg(folder.path()).arg(tokens.module());
    if arguments.json {
        command.arg("--json");
    }
    if let Some(text) = &arguments.only {
        command.arg("--only").arg(text);
    }
    // Not `exec`: the folder goes when this half ends.
    let status = command.process_group(0).status()?;
    anyhow::ensure!(status.success(), "measuring ended with {status}");
    Ok(())
}

/// Measures what belongs together.
type Group = fn(&Fixture<'_>) -> Result<Vec<Figure>>;

/// What every group of figures can use.
pub(crate) struct Fixture<'a> {
    /// For files.
    pub(crate) folder: &'a Path,
    /// SoftHSM's module, with the one token of this run.
    pub(crate) module: &'a Path,
}

fn measure(fixture: &Fixture<'_>, arguments: &Arguments) -> Result<()> {
    let (mut figures, mut failed) = (Vec::new(), Vec::new());
    let groups: [(&str, Group); 10] = [
        ("signing in", sign_in::measure),
        ("HiCOS pages", hipki::measure),
        ("connections", connection::measure),
        ("start", start::measure),
        ("idle", idle::measure),
        ("cards", cards::measure),
        ("window", desktop::measure),
        ("binary", binary),
        ("verifying", verify::measure),
        ("portal", |_| portal::measure()),
    ];
    let only = arguments.only.as_deref().unwrap_or_default();
    for (name, group) in groups.iter().filter(|(name, _)| name.contains(only)) {
        eprintln!("measuring: {name}");
        match group(fixture) {
            Ok(measured) => figures.extend(measured),
            // What is measured already shall not be lost.
            Err(error) => failed.push(error.context(*name)),
        }
    }
    print(&figures, arguments.json)?;
    match failed.into_iter().next() {
        Some(error) => Err(error),
        None => Ok(()),
    }
}

fn print(figures: &[Figure], json: bool) -> Result<()> {
    if json {
        for figure in figures {
            println!("{}", serde_json::to_string(figure)?);
        }
    } else {
        print_table(figures);
    }
    Ok(())
}

fn binary(_: &Fixture<'_>) -> Result<Vec<Figure>> {
    #[allow(clippy::cast_precision_loss)]
    let size = e2e::agent::chop().metadata()?.len() as f64 / 1e6;
    Ok(vec![
        Figure::new("stripped binary", size, "MB").at_most(14.0),
    ])
}
