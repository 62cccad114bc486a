//! Each setting, its value and who set it.

use std::{error::Error as _, fmt::Display};

use super::{Area, Line};
use crate::{
    settings::{self, Setting, Settings},
    text::doctor::agent as text,
};

pub(super) fn lines(settings: Result<&Settings, &settings::Error>) -> Vec<Line> {
    match settings {
        Ok(settings) => in_use(settings),
        Err(error) => vec![Line::problem(
            Area::Settings,
            text::settings_wrong(&reason(error)),
        )],
    }
}

fn in_use(settings: &Settings) -> Vec<Line> {
    let line =
        |key, value: String, source| Line::ok(Area::Settings, text::setting(key, &value, source));
    let mut development = shown("development", &settings.development);
    if settings.development.value {
        development = Line::note(Area::Settings, development.what, Some(text::DEVELOPMENT));
    }
    let (modules, pkcs12) = (&settings.modules, &settings.pkcs12);
    let paths = |paths: &[std::path::PathBuf]| list(paths.iter().map(|path| path.display()));
    let seconds = settings.window_time.value.as_secs().to_string();
    let theme = format!("{:?}", settings.theme.value).to_lowercase();
    let log = format!("{:?}", settings.log.value).to_lowercase();
    vec![
        line("ports", list(&settings.ports.value), settings.ports.source),
        line("modules", paths(&modules.value), modules.source),
        line("pkcs12", paths(&pkcs12.value), pkcs12.source),
        development,
        line("window_seconds", seconds, settings.window_time.source),
        shown("tray", &settings.tray),
        line(
            "language",
            settings.language.value.to_string(),
            settings.language.source,
        ),
        line("theme", theme, settings.theme.source),
        line("log", log, settings.log.source),
    ]
}

fn shown(key: &str, setting: &Setting<bool>) -> Line {
    Line::ok(
        Area::Settings,
        text::setting(key, &setting.value.to_string(), setting.source),
    )
}

fn list<T: Display>(values: impl IntoIterator<Item = T>) -> String {
    let values: Vec<_> = values.into_iter().map(|value| value.to_string()).collect();
    format!("[{}]", values.join(", "))
}

/// The error and what it comes from, on one line.
fn reason(error: &settings::Error) -> String {
    let mut reason = error.to_string();
    let mut cause = error.source();
    while let Some(source) = cause {
        reason = format!("{reason}: {source}");
        cause = source.source();
    }
    reason.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::{doctor::State, paths::Paths};

    fn of(person: &str) -> Vec<Line> {
        let folder = tempfile::tempdir().unwrap();
        let paths = Paths::below(folder.path());
        fs::create_dir_all(paths.settings.parent().unwrap()).unwrap();
        fs::write(&paths.settings, person).unwrap();
        lines(Settings::load(&paths).as_ref())
    }

    #[test]
    fn each_setting_says_its_value_and_who_set_it() {
        let lines = of("ports = [30000, 30001]");
        let said: Vec<_> = lines.iter().map(|line| line.what.en.as_ref()).collect();
        assert!(
            said.contains(&"ports = [30000, 30001] (your settings)"),
            "{said:?}"
        );
        assert!(said.contains(&"tray = true (built in)"), "{said:?}");
        assert!(lines.iter().all(|line| line.state == State::Ok));
    }

    #[test]
    fn the_development_setting_is_pointed_at() {
        let lines = of("development = true");
        let found = lines
            .iter()
            .find(|line| line.what.en.starts_with("development"))
            .unwrap();
        assert_eq!(found.state, State::Note);
    }

    #[test]
    fn settings_that_are_not_understood_are_one_problem_with_the_reason() {
        let lines = of("prots = [1]");
        assert_eq!(lines.len(), 1);
        assert_eq!(lines[0].state, State::Problem);
        assert!(lines[0].what.en.contains("prots"), "{}", lines[0].what.en);
    }
}
