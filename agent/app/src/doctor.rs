//! `chop doctor`: looks at everything a sign-in needs, and says what to do about what is wrong.
//!
//! Nothing is changed. Each check is a function of its own that gives lines; nothing here decides
//! what other parts do.

mod agent;
mod anchor;
mod browsers;
mod cards;
mod certificate;
mod display;
mod fence;
mod hipki;
mod impersonal;
mod page;
mod print;
mod settings_in_use;

use std::{
    io::Write as _,
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
    time::SystemTime,
};

use chop_certs::{LocalhostPair, policies, store, stores};
use chop_token::Inventory;
use directories::BaseDirs;
use rustls_pki_types::CertificateDer;
use serde::{Serialize, Serializer, ser::SerializeStruct as _};

pub(crate) use cards::take;
pub use print::harmless;

use anchor::Anchor;
use impersonal::Personal;

use crate::{
    paths::Paths,
    settings::{self, Settings},
    text::Words,
};

/// How the report is given.
#[derive(Clone, Copy, Debug)]
pub enum Form {
    /// A table on standard output.
    Table,
    /// JSON on standard output.
    Json,
    /// A page in the person's browser, for when no agent runs that could show one.
    Page,
}

/// What was found, in the order in which it is shown.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Report {
    /// One fact each.
    pub lines: Vec<Line>,
}

/// One fact.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Line {
    /// What it is about.
    pub area: Area,
    /// Whether it is as it should be.
    pub state: State,
    /// The fact. Names of readers and reasons of modules are in it as they came.
    pub what: Words,
    /// What to do about it.
    pub remedy: Option<Words>,
    /// A command for a shell that does it, where the remedy ends with one.
    pub command: Option<String>,
}

/// What a line is about.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "each is named in text/doctor.rs")]
pub enum Area {
    Settings,
    Agent,
    Certificate,
    Trust,
    Policies,
    Modules,
    Readers,
    Cards,
    Isolation,
    Display,
}

/// Whether something is as it should be.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// As it should be.
    Ok,
    /// Worth knowing; sign-in works all the same.
    Note,
    /// Sign-in does not work, or not safely.
    Problem,
}

/// Checks, reports, and gives the exit code: success when there is no problem.
#[must_use]
pub fn run(paths: &Paths, settings: Result<Settings, settings::Error>, form: Form) -> ExitCode {
    let findings = examine(paths, settings, None);
    let report = findings.impersonal();
    let code = if report.problems() == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    };
    let text = match form {
        Form::Table => print::table(&report),
        Form::Json => print::json(&report),
        Form::Page => return page::show(&findings.report, paths),
    };
    // Whoever reads us may have seen enough; that is no fault of ours.
    let _ = std::io::stdout().write_all(text.as_bytes());
    code
}

/// What was found, for the person's own eyes, and what of it others need not know.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    /// With names.
    pub(crate) report: Report,
    personal: Personal,
}

impl Findings {
    #[cfg(test)]
    pub(crate) fn of(report: Report) -> Self {
        Self {
            report,
            personal: Personal::default(),
        }
    }

    /// The report that can be handed on.
    pub(crate) fn impersonal(&self) -> Report {
        self.personal.taken_out_of(&self.report)
    }

    /// The same as a text, with what this program is above it.
    pub(crate) fn to_hand_on(&self) -> String {
        let (system, machine) = (std::env::consts::OS, std::env::consts::ARCH);
        let version = env!("CARGO_PKG_VERSION");
        let table = print::table(&self.impersonal());
        format!("Chop {version} · {system} {machine}\n\n{table}")
    }
}

/// Looks at everything. `known`: what is plugged in, where somebody looks after the cards already.
/// It waits for files, sockets and child processes.
pub(crate) fn examine(
    paths: &Paths,
    settings: Result<Settings, settings::Error>,
    known: Option<Arc<Inventory>>,
) -> Findings {
    let now = SystemTime::now();
    let in_use = settings_in_use::lines(settings.as_ref());
    // What stops the agent stands first; what is as set stands last.
    let (mut lines, last) = match settings {
        Ok(_) => (Vec::new(), in_use),
        Err(_) => (in_use, Vec::new()),
    };
    // With settings that are not understood the defaults are looked at: half an answer is better
    // than none.
    let settings = settings.unwrap_or_default();

    let (pair, place) = served(paths, now);
    let machine = anchor::of_the_machine(paths);
    let anchor: Option<&dyn Anchor> = if paths.has_gate() {
        lines.extend(anchor::lines(paths, machine.as_ref(), now));
        machine.as_ref().map(|it| it as &dyn Anchor)
    } else {
        lines.extend(certificate::lines(&pair, &place, now));
        pair.as_ref().ok().map(|it| it as &dyn Anchor)
    };
    lines.extend(agent::lines(&settings.ports.value, anchor));
    lines.extend(hipki::lines(&settings.hipki_ports.value));

    let policies = policies::look(Path::new("/etc"));
    let stores = BaseDirs::new()
        .zip(anchor)
        .map(|(folders, anchor)| (anchor, stores::look(folders.home_dir(), anchor.authority())));
    lines.extend(browsers::trust(stores, &policies));
    if let Some(folders) = BaseDirs::new() {
        lines.extend(browsers::flatpaks(&stores::flatpaks(folders.home_dir())));
    }
    lines.extend(browsers::policies(&policies));

    let inventory = match known {
        Some(known) => Ok(known),
        None => take(&settings),
    };
    lines.extend(cards::lines(inventory.as_deref(), &settings, now));
    lines.extend(fence::lines(&chop_token::fence::gaps()));
    lines.extend(display::lines(|name| std::env::var_os(name)));
    lines.extend(last);
    let inventory = inventory.unwrap_or_default();
    Findings {
        report: Report { lines },
        personal: Personal::of(&inventory, &settings),
    }
}

/// The authority of the machine's pair, DER; `None` where each person has one.
pub(crate) fn authority_of_the_machine(paths: &Paths) -> Option<CertificateDer<'static>> {
    let machine = paths.has_gate().then(|| anchor::of_the_machine(paths))??;
    Some(machine.authority().clone())
}

/// The pair that the agent serves where there is no gate, and its file.
fn served(paths: &Paths, now: SystemTime) -> (Result<LocalhostPair, chop_certs::Error>, PathBuf) {
    let pair = store::load(&paths.localhost, now);
    (pair, store::place(&paths.localhost))
}

impl Report {
    /// How many problems there are.
    #[must_use]
    pub fn problems(&self) -> usize {
        self.lines
            .iter()
            .filter(|line| line.state == State::Problem)
            .count()
    }
}

impl Line {
    fn ok(area: Area, what: Words) -> Self {
        Self {
            area,
            state: State::Ok,
            what,
            remedy: None,
            command: None,
        }
    }

    fn note(area: Area, what: Words, remedy: Option<Words>) -> Self {
        Self {
            area,
            state: State::Note,
            what,
            remedy,
            command: None,
        }
    }

    pub(crate) fn problem(area: Area, (what, remedy): (Words, Words)) -> Self {
        Self {
            area,
            state: State::Problem,
            what,
            remedy: Some(remedy),
            command: None,
        }
    }
}

/// For programs: `{area, state, zh, en, remedy_zh, remedy_en, command}`; the last
/// three may be null.
impl Serialize for Line {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut line = serializer.serialize_struct("Line", 7)?;
        line.serialize_field("area", &self.area)?;
        line.serialize_field("state", &self.state)?;
        line.serialize_field("zh", &self.what.zh)?;
        line.serialize_field("en", &self.what.en)?;
        line.serialize_field("remedy_zh", &self.remedy.as_ref().map(|words| &words.zh))?;
        line.serialize_field("remedy_en", &self.remedy.as_ref().map(|words| &words.en))?;
        line.serialize_field("command", &self.command)?;
        line.end()
    }
}
