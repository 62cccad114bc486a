//! Settings: built-in < machine policy < the person's own, unless the policy locks a value.
//!
//! Spec: docs/architecture.md, "Settings" (D8).

mod modules;

use std::{
    fs, io,
    path::{Path, PathBuf},
    time::Duration,
};

use chop_token::Module;
use serde::Deserialize;

use crate::paths::Paths;

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
    /// PKCS #11 modules, by absolute path; the installed ones where nobody names any.
    pub modules: Setting<Vec<Module>>,
    /// Modules, and folders with modules, that may be loaded; `None` for any.
    pub allowed_modules: Setting<Option<Vec<PathBuf>>>,
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
    /// How much is logged to standard error.
    pub log: Setting<LogLevel>,
}

/// How much is logged.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "snake_case")]
pub enum LogLevel {
    /// Nothing.
    Off,
    /// What failed.
    Error,
    /// And what looks wrong: what a page was told that the log says more about.
    #[default]
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
    modules: Option<Vec<modules::Entry>>,
    allowed_modules: Option<Vec<PathBuf>>,
    pkcs12: Option<Vec<PathBuf>>,
    issuers: Option<Vec<String>>,
    development: Option<bool>,
    window_seconds: Option<u64>,
    tray: Option<bool>,
    log: Option<LogLevel>,
    /// In the policy file alone: keys that the person's own file cannot change.
    #[serde(default)]
    locked: Vec<String>,
}

/// What a policy can lock: every key of a [`File`] that is a setting.
const KEYS: [&str; 9] = [
    "ports",
    "modules",
    "allowed_modules",
    "pkcs12",
    "issuers",
    "development",
    "window_seconds",
    "tray",
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
                policy.modules.map(modules::named),
                person.modules.map(modules::named),
            ),
            allowed_modules: pick(
                "allowed_modules",
                &locked,
                None,
                policy.allowed_modules.map(Some),
                person.allowed_modules.map(Some),
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
        let modules = self.modules.value.iter();
        if modules.clone().any(|module| !module.path.is_absolute()) {
            return value("modules", "a list of absolute paths");
        }
        let mut writable = modules.flat_map(|module| &module.writable);
        if writable.any(|path| !path.is_absolute()) {
            return value("writable", "a list of absolute paths");
        }
        let mut allowed = self.allowed_modules.value.iter().flatten();
        if allowed.any(|path| !path.is_absolute()) {
            return value("allowed_modules", "a list of absolute paths");
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
            value: LogLevel::Warn,
            source: Source::Locked,
        };
        assert_eq!(settings.log, log);
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
            "modules = [{ path = '/a.so', writable = ['b'] }]",
            "allowed_modules = ['lib']",
        ] {
            assert!(matches!(load("", odd), Err(Error::Value { .. })), "{odd}");
        }
    }

    #[test]
    fn a_module_is_a_path_or_a_table_with_more() {
        let text =
            "modules = ['/a.so', { path = '/b.so', parameters = \"x='y'\", writable = ['/w'] }]";
        let settings = load("", text).unwrap();
        let expected = [
            Module::from(PathBuf::from("/a.so")),
            Module {
                path: "/b.so".into(),
                parameters: Some("x='y'".to_owned()),
                writable: vec!["/w".into()],
            },
        ];
        assert_eq!(settings.modules.value, expected);
        assert!(load("", "modules = [{ path = '/b.so', other = 1 }]").is_err());
    }

    #[test]
    fn a_policy_can_say_which_modules_are_loaded_whatever_the_person_wants() {
        let policy = "allowed_modules = ['/usr/lib']\nlocked = ['allowed_modules']";
        let settings = load(
            policy,
            "allowed_modules = ['/home']\nmodules = ['/home/a.so']",
        )
        .unwrap();
        let allowed = Setting {
            value: Some(vec!["/usr/lib".into()]),
            source: Source::Locked,
        };
        assert_eq!(settings.allowed_modules, allowed);
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
