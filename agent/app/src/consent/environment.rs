//! What of the agent's environment a window needs. The rest, such as preloaded libraries, input
//! methods and the secrets that people keep in variables, stays out of the process that sees PINs.

use std::ffi::{OsStr, OsString};

const NAMES: [&str; 19] = [
    "AT_SPI_BUS_ADDRESS",
    "DBUS_SESSION_BUS_ADDRESS",
    "DISPLAY",
    "FONTCONFIG_FILE",
    "FONTCONFIG_PATH",
    "HOME",
    "LANG",
    "NO_AT_BRIDGE",
    "PATH",
    "RUST_BACKTRACE",
    "TMPDIR",
    "TZ",
    "USER",
    "WAYLAND_DISPLAY",
    "XAUTHORITY",
    // Windows
    "APPDATA",
    "LOCALAPPDATA",
    "SystemRoot",
    "USERPROFILE",
];

const PREFIXES: [&str; 5] = ["LC_", "WINIT_", "XCURSOR_", "XDG_", "XKB_"];

/// Chooses what a window needs.
pub(super) fn needed(
    all: impl Iterator<Item = (OsString, OsString)>,
) -> impl Iterator<Item = (OsString, OsString)> {
    all.filter(|(name, _)| is_needed(name))
}

fn is_needed(name: &OsStr) -> bool {
    name.to_str().is_some_and(|name| {
        // Windows has them in whatever case.
        NAMES.contains(&name)
            || cfg!(windows) && NAMES.iter().any(|one| name.eq_ignore_ascii_case(one))
            || PREFIXES.iter().any(|prefix| name.starts_with(prefix))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_gets_its_display_and_nothing_that_could_reach_into_it() {
        let all = [
            "DISPLAY",
            "XDG_RUNTIME_DIR",
            "LC_ALL",
            "LD_PRELOAD",
            "XMODIFIERS",
            "GITHUB_TOKEN",
        ];

        let passed: Vec<_> = needed(all.iter().map(|name| (name.into(), "x".into())))
            .map(|(name, _)| name)
            .collect();

        assert_eq!(passed, ["DISPLAY", "XDG_RUNTIME_DIR", "LC_ALL"]);
    }
}
