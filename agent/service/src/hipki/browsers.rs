//! Programs that run other people's pages: what they send without an origin is nobody's.

use std::path::Path;

/// Their files' names, without what follows a dot or a hyphen.
const NAMES: [&str; 34] = [
    "arc",
    "brave",
    "brave_browser",
    "chrome",
    "chromium",
    "chromium_browser",
    "edge",
    "electron",
    "epiphany",
    "falkon",
    "firedragon",
    "firefox",
    "floorp",
    "google",
    "iexplore",
    "konqueror",
    "librewolf",
    "maxthon",
    "microsoft",
    "midori",
    "msedge",
    "msedgewebview2",
    "opera",
    "palemoon",
    "qutebrowser",
    "safari",
    "seamonkey",
    "thunderbird",
    "vivaldi",
    "waterfox",
    "webkitwebprocess",
    "whale",
    "yandex_browser",
    "zen",
];

/// Whether the file is a browser that we know.
pub(super) fn is_one(file: &Path) -> bool {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let name = name.to_ascii_lowercase();
    let stem = name.split(['.', '-', ' ']).next().unwrap_or_default();
    NAMES.contains(&stem)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_are_known_by_their_files_names() {
        for file in [
            "/usr/lib/chromium/chromium",
            "/usr/lib/firefox-esr/firefox-esr",
            "/opt/google/chrome/chrome",
            "/usr/lib/firefox/firefox-bin (deleted)",
            "msedge.exe",
            "IEXPLORE.EXE",
            "/opt/vivaldi/vivaldi-bin",
        ] {
            assert!(is_one(Path::new(file)), "{file}");
        }
        for file in ["/usr/bin/curl", "/home/a/card-tool", "", "/"] {
            assert!(!is_one(Path::new(file)), "{file}");
        }
    }
}
