//! Whether a window could be shown.
//!
//! What is looked at is the environment of this process; an agent that was started elsewhere may
//! have another.

use std::ffi::OsString;

use super::{Area, Line};
use crate::text::doctor::agent as text;

pub(super) fn lines(variable: impl Fn(&str) -> Option<OsString>) -> Vec<Line> {
    // Windows and macOS have a display wherever a person is signed in.
    if !cfg!(target_os = "linux") {
        return Vec::new();
    }
    let set = |name: &&str| variable(name).is_some_and(|value| !value.is_empty());
    vec![match ["WAYLAND_DISPLAY", "DISPLAY"].into_iter().find(set) {
        Some(name) => {
            let value = variable(name).unwrap_or_default();
            let name = format!("{name}={}", value.to_string_lossy());
            Line::ok(Area::Display, text::display(&name))
        }
        None => Line::problem(Area::Display, text::NO_DISPLAY),
    }]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::State;

    #[test]
    fn either_kind_of_display_will_do_and_an_empty_name_will_not() {
        let with = |name: &'static str, value: &'static str| {
            lines(move |asked| (asked == name).then(|| value.into()))[0].state
        };
        assert_eq!(with("DISPLAY", ":0"), State::Ok);
        assert_eq!(with("WAYLAND_DISPLAY", "wayland-0"), State::Ok);
        assert_eq!(with("DISPLAY", ""), State::Problem);
        assert_eq!(with("HOME", "/"), State::Problem);
    }
}
