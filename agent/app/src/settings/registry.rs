//! The registry's keys, which only administrators can write; their values are named as those of the
//! files.
//!
//! `HKEY_LOCAL_MACHINE\Software\Policies\Chop` is what group policies write: each value there is the
//! policy's and locked. `HKEY_LOCAL_MACHINE\Software\Chop\Settings` is what the installer was told:
//! the machine's defaults, which policies and people overrule.

use super::{Described, Error, TABLE, file::Entries, kind::Kind};

/// Where it is, below `HKEY_LOCAL_MACHINE`.
pub(crate) const KEY: &str = r"Software\Policies\Chop";

/// Where the installer's are.
const DEFAULTS: &str = r"Software\Chop\Settings";

/// A value as the registry has it.
#[derive(Clone, Debug, Eq, PartialEq)]
#[cfg_attr(not(windows), allow(dead_code, reason = "there is no registry"))]
pub(super) enum Raw {
    /// `REG_DWORD`.
    Number(u32),
    /// `REG_SZ`.
    Text(String),
    /// A key with one `REG_SZ` for each.
    List(Vec<String>),
    /// Anything else: it is refused by name.
    Other,
}

/// What group policies have set; nothing on systems without a registry.
///
/// # Errors
/// [`Error::Key`] for a value that is no setting.
pub(super) fn entries() -> Result<Entries, Error> {
    of(KEY, read(KEY))
}

/// What the installer was told, locking nothing; nothing on systems without a registry.
///
/// # Errors
/// [`Error::Key`] for a value that is no setting.
pub(super) fn defaults() -> Result<Entries, Error> {
    Ok(of(DEFAULTS, read(DEFAULTS))?.unlocked())
}

fn of(key: &str, values: Vec<(String, Raw)>) -> Result<Entries, Error> {
    let path = format!(r"HKEY_LOCAL_MACHINE\{key}");
    let values = values.into_iter().map(|(key, raw)| {
        let Some(setting) = TABLE.iter().find(|it| it.key == key) else {
            let path = path.clone().into();
            return Err(Error::Key { path, key });
        };
        Ok((key, value(setting, raw)))
    });
    Ok(Entries::of_policy(&path, values.collect::<Result<_, _>>()?))
}

/// As a file would have it. What does not fit its kind stays what it is, and is refused where every
/// value is looked at.
fn value(setting: &Described, raw: Raw) -> toml::Value {
    let number = |text: &String| match text.parse() {
        Ok(number) => toml::Value::Integer(number),
        Err(_) => toml::Value::String(text.clone()),
    };
    let raw = match raw {
        // An installer's property is one text: `https://a.example;https://b.example`.
        Raw::List(texts) => {
            let texts = texts.iter().flat_map(|text| text.split(';')).map(str::trim);
            Raw::List(
                texts
                    .filter(|it| !it.is_empty())
                    .map(str::to_owned)
                    .collect(),
            )
        }
        raw => raw,
    };
    match (setting.kind, raw) {
        (Kind::Switch, Raw::Number(number @ (0 | 1))) => toml::Value::Boolean(number == 1),
        (_, Raw::Number(number)) => toml::Value::Integer(number.into()),
        (_, Raw::Text(text)) => toml::Value::String(text),
        (Kind::Numbers, Raw::List(texts)) => toml::Value::Array(texts.iter().map(number).collect()),
        (_, Raw::List(texts)) => {
            toml::Value::Array(texts.into_iter().map(toml::Value::String).collect())
        }
        (_, Raw::Other) => toml::Value::Table(toml::Table::new()),
    }
}

#[cfg(not(windows))]
fn read(_key: &str) -> Vec<(String, Raw)> {
    Vec::new()
}

#[cfg(windows)]
fn read(key: &str) -> Vec<(String, Raw)> {
    use windows_registry::{LOCAL_MACHINE, Type};

    let Ok(key) = LOCAL_MACHINE.open(key) else {
        return Vec::new();
    };
    let values = key.values().into_iter().flatten().map(|(name, value)| {
        let raw = match value.ty() {
            Type::U32 => u32::try_from(value).map_or(Raw::Other, Raw::Number),
            Type::String => String::try_from(value).map_or(Raw::Other, Raw::Text),
            _ => Raw::Other,
        };
        (name, raw)
    });
    let lists = key.keys().into_iter().flatten().map(|name| {
        let mut texts: Vec<_> = key
            .open(&name)
            .and_then(|list| list.values().map(Iterator::collect))
            .unwrap_or_default();
        // In the order of their names, which are numbers.
        texts.sort_by_key(|(name, _): &(String, _)| (name.len(), name.clone()));
        let texts = texts
            .into_iter()
            .filter_map(|(_, text)| String::try_from(text).ok());
        (name, Raw::List(texts.collect()))
    });
    values.chain(lists).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::{Settings, Source};

    fn settings(values: &[(&str, Raw)], person: Entries) -> Result<Settings, Error> {
        let values = values
            .iter()
            .map(|(key, raw)| ((*key).to_owned(), raw.clone()));
        Settings::merge(of(KEY, values.collect())?, person)
    }

    #[test]
    fn what_a_group_policy_sets_holds_and_is_locked() {
        let list = |texts: &[&str]| Raw::List(texts.iter().map(|it| (*it).to_owned()).collect());
        let settings = settings(
            &[
                ("tray", Raw::Number(0)),
                ("window_seconds", Raw::Number(30)),
                ("hipki.pin", Raw::Text("ask".into())),
                ("ports", list(&["30000", "30001"])),
                ("sites", list(&["https://a.example; https://b.example", ""])),
                ("hipki.ports", list(&[""])),
            ],
            Entries::default(),
        )
        .unwrap();
        assert!(!settings.tray.value && settings.tray.source == Source::Locked);
        assert_eq!(settings.window_time.value.as_secs(), 30);
        assert_eq!(settings.ports.value, [30_000, 30_001]);
        assert_eq!(settings.sites.value.len(), 2);
        assert!(settings.hipki_ports.value.is_empty());
        assert_eq!(settings.log.source, Source::BuiltIn);
    }

    #[test]
    fn what_the_installer_was_told_is_a_default_that_policies_overrule() {
        let values = |texts: &[(&str, &str)]| {
            let texts = texts.iter();
            let raw =
                |(key, text): &(&str, &str)| ((*key).to_owned(), Raw::Text((*text).to_owned()));
            texts.map(raw).collect::<Vec<_>>()
        };
        let told = of(
            DEFAULTS,
            values(&[("language", "en"), ("theme", "dark"), ("log", "info")]),
        );
        let policy = of(KEY, values(&[("theme", "light")]));
        let policy = told.unwrap().unlocked().below(policy.unwrap());
        let person = of(KEY, values(&[("log", "debug"), ("theme", "dark")]));
        let settings = Settings::merge(policy, person.unwrap().unlocked()).unwrap();
        assert_eq!(settings.language.source, Source::Policy);
        assert_eq!(settings.theme.source, Source::Locked);
        assert_eq!(settings.theme.value, crate::settings::Theme::Light);
        assert_eq!(settings.log.source, Source::Person);
    }

    #[test]
    fn what_does_not_fit_is_refused_by_name() {
        for (key, raw) in [
            ("tray", Raw::Number(2)),
            ("tray", Raw::Text("yes".into())),
            ("ports", Raw::List(vec!["http".into()])),
            ("log", Raw::Other),
            ("trai", Raw::Number(1)),
        ] {
            let error = settings(&[(key, raw)], Entries::default()).unwrap_err();
            assert!(error.to_string().contains(key), "{error}");
            assert!(error.to_string().contains("Policies"), "{error}");
        }
    }
}
