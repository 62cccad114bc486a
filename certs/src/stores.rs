//! Where browsers keep what they trust, and whether an authority is among it. Only looked at.

#[cfg_attr(target_os = "linux", path = "stores/linux.rs")]
#[cfg_attr(windows, path = "stores/windows.rs")]
#[cfg_attr(not(any(target_os = "linux", windows)), path = "stores/other.rs")]
mod platform;

use std::path::{Path, PathBuf};

pub use platform::{chromium_database, databases, look};

/// A place where one browser, or a family of them, keeps what it trusts.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct TrustStore {
    /// Who reads it.
    pub browser: Browser,
    /// The folder of its database.
    pub folder: PathBuf,
    /// What it says of the authority.
    pub trust: Trust,
}

/// A browser, as far as stores and policies are concerned.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Browser {
    /// Chromium, and in trust stores all that are built from it: Chrome, Edge, Brave, Opera.
    Chromium,
    /// Google Chrome, where it has a place of its own.
    Chrome,
    /// Microsoft Edge, where it has a place of its own.
    Edge,
    /// Brave, where it has a place of its own.
    Brave,
    /// Firefox; one store for each profile.
    Firefox,
}

/// What a store says of an authority.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Trust {
    /// Trusted for naming servers.
    Trusted,
    /// The store is there and does not trust it.
    Untrusted,
    /// There is no store; it is made when the authority is added.
    NoStore,
    /// The store could not be read.
    Unknown {
        /// Why, in English.
        reason: String,
    },
    /// We do not know how to look on this system yet.
    NotLookedAt,
}

/// Browsers as Flatpaks, by their names there.
const FLATPAKS: [(&str, &str); 8] = [
    ("com.brave.Browser", "Brave"),
    ("com.google.Chrome", "Google Chrome"),
    ("com.microsoft.Edge", "Microsoft Edge"),
    ("com.opera.Opera", "Opera"),
    ("com.vivaldi.Vivaldi", "Vivaldi"),
    (
        "io.github.ungoogled_software.ungoogled_chromium",
        "ungoogled-chromium",
    ),
    ("org.chromium.Chromium", "Chromium"),
    ("org.mozilla.firefox", "Firefox"),
];

/// The browsers that this person has used as Flatpaks. Each lives in a box of its own: none sees
/// the policies in `/etc`, and each has stores of its own, which are looked after.
#[must_use]
pub fn flatpaks(home: &Path) -> Vec<&'static str> {
    let used = |(id, _): &&(&str, &str)| home.join(".var/app").join(id).is_dir();
    FLATPAKS
        .iter()
        .filter(used)
        .map(|(_, name)| *name)
        .collect()
}

impl Browser {
    /// All of them.
    pub(crate) const ALL: [Self; 5] = [
        Self::Chromium,
        Self::Chrome,
        Self::Edge,
        Self::Brave,
        Self::Firefox,
    ];

    /// Its name, as people know it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Chromium => "Chromium",
            Self::Chrome => "Chrome",
            Self::Edge => "Edge",
            Self::Brave => "Brave",
            Self::Firefox => "Firefox",
        }
    }
}
