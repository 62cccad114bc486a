//! Settings: built-in < machine policy < the person's own, unless the policy locks a value.
//!
//! Spec: docs/architecture.md, "Settings" (D8).

mod modules;

use std::{
    fmt, fs, io,
    path::{Path, PathBuf},
    time::Duration,
};

use serde::{Deserialize, Deserializer};

use crate::{paths::Paths, text::Language};

/// A value and who set it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Setting<T> {
    /// What holds.
    pub value: T,
    /// Who said so.
    pub source: Source,
}

/// Who set a value.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Source {
    /// Nobody: it is the default.
    BuiltIn,
    /// The machine's policy file, as a default.
    Policy,
    /// The machine's policy file; the person cannot change it.
    Locked,
    /// The person's own file.
    Person,
}

/// Everything that can be set.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Loopback ports, tried in this order.
    pub ports: Setting<Vec<u16>>,
    /// PKCS #11 modules, by absolute path.
    pub modules: Setting<Vec<PathBuf>>,
    /// PKCS #12 files, each a software card.
    pub pkcs12: Setting<Vec<PathBuf>>,
    /// Issuers whose certificates may be used, by the names that windows show; empty for all.
    pub issuers: Setting<Vec<String>>,
    /// Whether pages on `http://localhost` may ask: for developers of login pages.
    pub development: Setting<bool>,
    /// How long a window waits for the person.
    pub window_time: Setting<Duration>,
    /// Whether to show the tray icon.
    pub tray: Setting<bool>,
    /// What windows, menus and commands speak.
    pub language: Setting<Speech>,
    /// Whether windows are light or dark.
    pub theme: Setting<Theme>,
    /// How much is logged to standard error.
    pub log: Setting<LogLevel>,
}

/// What is spoken.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Speech {
    /// What the person's system speaks.
    #[default]
    System,
    /// This.
    Always(Language),
}

impl Speech {
    /// The language.
    #[must_use]
    pub fn language(self) -> Language {
        match self {
            Self::System => Language::of_system(),
            Self::Always(language) => language,
        }
    }
}

impl<'de> Deserialize<'de> for Speech {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        match name.as_str() {
            "system" => Ok(Self::System),
            tag => tag.parse().map(Self::Always).map_err(|_| {
                let known: Vec<_> = Language::all().map(Language::tag).collect();
                let known = known.join(", ");
                serde::de::Error::custom(format!("`{tag}` is none of system, {known}"))
            }),
        }
    }
}

impl fmt::Display for Speech {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::System => f.write_str("system"),
            Self::Always(language) => language.fmt(f),
        }
    }
}

/// Whether windows are light or dark.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// As the system says.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

/// How much is logged.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "snake_case")]
pub enum LogLevel {
    /// Nothing.
    Off,
    /// What failed.
    #[default]
    Error,
    /// And what looks wrong.
    Warn,
    /// And what happens.
    Info,
    /// And why.
    Debug,
    /// Everything, but never a PIN.
    Trace,
}

/// Why the settings cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The file exists and cannot be read.
    #[error("the settings file {} cannot be read", path.display())]
    Read {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        cause: io::Error,
    },
    /// The file is not TOML, or has a key or value that is not a setting.
    #[error("the settings file {} is not right", path.display())]
    Content {
        /// Which.
        path: PathBuf,
        /// Where and why.
        #[source]
        cause: Box<toml::de::Error>,
    },
    /// A value is outside what makes sense.
    #[error("{setting} in the settings must be {wanted}")]
    Value {
        /// The key in the file.
        setting: &'static str,
        /// What would be right.
        wanted: &'static str,
    },
}

/// One file, as it is written. Every key may be absent; no other key is taken.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    ports: Option<Vec<u16>>,
    modules: Option<Vec<PathBuf>>,
    pkcs12: Option<Vec<PathBuf>>,
    issuers: Option<Vec<String>>,
    development: Option<bool>,
    window_seconds: Option<u64>,
    tray: Option<bool>,
    language: Option<Speech>,
    theme: Option<Theme>,
    log: Option<LogLevel>,
    /// In the policy file alone: keys that the person's own file cannot change.
    #[serde(default)]
    locked: Vec<String>,
}

/// What a policy can lock: every key of a [`File`] that is a setting.
const KEYS: [&str; 10] = [
    "ports",
    "modules",
    "pkcs12",
    "issuers",
    "development",
    "window_seconds",
    "tray",
    "language",
    "theme",
    "log",
];

impl Default for Settings {
    fn default() -> Self {
        Self::merge(File::default(), File::default())
    }
}

impl Settings {
    /// Reads the machine's policy and the person's own file; either may be absent.
    ///
    /// # Errors
    /// [`Error`], each variant as it says. A file that is not understood stops the agent: half of
    /// a policy would be worse than none.
    pub fn load(paths: &Paths) -> Result<Self, Error> {
        let policy = read(&paths.policy)?;
        // A lock that is misspelt would lock nothing, and nobody would notice.
        if policy.locked.iter().any(|key| !KEYS.contains(&&**key)) {
            return Err(Error::Value {
                setting: "locked",
                wanted: "a list of keys of the settings",
            });
        }
        let settings = Self::merge(policy, read(&paths.settings)?);
        settings.check()?;
        Ok(settings)
    }

    fn merge(policy: File, person: File) -> Self {
        let locked = policy.locked;
        Self {
            ports: pick(
                "ports",
                &locked,
                chop_protocol::PORTS.into(),
                policy.ports,
                person.ports,
            ),
            modules: pick(
                "modules",
                &locked,
                modules::installed(),
                policy.modules,
                person.modules,
            ),
            pkcs12: pick("pkcs12", &locked, Vec::new(), policy.pkcs12, person.pkcs12),
            issuers: pick(
                "issuers",
                &locked,
                Vec::new(),
                policy.issuers,
                person.issuers,
            ),
            development: pick(
                "development",
                &locked,
                false,
                policy.development,
                person.development,
            ),
            window_time: pick(
                "window_seconds",
                &locked,
                Duration::from_secs(120),
                policy.window_seconds.map(Duration::from_secs),
                person.window_seconds.map(Duration::from_secs),
            ),
            tray: pick("tray", &locked, true, policy.tray, person.tray),
            language: pick(
                "language",
                &locked,
                Speech::default(),
                policy.language,
                person.language,
            ),
            theme: pick(
                "theme",
                &locked,
                Theme::default(),
                policy.theme,
                person.theme,
            ),
            log: pick("log", &locked, LogLevel::default(), policy.log, person.log),
        }
    }

    fn check(&self) -> Result<(), Error> {
        let value = |setting, wanted| Err(Error::Value { setting, wanted });
        if self.ports.value.is_empty() || self.ports.value.iter().any(|port| *port < 1024) {
            return value("ports", "one or more ports from 1024 on");
        }
        if !(10..=600).contains(&self.window_time.value.as_secs()) {
            return value("window_seconds", "between 10 and 600");
        }
        if self.modules.value.iter().any(|path| !path.is_absolute()) {
            return value("modules", "a list of absolute paths");
        }
        if self.pkcs12.value.iter().any(|path| !path.is_absolute()) {
            return value("pkcs12", "a list of absolute paths");
        }
        Ok(())
    }
}

fn pick<T>(
    key: &str,
    locked: &[String],
    built_in: T,
    policy: Option<T>,
    person: Option<T>,
) -> Setting<T> {
    let is_locked = locked.iter().any(|name| name == key);
    match (policy, person) {
        (Some(value), _) if is_locked => Setting {
            value,
            source: Source::Locked,
        },
        (None, _) if is_locked => Setting {
            value: built_in,
            source: Source::Locked,
        },
        (_, Some(value)) => Setting {
            value,
            source: Source::Person,
        },
        (Some(value), None) => Setting {
            value,
            source: Source::Policy,
        },
        (None, None) => Setting {
            value: built_in,
            source: Source::BuiltIn,
        },
    }
}

fn read(path: &Path) -> Result<File, Error> {
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => return Ok(File::default()),
        Err(cause) => {
            return Err(Error::Read {
                path: path.to_path_buf(),
                cause,
            });
        }
    };
    toml::from_str(&text).map_err(|cause| Error::Content {
        path: path.to_path_buf(),
        cause: Box::new(cause),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(policy: &str, person: &str) -> Result<Settings, Error> {
        let folder = tempfile::tempdir().unwrap();
        let paths = Paths::below(folder.path());
        for (path, text) in [(&paths.policy, policy), (&paths.settings, person)] {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        Settings::load(&paths)
    }

    #[test]
    fn without_files_the_defaults_hold() {
        let folder = tempfile::tempdir().unwrap();
        let settings = Settings::load(&Paths::below(folder.path())).unwrap();
        assert_eq!(settings.ports.value, chop_protocol::PORTS);
        assert_eq!(settings.ports.source, Source::BuiltIn);
        assert!(!settings.development.value);
    }

    #[test]
    fn the_person_overrides_a_policy_that_is_not_locked() {
        let settings = load("ports = [30000]\ntray = false", "ports = [30001]").unwrap();
        let ports = Setting {
            value: vec![30001],
            source: Source::Person,
        };
        assert_eq!(settings.ports, ports);
        assert_eq!(
            settings.tray,
            Setting {
                value: false,
                source: Source::Policy
            }
        );
    }

    #[test]
    fn a_locked_policy_wins_and_says_so() {
        let policy = "development = false\nlocked = ['development', 'log']";
        let settings = load(policy, "development = true\nlog = 'trace'").unwrap();
        let development = Setting {
            value: false,
            source: Source::Locked,
        };
        assert_eq!(settings.development, development);
        let log = Setting {
            value: LogLevel::Error,
            source: Source::Locked,
        };
        assert_eq!(settings.log, log);
    }

    #[test]
    fn a_language_is_the_systems_or_one_that_there_is() {
        assert_eq!(load("", "").unwrap().language.value, Speech::System);
        let english = load("", "language = 'en'").unwrap().language.value;
        assert_eq!(english, Speech::Always(Language::ENGLISH));
        let Err(Error::Content { cause, .. }) = load("", "language = 'tlh'") else {
            panic!("a language that there is not")
        };
        assert!(cause.to_string().contains("system, zh-TW, en"), "{cause}");
    }

    #[test]
    fn what_is_not_a_setting_is_named() {
        let error = load("", "prots = [1]").unwrap_err();
        let Error::Content { cause, .. } = &error else {
            panic!("{error}")
        };
        assert!(cause.to_string().contains("prots"), "{cause}");
        for odd in [
            "ports = []",
            "ports = [80]",
            "window_seconds = 1",
            "modules = ['a.so']",
        ] {
            assert!(matches!(load("", odd), Err(Error::Value { .. })), "{odd}");
        }
    }

    #[test]
    fn a_lock_on_what_is_not_a_setting_stops_the_agent() {
        let misspelt = "development = false\nlocked = ['developement']";
        let loaded = load(misspelt, "development = true");
        assert!(matches!(
            loaded,
            Err(Error::Value {
                setting: "locked",
                ..
            })
        ));
    }
}
