//! Whether a window could be shown: whether a display answers.
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
    let value = |name: &str| {
        let value = variable(name)?.to_string_lossy().into_owned();
        (!value.is_empty()).then(|| (format!("{name}={value}"), value))
    };
    let wayland = value("WAYLAND_DISPLAY").map(|(shown, name)| {
        let folder = variable("XDG_RUNTIME_DIR").unwrap_or_default();
        (shown, answers::wayland(folder.as_ref(), &name))
    });
    let x = value("DISPLAY").map(|(shown, name)| (shown, answers::x(&name)));
    let named: Vec<_> = [wayland, x].into_iter().flatten().collect();
    let answering = named.iter().find(|(_, answers)| *answers);
    vec![match (answering, named.first()) {
        (Some((shown, _)), _) => Line::ok(Area::Display, text::display(shown)),
        (None, Some((shown, _))) => Line::problem(Area::Display, text::dead_display(shown)),
        (None, None) => Line::problem(Area::Display, text::NO_DISPLAY),
    }]
}

#[cfg(target_os = "linux")]
mod answers {
    use std::{
        net::{TcpStream, ToSocketAddrs as _},
        os::{
            linux::net::SocketAddrExt as _,
            unix::net::{SocketAddr, UnixStream},
        },
        path::Path,
        time::Duration,
    };

    /// How long an X server behind the network may take, as `ssh -X` has it.
    const WITHIN: Duration = Duration::from_secs(2);

    /// Whether a Wayland compositor listens there. An absolute name stands for itself.
    pub(super) fn wayland(folder: &Path, name: &str) -> bool {
        UnixStream::connect(folder.join(name)).is_ok()
    }

    /// Whether an X server listens at `[host]:number[.screen]`.
    ///
    /// Spec: X(7), "DISPLAY NAMES".
    pub(super) fn x(name: &str) -> bool {
        let Some((host, rest)) = name.rsplit_once(':') else {
            return false;
        };
        let number = rest.split('.').next().unwrap_or_default();
        let Ok(number) = number.parse::<u16>() else {
            return false;
        };
        if !matches!(host, "" | "unix") {
            let Some(port) = number.checked_add(6000) else {
                return false;
            };
            let addresses = (host, port).to_socket_addrs().into_iter().flatten();
            return addresses
                .into_iter()
                .any(|address| TcpStream::connect_timeout(&address, WITHIN).is_ok());
        }
        let path = format!("/tmp/.X11-unix/X{number}");
        let hidden = SocketAddr::from_abstract_name(&path);
        hidden.is_ok_and(|address| UnixStream::connect_addr(&address).is_ok())
            || UnixStream::connect(path).is_ok()
    }
}

#[cfg(not(target_os = "linux"))]
mod answers {
    use std::path::Path;

    pub(super) fn wayland(_: &Path, _: &str) -> bool {
        false
    }

    pub(super) fn x(_: &str) -> bool {
        false
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::{net::TcpListener, os::unix::net::UnixListener, path::Path};

    use super::*;
    use crate::doctor::State;

    fn with(variables: &[(&str, &str)]) -> State {
        let value = |asked: &str| {
            let found = variables.iter().find(|(name, _)| *name == asked);
            found.map(|(_, value)| OsString::from(value))
        };
        lines(value)[0].state
    }

    #[test]
    fn a_display_that_answers_will_do_and_a_name_alone_will_not() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().to_str().unwrap();
        let wayland = [
            ("WAYLAND_DISPLAY", "wayland-7"),
            ("XDG_RUNTIME_DIR", folder),
        ];
        assert_eq!(with(&wayland), State::Problem);
        let _compositor = UnixListener::bind(Path::new(folder).join("wayland-7")).unwrap();
        assert_eq!(with(&wayland), State::Ok);
        assert_eq!(with(&[("DISPLAY", "")]), State::Problem);
        assert_eq!(with(&[("DISPLAY", "nothing")]), State::Problem);
        assert_eq!(with(&[("HOME", "/")]), State::Problem);
    }

    #[test]
    fn an_x_server_may_be_behind_the_network() {
        let server = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = server.local_addr().unwrap().port();
        // Display numbers start at port 6000; every port that a system gives away is above.
        let display = format!("127.0.0.1:{}.0", port - 6000);
        assert_eq!(with(&[("DISPLAY", &display)]), State::Ok);
        drop(server);
        assert_eq!(with(&[("DISPLAY", &display)]), State::Problem);
    }
}
