//! The pages, put together. Whatever comes from elsewhere is escaped by the templates; control characters
//! that hide in it are made visible before.

use askama::Template;
use chop_service::{Asked, Grant};
use chop_token::Inventory;
use time::UtcOffset;

use super::{
    files::Files,
    frame::Frame,
    views::{self, Areas, Choice, Request, SettingRow, Site},
};
use crate::{
    doctor::Findings,
    line::Page,
    paths::Paths,
    settings::Settings,
    text::{desk as text, doctor as words},
};

#[derive(Template)]
#[template(path = "desk/self-test.html")]
struct SelfTest {
    frame: Frame,
    problems: usize,
    summary: String,
    areas: Areas,
    report: String,
}

#[derive(Template)]
#[template(path = "desk/requests.html")]
struct Requests {
    frame: Frame,
    requests: Vec<Request>,
}

#[derive(Template)]
#[template(path = "desk/sites.html")]
struct Sites {
    frame: Frame,
    sites: Vec<Site>,
    /// How many of them the person has decided about.
    own: usize,
}

#[derive(Template)]
#[template(path = "desk/settings.html")]
struct SettingsPage {
    frame: Frame,
    choices: Vec<Choice>,
    files: Files,
    settings: Vec<SettingRow>,
    wrong: Option<String>,
    file: String,
}

#[derive(Template)]
#[template(path = "desk/about.html")]
struct About {
    frame: Frame,
    paragraphs: Vec<String>,
}

pub(super) fn self_test(frame: Frame, findings: &Findings) -> String {
    let problems = findings.report.problems();
    let summary = words::summary(problems);
    whole(&SelfTest {
        problems,
        summary: summary.in_language(frame.language).to_owned(),
        areas: views::areas(&findings.report, frame.language),
        report: findings.to_hand_on(),
        frame,
    })
}

pub(super) fn requests(frame: Frame, requests: &[Asked], offset: UtcOffset) -> String {
    let newest_first = requests.iter().rev();
    let requests = newest_first.map(|it| views::request(it, offset, frame.language));
    whole(&Requests {
        requests: requests.collect(),
        frame,
    })
}

pub(super) fn sites(frame: Frame, grants: &[Grant], settings: &Settings) -> String {
    let sites = views::sites(grants, settings, frame.language);
    whole(&Sites {
        sites,
        own: grants.len(),
        frame,
    })
}

pub(super) fn settings(frame: Frame, paths: &Paths, inventory: &Inventory) -> String {
    let loaded = Settings::load(paths);
    let wrong = loaded.as_ref().err();
    let wrong = wrong.map(|error| frame.say(crate::text::command::settings(error)));
    let settings = loaded.unwrap_or_default();
    whole(&SettingsPage {
        choices: views::choices(&settings, frame.language),
        files: Files::look(&settings, inventory, frame.language),
        settings: views::settings(&settings, frame.language),
        wrong,
        file: paths.settings.display().to_string(),
        frame,
    })
}

pub(super) fn about(frame: Frame) -> String {
    let paragraphs = words::about();
    let paragraphs = paragraphs
        .iter()
        .map(|it| it.in_language(frame.language).to_owned());
    whole(&About {
        paragraphs: paragraphs.collect(),
        frame,
    })
}

/// Writing into a text fails only where memory does.
fn whole(page: &impl Template) -> String {
    page.render().unwrap_or_default()
}
