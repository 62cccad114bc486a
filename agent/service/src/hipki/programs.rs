//! Programs by their files: those that run other people's pages, whose requests without an origin are
//! nobody's, and those that run anybody's script, to whom nothing is granted for good.

use std::path::Path;

/// Their files' names, without what follows a dot or a hyphen.
const BROWSERS: [&str; 35] = [
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
    "webkitnetworkprocess",
    "webkitwebprocess",
    "whale",
    "yandex_browser",
    "zen",
];

/// Interpreters and tools, without the digits of a version at their ends.
const OF_MANY: [&str; 26] = [
    "bash",
    "bun",
    "busybox",
    "cscript",
    "curl",
    "dash",
    "deno",
    "dotnet",
    "electron",
    "java",
    "javaw",
    "mono",
    "node",
    "nodejs",
    "osascript",
    "perl",
    "php",
    "powershell",
    "pwsh",
    "python",
    "pythonw",
    "ruby",
    "sh",
    "wget",
    "wscript",
    "zsh",
];

/// Whether the file is a browser that we know.
pub(super) fn is_browser(file: &Path) -> bool {
    BROWSERS.contains(&&*stem(file))
}

/// Whether what it does is somebody else's script.
pub(super) fn runs_others_work(file: &Path) -> bool {
    let stem = stem(file);
    OF_MANY.contains(&stem.trim_end_matches(|c: char| c.is_ascii_digit()))
}

fn stem(file: &Path) -> String {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let name = name.to_ascii_lowercase();
    let stem = name.split(['.', '-', ' ']).next();
    stem.unwrap_or_default().to_owned()
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
            assert!(is_browser(Path::new(file)), "{file}");
        }
        for file in ["/usr/bin/curl", "/home/a/card-tool", "", "/"] {
            assert!(!is_browser(Path::new(file)), "{file}");
        }
    }

    #[test]
    fn what_runs_anybodys_script_is_known_in_every_version() {
        for file in [
            "/usr/bin/python3.11",
            "C:/Python312/pythonw.exe",
            "/usr/bin/node",
            "/usr/bin/curl",
            "powershell.exe",
            "/usr/lib/jvm/java-17-openjdk-amd64/bin/java",
        ] {
            assert!(runs_others_work(Path::new(file)), "{file}");
        }
        for file in [
            "/opt/tax/tax-filing",
            "/usr/bin/javascript-free",
            "",
            "/usr/bin/2",
        ] {
            assert!(!runs_others_work(Path::new(file)), "{file}");
        }
    }
}
