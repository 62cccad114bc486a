//! Settings: built-in < machine policy < the person's own, unless the policy locks a value.
//!
//! Each is one line of the table below; everything else (what is read, what can be locked, what
//! doctor shows) follows from it.
//!
//! Spec: docs/settings.md; docs/architecture.md, "Settings" (D8).

mod edit;
mod file;
mod kind;
mod modules;
pub(crate) mod registry;
mod value;

use std::{
    io,
    path::{Path, PathBuf},
    time::Duration,
};

use chop_protocol::Origin;
use chop_service::{PinFrom, Unknown};
use chop_token::Module;

use crate::{
    paths::Paths,
    text::{Language, Message, wanted},
};
pub use edit::{SetError, set, unset};
use file::Entries;
pub use kind::{Described, Kind};
use value::Value;

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

/// Whether windows are light or dark.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
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
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
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

/// A setting as it is shown.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Shown {
    /// Its key in the files.
    pub key: &'static str,
    /// Its value, as the files have it.
    pub value: String,
    /// Who set it.
    pub source: Source,
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
    /// The file is not TOML.
    #[error("the settings file {} is not right", path.display())]
    Content {
        /// Which.
        path: PathBuf,
        /// Where and why.
        #[source]
        cause: Box<toml::de::Error>,
    },
    /// A key is not one of a setting.
    #[error("the settings file {} has a key that is no setting: {key}", path.display())]
    Key {
        /// Which file.
        path: PathBuf,
        /// Which key.
        key: String,
    },
    /// A value is of another kind, or outside what makes sense.
    #[error("{key} in the settings file {} must be {}", path.display(), Language::ENGLISH.say(wanted))]
    Value {
        /// Which file.
        path: PathBuf,
        /// Which key.
        key: String,
        /// What would be right.
        wanted: Message,
    },
}

macro_rules! settings {
    ($($(#[doc = $doc:literal])* $key:literal $field:ident: $type:ty = $built_in:expr,
       $fits:expr => $wanted:expr;)*) => {
        /// Everything that can be set.
        #[derive(Clone, Debug)]
        pub struct Settings {
            $($(#[doc = $doc])* pub $field: Setting<$type>,)*
        }

        /// The keys: what the files can have and a policy can lock.
        const KEYS: &[&str] = &[$($key),*];

        /// Each setting, described, in the table's order.
        pub const TABLE: &[Described] = &[$(Described {
            key: $key,
            kind: <$type as Value>::KIND,
        },)*];

        impl Settings {
            fn merge(mut policy: Entries, mut person: Entries) -> Result<Self, Error> {
                let locked = policy.locked(KEYS)?;
                let settings = Self {
                    $($field: {
                        let fits: fn(&$type) -> bool = $fits;
                        let key = Key { name: $key, wanted: $wanted };
                        let is_locked = locked.iter().any(|locked| locked == $key);
                        let policy = policy.take::<$type>(&key, fits)?;
                        let person = person.take::<$type>(&key, fits)?;
                        pick(is_locked, || $built_in, policy, person)
                    },)*
                };
                policy.nothing_left()?;
                person.nothing_left()?;
                Ok(settings)
            }

            /// Each setting as it is shown, in the table's order.
            #[must_use]
            pub fn shown(&self) -> Vec<Shown> {
                vec![$(Shown {
                    key: $key,
                    value: self.$field.value.show(),
                    source: self.$field.source,
                },)*]
            }
        }
    };
}

settings! {
    /// Loopback ports, tried in this order.
    "ports" ports: Vec<u16> = chop_protocol::PORTS.into(),
        |ports| !ports.is_empty() && unprivileged(ports) => wanted::SOME_PORTS;
    /// PKCS #11 modules; the installed ones where nobody names any.
    "modules" modules: Vec<Module> = modules::installed(), |modules| {
        let paths = modules.iter().flat_map(|it| it.writable.iter().chain([&it.path]));
        paths.into_iter().all(|path| path.is_absolute())
    } => wanted::MODULES;
    /// Modules, and folders with modules, that may be loaded; `None` for any.
    "allowed_modules" allowed_modules: Option<Vec<PathBuf>> = None,
        |paths| absolute(paths.as_deref().unwrap_or_default()) => wanted::PATHS;
    /// PKCS #12 files, each a software card.
    "pkcs12" pkcs12: Vec<PathBuf> = Vec::new(),
        |paths| absolute(paths) => wanted::PATHS;
    /// Issuers whose certificates may be used, by the names that windows show; empty for all.
    "issuers" issuers: Vec<String> = Vec::new(), |_| true => wanted::NAMES;
    /// Whether pages on `http://localhost` may ask: for developers of login pages.
    "development" development: bool = false, |_| true => wanted::YES_OR_NO;
    /// How long a window waits for the person.
    "window_seconds" window_time: Duration = Duration::from_secs(120),
        |time| (10..=600).contains(&time.as_secs()) => wanted::SECONDS;
    /// Whether to show the tray icon.
    "tray" tray: bool = true, |_| true => wanted::YES_OR_NO;
    /// What windows, menus and commands speak.
    "language" language: Speech = Speech::default(),
        |_| true => wanted::LANGUAGE;
    /// Whether windows are light or dark.
    "theme" theme: Theme = Theme::default(), |_| true => wanted::THEME;
    /// How much is logged.
    "log" log: LogLevel = LogLevel::default(),
        |_| true => wanted::LOG;
    /// Whether the agent's lines go to a file of the person's, instead of the system's log.
    "log_file" log_file: bool = false, |_| true => wanted::YES_OR_NO;
    /// Sites that browsers let through to the agent without a question: the machine's policy alone,
    /// because browsers' policies are made of them when Chop is installed for everybody.
    "sites" sites: Vec<Origin> = Vec::new(), |_| true => wanted::ORIGINS;

    /// Ports of the room for HiCOS pages, all of them; empty to close it.
    "hipki.ports" hipki_ports: Vec<u16> = vec![61161, 16888],
        |ports| unprivileged(ports) => wanted::PORTS;
    /// The version that pages written for HiCOS are told; empty for one that suits the system.
    "hipki.version" hipki_version: String = String::new(),
        |text| text.chars().all(|c| c.is_ascii_digit() || c == '.') => wanted::VERSION;
    /// Who takes the PIN for pages written for HiCOS.
    "hipki.pin" hipki_pin: PinFrom = PinFrom::default(), |_| true => wanted::PIN_FROM;
    /// What such a page sees before it has been let in.
    "hipki.unknown" hipki_unknown: Unknown = Unknown::default(),
        |_| true => wanted::UNKNOWN;
    /// Sites that may see readers, cards and certificates without asking the person.
    "hipki.allow_read" hipki_allow_read: Vec<Origin> = Vec::new(),
        |_| true => wanted::ORIGINS;
    /// Sites that may have things signed without asking the person.
    "hipki.allow_sign" hipki_allow_sign: Vec<Origin> = Vec::new(),
        |_| true => wanted::ORIGINS;
    /// Sites that may have things decrypted without asking the person.
    "hipki.allow_decrypt" hipki_allow_decrypt: Vec<Origin> = Vec::new(),
        |_| true => wanted::ORIGINS;
    /// Sites that are refused without asking the person.
    "hipki.block" hipki_block: Vec<Origin> = Vec::new(), |_| true => wanted::ORIGINS;
    /// Sites that may ask without the popup.
    "hipki.direct" hipki_direct: Vec<Origin> = Vec::new(), |_| true => wanted::ORIGINS;
    /// Sites that may have a hash signed that they made themselves (`RAW`).
    "hipki.raw" hipki_raw: Vec<Origin> = Vec::new(), |_| true => wanted::ORIGINS;
    /// Programs that may do all this without asking the person, by their files.
    "hipki.programs" hipki_programs: Vec<PathBuf> = Vec::new(),
        |paths| absolute(paths) => wanted::PATHS;
    /// Whether signatures over SHA-1 are made for such pages.
    "hipki.sha1" hipki_sha1: bool = true, |_| true => wanted::YES_OR_NO;
}

/// A key, and what its value must be.
struct Key {
    name: &'static str,
    wanted: Message,
}

impl Default for Settings {
    fn default() -> Self {
        let nothing = || Entries::default();
        Self::merge(nothing(), nothing()).expect("what is not there is not wrong")
    }
}

impl Settings {
    /// Reads the machine's policy and the person's own file; either may be absent.
    ///
    /// # Errors
    /// [`Error`], each variant as it says. A file that is not understood stops the agent: half of
    /// a policy would be worse than none.
    pub fn load(paths: &Paths) -> Result<Self, Error> {
        let settings = Self::merge(policy(&paths.policy)?, Entries::read(&paths.settings)?)?;
        settings.check(&paths.settings)?;
        Ok(settings)
    }

    /// Reads the machine's policy alone: for what serves everybody.
    ///
    /// # Errors
    /// As [`Settings::load`].
    pub fn of_the_machine(policy: &Path) -> Result<Self, Error> {
        Self::merge(self::policy(policy)?, Entries::default())
    }

    /// Whether an administrator has laid down a policy for this machine, whatever it says.
    #[must_use]
    pub fn are_managed(paths: &Paths) -> bool {
        let file = std::fs::symlink_metadata(&paths.policy);
        let is_absent = file.is_err_and(|error| {
            let kind = error.kind();
            matches!(kind, io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
        });
        // What cannot be looked at may be there.
        paths.has_gate()
            || !is_absent
            || !registry::entries().is_ok_and(|entries| entries.is_empty())
    }

    /// What can be told only of several values together.
    fn check(&self, persons: &Path) -> Result<(), Error> {
        // Nobody can know who answers at an http origin tomorrow, so a person cannot say yes to one
        // for good; the machine's administrator knows the network.
        for (key, sites) in [
            ("hipki.allow_read", &self.hipki_allow_read),
            ("hipki.allow_sign", &self.hipki_allow_sign),
            ("hipki.allow_decrypt", &self.hipki_allow_decrypt),
        ] {
            if sites.source == Source::Person && sites.value.iter().any(Origin::is_plain) {
                return Err(Error::Value {
                    path: persons.to_path_buf(),
                    key: key.to_owned(),
                    wanted: wanted::HTTPS_ORIGINS,
                });
            }
        }
        if self.sites.source == Source::Person {
            return Err(Error::Value {
                path: persons.to_path_buf(),
                key: "sites".to_owned(),
                wanted: wanted::LEFT_TO_POLICY,
            });
        }
        Ok(())
    }
}

/// The machine's: what the installer was told, the file above it, group policies on top.
fn policy(file: &Path) -> Result<Entries, Error> {
    let told = registry::defaults()?;
    #[cfg(windows)]
    only_of_the_machine(file)?;
    Ok(told.below(Entries::read(file)?).below(registry::entries()?))
}

/// Everybody may make a folder in `C:\ProgramData`: a policy in its place that somebody else has laid
/// down, before there was an installation, is refused.
#[cfg(windows)]
fn only_of_the_machine(file: &Path) -> Result<(), Error> {
    let refused = |cause| Error::Read {
        path: file.to_path_buf(),
        cause,
    };
    let Ok(open) = std::fs::File::open(file) else {
        return Ok(());
    };
    let is_place = file == Path::new(crate::paths::POLICY);
    if is_place && !chop_certs::acl::is_machines(&open).map_err(refused)? {
        let whose = "it belongs neither to the system nor to its administrators";
        return Err(refused(io::Error::other(whose)));
    }
    Ok(())
}

fn unprivileged(ports: &[u16]) -> bool {
    ports.iter().all(|port| *port >= 1024)
}

fn absolute(paths: &[PathBuf]) -> bool {
    paths.iter().all(|path| path.is_absolute())
}

fn pick<T>(
    is_locked: bool,
    built_in: impl FnOnce() -> T,
    policy: Option<T>,
    person: Option<T>,
) -> Setting<T> {
    let (value, source) = match (is_locked, policy, person) {
        (true, Some(value), _) => (value, Source::Locked),
        (true, None, _) => (built_in(), Source::Locked),
        (false, _, Some(value)) => (value, Source::Person),
        (false, Some(value), None) => (value, Source::Policy),
        (false, None, None) => (built_in(), Source::BuiltIn),
    };
    Setting { value, source }
}

#[cfg(test)]
mod tests;
