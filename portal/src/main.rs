//! The portal's program: serve the site, and look after it.

mod cli;

use std::{path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};
use portal::Settings;

/// Chop's reference site: companies and citizens sign in with their card.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// A TOML file with settings; flags go before it.
    #[arg(long, global = true, value_name = "FILE")]
    settings: Option<PathBuf>,
    /// sqlite:FILE or postgres://…
    #[arg(long, global = true, value_name = "URL")]
    database: Option<String>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the site until Ctrl-C or SIGTERM.
    Serve(cli::serve::Serve),
    /// Read the settings and look whether everything in them can be used.
    Check,
    /// Accounts.
    #[command(subcommand)]
    Account(cli::account::Account),
    /// Letters.
    #[command(subcommand)]
    Mail(cli::mail::Mail),
    /// Applications for tax-exemption letters, and their signatures.
    #[command(subcommand)]
    Exemption(cli::exemption::Exemption),
    /// The record of what happened.
    #[command(subcommand)]
    Audit(cli::audit::Audit),
    /// Write a copy of the SQLite database to a new file, while the site goes on.
    Backup {
        /// The new file.
        file: PathBuf,
    },
}

#[tokio::main]
async fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .init();
    match run(Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("portal: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> anyhow::Result<()> {
    let mut settings = match &arguments.settings {
        Some(file) => Settings::read(file)?,
        None => Settings::default(),
    };
    if let Some(database) = arguments.database {
        settings.database = database;
        settings.database_file = None;
    }
    if !matches!(arguments.command, Command::Check) {
        settings.database = settings.database_address()?;
        settings.database_file = None;
        cli::database::known(&settings.database)?;
    }
    if !matches!(arguments.command, Command::Serve(_) | Command::Check) {
        cli::database::must_be_there(&settings.database)?;
    }
    match arguments.command {
        Command::Serve(flags) => cli::serve::run(flags.over(settings)).await,
        Command::Check => cli::check(settings).await,
        Command::Account(command) => cli::account::run(settings, command).await,
        Command::Mail(command) => cli::mail::run(settings, command).await,
        Command::Exemption(command) => cli::exemption::run(settings, command).await,
        Command::Audit(command) => cli::audit::run(settings, command).await,
        Command::Backup { file } => cli::back_up(settings, &file).await,
    }
}
