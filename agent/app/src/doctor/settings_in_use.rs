//! Each setting, its value and who set it.

use super::{Area, Line};
use crate::{
    settings::{self, Settings, Shown},
    text::doctor::agent as text,
};

pub(super) fn lines(settings: Result<&Settings, &settings::Error>) -> Vec<Line> {
    match settings {
        Ok(settings) => in_use(settings),
        Err(error) => vec![Line::problem(Area::Settings, text::settings_wrong(error))],
    }
}

fn in_use(settings: &Settings) -> Vec<Line> {
    let line = |shown: Shown| {
        let what = text::setting(shown.key, &shown.value, shown.source);
        match shown.key == "development" && settings.development.value {
            true => Line::note(Area::Settings, what, Some(text::DEVELOPMENT)),
            false => Line::ok(Area::Settings, what),
        }
    };
    settings.shown().into_iter().map(line).collect()
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
        assert!(
            lines[0].what.zh.contains("不是設定"),
            "{}",
            lines[0].what.zh
        );
    }
}
