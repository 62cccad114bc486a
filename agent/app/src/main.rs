//! `chop`: the agent, its two kinds of child process, and what an administrator asks it.

use std::{io::Write as _, path::PathBuf, process::ExitCode, time::SystemTime};

use anyhow::{Context as _, Result};
use chop_agent::{
    cards,
    doctor::{self, Form},
    grants, logging,
    paths::Paths,
    pin, prompt, run,
    settings::{self, Settings},
    text::{Language, Message, command},
};
use chop_certs::{Lifetime, store};
use chop_service::Grants;
use chop_token::{Fence, Module, WorkerSource, fence, worker};
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
    /// 列出讀卡機、卡片、憑證與模組 · List readers, cards, certificates and modules.
    Cards {
        /// For programs: JSON instead of text.
        #[arg(long)]
        json: bool,
        /// Again after each change.
        #[arg(long)]
        watch: bool,
    },
    /// 列出並收回給網站的許可 · List what sites written for HiCOS may do, and take it back.
    Grants {
        #[command(subcommand)]
        action: Option<GrantsAction>,
        /// For programs: JSON instead of text.
        #[arg(long)]
        json: bool,
    },
    /// 更改卡片的 PIN 碼，或用 PUK 解鎖 · Change a card's PIN, or unblock it with the PUK.
    ///
    /// 在視窗中輸入，不在指令列。 It is entered in a window, never on the command line.
    Pin {
        /// 先顯示 PUK · Show the PUK first.
        #[arg(long)]
        unblock: bool,
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

#[derive(Subcommand)]
enum GrantsAction {
    /// 收回 · Take back what one has, or lift a block.
    Forget {
        /// The origin or the file, as it is listed.
        caller: String,
    },
    /// 全部收回 · Take back everything.
    ForgetAll,
}

#[derive(Args)]
struct Source {
    #[arg(long, required_unless_present = "pkcs12")]
    module: Option<PathBuf>,
    #[arg(long, requires = "module")]
    parameters: Option<String>,
    #[arg(long, requires = "module")]
    writable: Vec<PathBuf>,
    #[arg(long, conflicts_with = "module")]
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
        Command::Cards { json, watch } => list_cards(json, watch),
        Command::Grants { action, json } => grants(action, json),
        Command::Pin { unblock } => change_pin(unblock),
        Command::Certificate { der } => certificate(der),
        Command::Prompt => return window(),
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
    } else if let Some(error) = error.downcast_ref::<pin::Error>() {
        command::pin(error)
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
    // PINs pass through on their way from the window to the card.
    fence::hide_memory();
    let paths = paths()?;
    let settings = Settings::load(&paths)?;
    logging::start(settings.log.value);
    run::until_ended(&settings, &paths, program()?, |port| {
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

fn list_cards(json: bool, follow: bool) -> Result<ExitCode> {
    let form = if json {
        cards::Form::Json
    } else {
        cards::Form::Text
    };
    let settings = Settings::load(&paths()?)?;
    logging::start(settings.log.value);
    let program = program()?;
    cards::run(&settings, program, form, follow).context("cards cannot be listed")?;
    Ok(ExitCode::SUCCESS)
}

fn grants(action: Option<GrantsAction>, json: bool) -> Result<ExitCode> {
    let grants = Grants::load(&paths()?.memory);
    let text = match action {
        None if json => grants::json(&grants, SystemTime::now()),
        None => grants::text(&grants, SystemTime::now()),
        Some(GrantsAction::Forget { caller }) => {
            if !grants.forget(&caller) {
                anyhow::bail!("{}", chop_agent::text::grants::unknown(&caller).line());
            }
            return Ok(ExitCode::SUCCESS);
        }
        Some(GrantsAction::ForgetAll) => {
            grants.forget_all();
            return Ok(ExitCode::SUCCESS);
        }
    };
    std::io::stdout().write_all(text.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

fn change_pin(unblock: bool) -> Result<ExitCode> {
    let paths = paths()?;
    let settings = Settings::load(&paths)?;
    let program = program()?;
    let way = match unblock {
        true => pin::Way::Unblock,
        false => pin::Way::Change,
    };
    Ok(match pin::run(&settings, &paths, program, way)? {
        pin::Outcome::Changed => ExitCode::SUCCESS,
        pin::Outcome::Unchanged => ExitCode::FAILURE,
    })
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
    let module = source.module.map(|path| Module {
        path,
        parameters: source.parameters,
        writable: source.writable,
    });
    let file = source.pkcs12.map(WorkerSource::Pkcs12);
    match module.map(WorkerSource::Module).or(file) {
        Some(source) => worker::run(source),
        // clap asks for exactly one of them.
        None => ExitCode::FAILURE,
    }
}

/// A window reads a request from the agent, and fonts and pictures from the system; it needs the
/// display and nothing else.
fn window() -> ExitCode {
    let display = std::env::var("DISPLAY").unwrap_or_default();
    let fence = Fence::new().reaches_abstract_names();
    // `host:0` is an X server behind the network, as `ssh -X` has it.
    let fence = match display.split_once(':') {
        Some(("" | "unix", _)) | None => fence,
        Some(_) => fence.reaches_the_network(),
    };
    // `chop doctor` says what is missing.
    let _ = fence.close();
    prompt::run()
}

fn program() -> Result<PathBuf> {
    std::env::current_exe().context("the program's own path is not known")
}

fn paths() -> Result<Paths> {
    Ok(Paths::of_this_person().ok_or(NoHome)?)
}
