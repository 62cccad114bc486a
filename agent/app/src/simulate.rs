//! `chop simulate`: the agent for developers of sites, with cards that it makes itself.
//!
//! It listens, guards and speaks as `chop run` does. Behind it are other cards: [`SimulatedCards`],
//! which come from nowhere else. A script may answer instead of windows, and goes with these cards
//! alone (`chop-simulate` has the types that see to it): the settings' modules and PKCS #12 files
//! are not looked at.

use std::{
    io::{self, BufRead as _, IsTerminal as _, Write as _},
    path::PathBuf,
    time::SystemTime,
};

use chop_protocol::Plain;
use chop_service::ServiceSettings;
use chop_simulate::{Answer, Folder, Kind, Script, SimulatedCards, scripted, windowed};
use tokio::sync::{mpsc, watch};
use x509_cert::der::pem::{LineEnding, encode_string};

use crate::{
    consent::WindowConsent,
    instance::Instance,
    paths::Paths,
    run::{
        self, Listening, service_settings,
        signals::{Orders, Signals},
    },
    settings::Settings,
    text::simulate as text,
};

/// What `chop simulate` was told.
#[derive(Clone, Debug)]
pub struct Options {
    /// The cards that are in.
    pub cards: Vec<Kind>,
    /// What answers instead of windows; empty for windows.
    pub answers: Vec<Answer>,
    /// Where the authorities are written.
    pub out: Option<PathBuf>,
}

/// Why there are no simulated cards.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// An administrator looks after this installation.
    #[error("this installation is managed, so there are no simulated cards")]
    Managed,
    /// The agent does not run.
    #[error(transparent)]
    Run(#[from] run::Error),
    /// The cards cannot be made, or their authorities not be written.
    #[error(transparent)]
    Cards(#[from] chop_simulate::Error),
}

/// Refuses where an administrator looks after Chop: where the machine has a policy, or where it is
/// installed for everybody.
///
/// # Errors
/// [`Error::Managed`].
pub fn refuse_if_managed(paths: &Paths) -> Result<(), Error> {
    match paths.has_gate() || Settings::are_managed(paths) {
        true => Err(Error::Managed),
        false => Ok(()),
    }
}

/// Runs until a signal ends it. Says on standard output where it listens, on standard error how to
/// use it.
///
/// # Errors
/// [`Error`], each variant as it says.
pub fn until_ended(
    settings: &Settings,
    paths: &Paths,
    program: PathBuf,
    options: Options,
) -> Result<(), Error> {
    refuse_if_managed(paths)?;
    // Two agents would share browsers and ports; the person's own has to end first.
    let _instance = Instance::claim(&paths.lock).map_err(run::Error::from)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(run::Error::System)?;
    runtime.block_on(async {
        let mut signals = Signals::new().map_err(run::Error::System)?;
        let now = SystemTime::now();
        let cards = SimulatedCards::make(&options.cards, now)?;
        let out = options.out.as_deref();
        let mut folder = out
            .map(|path| Folder::write(path, &cards, now))
            .transpose()?;

        let script = (!options.answers.is_empty()).then(|| Script::of(&options.answers));
        let service = ServiceSettings {
            // Sites are written there.
            plain: Plain::Localhost,
            ..service_settings(settings)
        };
        let language = settings.language.value.language();
        let listening = match &script {
            Some(script) => {
                let service = scripted(script.clone(), cards.clone(), service);
                Listening::start(settings, paths, service).await?
            }
            None => {
                let windows = WindowConsent::new(program, watch::Sender::new(language));
                let windows = windows.theme(settings.theme.value);
                let service = windowed(windows, cards.clone(), service);
                Listening::start(settings, paths, service).await?
            }
        };
        if let Some(folder) = &mut folder {
            let authority = listening.authority();
            let pem = encode_string("CERTIFICATE", LineEnding::LF, authority).unwrap_or_default();
            folder.add("localhost.pem", pem.as_bytes())?;
        }

        // A line that whoever started us can wait for; nobody reading it is no fault.
        let _ = writeln!(io::stdout(), "https://localhost:{}", listening.port());
        let folder_path = folder.as_ref().map(Folder::path);
        for line in text::screen(&options.cards, &options.answers, folder_path) {
            eprintln!("{}", language.say(&line));
        }

        let mut orders = orders();
        let mut renewal = Orders::new();
        loop {
            tokio::select! {
                () = signals.received() => break,
                // An installation takes us for the person's agent: theirs is started instead.
                _ = renewal.received() => break,
                Some(order) = orders.recv() => {
                    let said = obey(&order, &cards, script.as_ref()).unwrap_or_else(|it| it);
                    let _ = writeln!(io::stdout(), "{said}");
                }
            }
        }
        listening.stop().await;
        Ok(())
    })
}

/// The lines of a pipe on standard input; none of a terminal, where other words may be typed.
fn orders() -> mpsc::UnboundedReceiver<String> {
    let (sender, lines) = mpsc::unbounded_channel();
    if !io::stdin().is_terminal() {
        // Not a task: nothing ends a read that waits, and the program must not wait for it.
        std::thread::spawn(move || {
            for line in io::stdin().lock().lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
    }
    lines
}

/// Does what a line says: `card KIND…`, `card` alone for none, `answer ANSWER…`.
fn obey(line: &str, cards: &SimulatedCards, script: Option<&Script>) -> Result<String, String> {
    let mut words = line.split_whitespace();
    match (words.next(), script) {
        (Some("card"), _) => {
            let kinds: Result<Vec<Kind>, _> = words.map(str::parse).collect();
            let kinds = kinds.map_err(|error| format!("error: {error}"))?;
            let done = cards.insert(&kinds);
            done.map_err(|error| format!("error: {error}"))?;
        }
        (Some("answer"), Some(script)) => {
            let answers: Result<Vec<Answer>, _> = words.map(str::parse).collect();
            script.set(&answers.map_err(|error| format!("error: {error}"))?);
        }
        (Some("answer"), None) => {
            return Err("error: a person answers; begin with --answer for a script".to_owned());
        }
        _ => return Err("error: there are `card KIND…` and `answer ANSWER…`".to_owned()),
    }
    Ok(line.trim().to_owned())
}

#[cfg(test)]
mod tests;
