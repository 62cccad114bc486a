//! `chop`: the agent, its two kinds of child process, and what an administrator asks it.

use std::{
    alloc::System,
    io::Write as _,
    path::{Path, PathBuf},
    process::ExitCode,
    time::SystemTime,
};

use anyhow::{Context as _, Result};
#[cfg(any(target_os = "linux", windows))]
use chop_agent::gate;
use chop_agent::{
    cards,
    command::{Arguments, Command, GrantsAction, SettingsAction, Source},
    desk,
    doctor::{self, Form},
    fleet, grants, install,
    line::Page,
    logging,
    paths::Paths,
    pin, prompt, run,
    settings::{self, Settings},
    simulate,
    text::{self, Language, Message, command},
};
#[cfg(any(target_os = "linux", windows))]
use chop_agent::{
    command::{MachineAction, Told},
    machine, update,
};
use chop_certs::{Lifetime, store};
use chop_service::Grants;
use chop_token::{Fence, Module, WorkerSource, fence, worker};
use clap::Parser as _;
use x509_cert::der::pem::{LineEnding, encode_string};
use zeroizing_alloc::ZeroAlloc;

/// Whatever is freed is wiped: the copies of a PIN that libraries make (a connection's buffer, a
/// parser's) last no longer than their use (C-27).
#[global_allocator]
static ALLOCATOR: ZeroAlloc<System> = ZeroAlloc(System);

fn main() -> ExitCode {
    let result = match Arguments::parse().command {
        Command::Run => agent(),
        Command::Doctor { json: true } => examine(Form::Json),
        Command::Doctor { json: false } => examine(Form::Table),
        Command::Inventory => inventory(),
        Command::SelfTest { link } => show(Page::SelfTest, link),
        Command::Settings {
            action: None,
            page,
            link,
        } => show(page, link),
        Command::Settings {
            action: Some(action),
            ..
        } => change_setting(&action),
        Command::Cards { json, watch } => list_cards(json, watch),
        Command::Grants { action, json } => grants(action, json),
        Command::Pin { unblock } => change_pin(unblock),
        Command::Simulate {
            cards,
            no_card,
            answers,
            out,
        } => with_simulated_cards(simulate::Options {
            cards: if no_card { Vec::new() } else { cards },
            answers,
            out,
        }),
        Command::Certificate { der } => certificate(der),
        #[cfg(any(target_os = "linux", windows))]
        Command::Install => with_paths(install::install),
        #[cfg(any(target_os = "linux", windows))]
        Command::Uninstall { stores: false, .. } => with_paths(install::uninstall),
        #[cfg(any(target_os = "linux", windows))]
        Command::Uninstall { purge, .. } => with_paths(|paths| install::forget(paths, purge)),
        #[cfg(any(target_os = "linux", windows))]
        Command::Machine { action } => look_after_machine(action),
        #[cfg(any(target_os = "linux", windows))]
        Command::Gate {
            socket,
            pair,
            policy,
        } => serve_everybody(socket, pair, policy),
        Command::Prompt => return window(),
        Command::Worker(source) => return work(source),
    };
    result.unwrap_or_else(|error| {
        let (language, message) = complaint(&error);
        let next = message.next();
        let (what, next) = (language.say(&message), language.say(&next));
        logging::say(&format!("chop: {what}\n  → {next}"));
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
    } else if let Some(error) = error.downcast_ref::<settings::SetError>() {
        command::set(error)
    } else if error.is::<desk::NoAgent>() {
        text::desk::NO_AGENT
    } else if let Some(error) = error.downcast_ref::<desk::NoBrowser>() {
        text::desk::no_browser(&error.address)
    } else if let Some(NoGrant { caller }) = error.downcast_ref() {
        text::grants::unknown(caller)
    } else if let Some(error) = error.downcast_ref::<simulate::Error>() {
        command::simulate(error)
    } else if error.is::<NoHome>() {
        command::NO_HOME
    } else {
        command::other(doctor::harmless(&format!("{error:#}")))
    };
    (language, message)
}

/// This person has no home folder, so Chop has no place to be.
#[derive(Debug, thiserror::Error)]
#[error("this person has no home folder")]
struct NoHome;

/// Nobody of that name has been let in or kept out.
#[derive(Debug, thiserror::Error)]
#[error("there is no grant for {caller}")]
struct NoGrant {
    caller: String,
}

fn agent() -> Result<ExitCode> {
    // PINs pass through on their way from the window to the card.
    fence::hide_memory();
    let paths = paths()?;
    let settings = Settings::load(&paths)?;
    match settings.log_file.value {
        true => logging::start_in(&paths.memory.join(logging::FILE), settings.log.value),
        false => logging::start(settings.log.value),
    }
    let order = run::until_ended(&settings, &paths, program()?, |port| {
        // A line that whoever started us can wait for; nobody reading it is no fault.
        let _ = writeln!(std::io::stdout(), "https://localhost:{port}");
    })?;
    match order {
        Some(run::Order::Restart) => start_anew(),
        // We are being removed: what this person's stores were given goes first.
        Some(run::Order::Quit) => install::forget(&paths, false).map(|()| ExitCode::SUCCESS),
        _ => Ok(ExitCode::SUCCESS),
    }
}

/// Becomes the program that is installed now, under the name by which this one was started. Does
/// not return unless that fails.
#[cfg(unix)]
fn start_anew() -> Result<ExitCode> {
    use std::os::unix::process::CommandExt as _;
    let called = std::env::args_os().next().map(PathBuf::from);
    let path = called.filter(|path| path.is_absolute());
    let path = path.or_else(|| std::env::current_exe().ok());
    let path = path.context("the program's own path is not known")?;
    let error = std::process::Command::new(&path).arg("run").exec();
    Err(error).with_context(|| format!("{} cannot be started", path.display()))
}

/// Starts the program that is installed now, and lets it take over.
#[cfg(windows)]
fn start_anew() -> Result<ExitCode> {
    let path = match machine::program().or_else(install::program) {
        Some(path) => path,
        None => std::env::current_exe().context("the program's own path is not known")?,
    };
    let started = std::process::Command::new(&path).arg("run").spawn();
    started.with_context(|| format!("{} cannot be started", path.display()))?;
    Ok(ExitCode::SUCCESS)
}

fn with_simulated_cards(options: simulate::Options) -> Result<ExitCode> {
    let paths = paths()?;
    simulate::refuse_if_managed(&paths)?;
    let settings = Settings::load(&paths)?;
    logging::start(settings.log.value);
    simulate::until_ended(&settings, &paths, program()?, options)?;
    Ok(ExitCode::SUCCESS)
}

#[cfg(any(target_os = "linux", windows))]
fn with_paths(act: impl FnOnce(&Paths) -> Result<()>) -> Result<ExitCode> {
    act(&paths()?).map(|()| ExitCode::SUCCESS)
}

#[cfg(any(target_os = "linux", windows))]
fn look_after_machine(action: MachineAction) -> Result<ExitCode> {
    match action {
        MachineAction::SetUp { policy } => machine::set_up(&policy.unwrap_or_else(policy_file))?,
        MachineAction::Clear => machine::clear()?,
        #[cfg(target_os = "linux")]
        MachineAction::ForgetPeople { purge } => machine::forget_people(purge)?,
        #[cfg(windows)]
        MachineAction::Leave => machine::leave()?,
        MachineAction::Update {
            from,
            keys,
            package,
        } => print_update(&from, &keys, package)?,
        MachineAction::Tell {
            what: Told::Restart,
        } => machine::tell(run::Order::Restart)?,
        MachineAction::Tell { what: Told::Quit } => machine::tell(run::Order::Quit)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Prints where the package lies that may be installed, and nothing where none is newer.
#[cfg(any(target_os = "linux", windows))]
fn print_update(from: &Path, keys: &[String], package: Option<update::Kind>) -> Result<()> {
    anyhow::ensure!(
        paths()?.has_gate(),
        "Chop 尚未為所有使用者安裝 · Chop is not installed for everybody on this computer"
    );
    let newest = update::newest(&update::Question {
        from,
        keys,
        kind: package.unwrap_or_else(update::Kind::of_this_system),
        installed: env!("CARGO_PKG_VERSION"),
        now: SystemTime::now().into(),
        to: &machine::updates(),
    })?;
    match newest {
        Some(package) => writeln!(std::io::stdout(), "{}", package.display())?,
        None => eprintln!("chop: 已是最新版本 · nothing newer is there"),
    }
    Ok(())
}

#[cfg(any(target_os = "linux", windows))]
fn serve_everybody(
    socket: Option<PathBuf>,
    pair: Option<PathBuf>,
    policy: Option<PathBuf>,
) -> Result<ExitCode> {
    logging::start(settings::LogLevel::Warn);
    let options = gate::Options {
        socket: socket.unwrap_or_else(|| chop_agent::paths::GATE.into()),
        pair: pair.unwrap_or_else(machine::gate_pair),
        policy: policy.unwrap_or_else(policy_file),
        // systemd names it, for who has a unit of ours.
        memory: std::env::var_os("STATE_DIRECTORY").map(PathBuf::from),
    };
    #[cfg(windows)]
    if gate::as_service(&options)? {
        return Ok(ExitCode::SUCCESS);
    }
    gate::until_ended(&options, None::<std::future::Ready<()>>, || {
        let _ = writeln!(std::io::stdout(), "{}", options.socket.display());
    })?;
    Ok(ExitCode::SUCCESS)
}

/// The machine's policy, for who may have no home.
#[cfg(any(target_os = "linux", windows))]
fn policy_file() -> PathBuf {
    chop_agent::paths::POLICY.into()
}

fn examine(form: Form) -> Result<ExitCode> {
    let paths = paths()?;
    let settings = Settings::load(&paths);
    Ok(doctor::run(&paths, settings, form))
}

fn inventory() -> Result<ExitCode> {
    let paths = paths()?;
    fleet::run(&Settings::load(&paths)?, &paths).context("modules cannot be asked")?;
    Ok(ExitCode::SUCCESS)
}

/// Opens a page of the running agent; without one the self-test still has a page.
fn show(page: Page, link: bool) -> Result<ExitCode> {
    let paths = paths()?;
    match desk::link(&paths, page) {
        Ok(address) if link => {
            writeln!(std::io::stdout(), "{address}")?;
            Ok(ExitCode::SUCCESS)
        }
        Ok(address) => {
            desk::open(&address)?;
            Ok(ExitCode::SUCCESS)
        }
        Err(desk::NoAgent) if !link && page == Page::SelfTest => examine(Form::Page),
        Err(error) => Err(error.into()),
    }
}

fn change_setting(action: &SettingsAction) -> Result<ExitCode> {
    let paths = paths()?;
    match action {
        SettingsAction::Set { key, value } => settings::set(&paths, key, value)?,
        SettingsAction::Unset { key } => settings::unset(&paths, key)?,
    }
    desk::reload(&paths);
    Ok(ExitCode::SUCCESS)
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
    let paths = paths()?;
    let grants = Grants::load(&paths.memory);
    let text = match action {
        None if json => grants::json(&grants, SystemTime::now()),
        None => grants::text(&grants, SystemTime::now()),
        Some(GrantsAction::Forget { caller }) => {
            let forgotten = grants.forget(&caller);
            desk::taken_back(&paths);
            return match forgotten {
                true => Ok(ExitCode::SUCCESS),
                false => Err(NoGrant { caller }.into()),
            };
        }
        Some(GrantsAction::ForgetAll) => {
            grants.forget_all();
            desk::taken_back(&paths);
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
    let paths = paths()?;
    #[cfg(any(target_os = "linux", windows))]
    if paths.has_gate() {
        return print_authority(&machine::authority(&paths)?, der);
    }
    let pair = store::load_or_create(&paths.localhost, SystemTime::now(), Lifetime::PerPerson)?;
    print_authority(pair.authority(), der)
}

fn print_authority(authority: &[u8], der: bool) -> Result<ExitCode> {
    let mut output = std::io::stdout().lock();
    if der {
        output.write_all(authority)?;
    } else {
        let pem = encode_string("CERTIFICATE", LineEnding::LF, authority);
        output.write_all(pem.context("the certificate is too large")?.as_bytes())?;
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
    let fence = Fence::new().reaches_abstract_names().hands_over_pictures();
    // `host:0` is an X server behind the network, as `ssh -X` has it.
    let fence = match display.split_once(':') {
        Some(("" | "unix", _)) | None => fence,
        Some(_) => fence.reaches_the_network(),
    };
    // `chop doctor` says what is missing.
    let _ = fence.close();
    prompt::run()
}

/// What children are started from: this very program, also when another version has taken its name
/// meanwhile.
fn program() -> Result<PathBuf> {
    if cfg!(target_os = "linux") {
        return Ok("/proc/self/exe".into());
    }
    std::env::current_exe().context("the program's own path is not known")
}

fn paths() -> Result<Paths> {
    Ok(Paths::of_this_person().ok_or(NoHome)?)
}
