//! `chop`: the agent, its two kinds of child process, and what an administrator asks it.

use std::{io::Write as _, path::PathBuf, process::ExitCode, time::SystemTime};

use anyhow::{Context as _, Result};
use chop_agent::{
    doctor::{self, Form},
    logging,
    paths::Paths,
    prompt, run,
    settings::{self, Settings},
    text::{Language, Message, command},
};
use chop_certs::{Lifetime, store};
use chop_token::{WorkerSource, worker};
use clap::{Args, Parser, Subcommand};

/// 憑證簽章代理程式 · an open signing agent for card logins.
#[derive(Parser)]
#[command(name = "chop", version, arg_required_else_help = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// 啟動代理程式 · Run the agent until it is told to end.
    Run,
    /// 檢查每一個環節 · Check everything, and say what to do about what is wrong.
    Doctor {
        /// For programs: JSON instead of a table.
        #[arg(long, conflicts_with = "open")]
        json: bool,
        /// As a page in the browser, at this part of it.
        #[arg(long, value_name = "PART")]
        open: Option<doctor::Part>,
    },
    /// 印出本機憑證的授權單位 · Print the authority that browsers have to trust (PEM).
    Certificate {
        /// DER instead of PEM.
        #[arg(long)]
        der: bool,
    },
    /// A child of the agent: one window.
    #[command(hide = true)]
    Prompt,
    /// A child of the agent: one PKCS #11 module or PKCS #12 file.
    #[command(hide = true)]
    Worker(Source),
}

#[derive(Args)]
#[group(required = true, multiple = false)]
struct Source {
    #[arg(long)]
    module: Option<PathBuf>,
    #[arg(long)]
    pkcs12: Option<PathBuf>,
}

fn main() -> ExitCode {
    let result = match Arguments::parse().command {
        Command::Run => agent(),
        Command::Doctor { json, open } => examine(match open {
            Some(part) => Form::Page(part),
            None if json => Form::Json,
            None => Form::Table,
        }),
        Command::Certificate { der } => certificate(der),
        Command::Prompt => return prompt::run(),
        Command::Worker(source) => return work(source),
    };
    result.unwrap_or_else(|error| {
        let (language, message) = complaint(&error);
        eprintln!("chop: {}", language.say(&message));
        eprintln!("  → {}", language.say(&message.next()));
        ExitCode::FAILURE
    })
}

/// What went wrong, and the language to say it in: the person's, as far as the settings can be read.
fn complaint(error: &anyhow::Error) -> (Language, Message) {
    let language = paths()
        .ok()
        .and_then(|paths| Settings::load(&paths).ok())
        .map_or_else(Language::of_system, |settings| {
            settings.language.value.language()
        });
    let message = if let Some(error) = error.downcast_ref::<run::Error>() {
        command::run(error)
    } else if let Some(error) = error.downcast_ref::<settings::Error>() {
        command::settings(error)
    } else if error.is::<NoHome>() {
        command::NO_HOME
    } else {
        command::other(format!("{error:#}"))
    };
    (language, message)
}

/// This person has no home folder, so Chop has no place to be.
#[derive(Debug, thiserror::Error)]
#[error("this person has no home folder")]
struct NoHome;

fn agent() -> Result<ExitCode> {
    let paths = paths()?;
    let settings = Settings::load(&paths)?;
    logging::start(settings.log.value);
    let program = std::env::current_exe().context("the program's own path is not known")?;
    run::until_ended(&settings, &paths, program, |port| {
        // A line that whoever started us can wait for; nobody reading it is no fault.
        let _ = writeln!(std::io::stdout(), "https://localhost:{port}");
    })?;
    Ok(ExitCode::SUCCESS)
}

fn examine(form: Form) -> Result<ExitCode> {
    let paths = paths()?;
    let settings = Settings::load(&paths);
    Ok(doctor::run(&paths, settings, form))
}

fn certificate(der: bool) -> Result<ExitCode> {
    let pair = store::load_or_create(&paths()?.localhost, SystemTime::now(), Lifetime::PerPerson)?;
    let mut output = std::io::stdout().lock();
    if der {
        output.write_all(pair.authority())?;
    } else {
        output.write_all(pair.authority_pem().as_bytes())?;
    }
    output.flush()?;
    Ok(ExitCode::SUCCESS)
}

fn work(source: Source) -> ExitCode {
    match (source.module, source.pkcs12) {
        (Some(path), _) => worker::run(WorkerSource::Module(path)),
        (None, Some(path)) => worker::run(WorkerSource::Pkcs12(path)),
        // clap asks for exactly one of them.
        (None, None) => ExitCode::FAILURE,
    }
}

fn paths() -> Result<Paths> {
    Ok(Paths::of_this_person().ok_or(NoHome)?)
}
