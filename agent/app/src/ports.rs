//! Who has a port that the agent wants. The system is asked when somebody wants to know: nothing
//! here is watched.

#[cfg_attr(target_os = "linux", path = "ports/linux.rs")]
#[cfg_attr(windows, path = "ports/windows.rs")]
#[cfg_attr(not(any(target_os = "linux", windows)), path = "ports/elsewhere.rs")]
mod platform;
#[cfg(any(windows, test))]
mod ranges;

use std::fmt;

/// A program that listens on a port, as far as the system tells.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Owner {
    /// What it is called: its file's name, and its script's where it runs one.
    pub name: Option<String>,
    /// Its process.
    pub process: Option<u32>,
    /// Whose it is, if it is somebody else's.
    pub user: Option<String>,
}

impl fmt::Display for Owner {
    /// `node hipkiLocalServer.js (4711)`, `user lin`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.name, self.process, &self.user) {
            (Some(name), Some(process), None) => write!(f, "{name} ({process})"),
            (Some(name), Some(process), Some(user)) => write!(f, "{name} ({process}, {user})"),
            (Some(name), None, _) => f.write_str(name),
            (None, Some(process), _) => write!(f, "{process}"),
            (None, None, Some(user)) => write!(f, "{user}"),
            (None, None, None) => f.write_str("?"),
        }
    }
}

/// Who listens on the port on 127.0.0.1, ::1, or every address; `None` where nobody does, or the
/// system does not tell.
#[must_use]
pub fn owner(port: u16) -> Option<Owner> {
    platform::owner(port)
}

/// The range of ports around this one that the system keeps from programs, as Windows does for
/// virtual machines.
#[must_use]
pub fn reserved(port: u16) -> Option<(u16, u16)> {
    platform::reserved(port)
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    #[test]
    fn an_owner_is_named_as_well_as_can_be() {
        let owner = |name: Option<&str>, process, user: Option<&str>| Owner {
            name: name.map(str::to_owned),
            process,
            user: user.map(str::to_owned),
        };
        for (owner, text) in [
            (owner(Some("node a.js"), Some(7), None), "node a.js (7)"),
            (owner(Some("node"), Some(7), Some("lin")), "node (7, lin)"),
            (owner(None, None, Some("lin")), "lin"),
            (owner(None, Some(7), None), "7"),
            (owner(None, None, None), "?"),
        ] {
            assert_eq!(owner.to_string(), text);
        }
    }

    #[cfg_attr(windows, ignore = "Wine 8 does not tell whose a listener is")]
    #[test]
    fn this_test_is_found_by_its_listeners_and_only_while_it_listens() {
        let this = std::env::current_exe().unwrap();
        let this = this.file_name().unwrap().to_string_lossy();
        for address in ["127.0.0.1:0", "[::1]:0", "0.0.0.0:0", "[::]:0"] {
            let listener = TcpListener::bind(address).unwrap();
            let port = listener.local_addr().unwrap().port();
            let found = owner(port).unwrap_or_else(|| panic!("nobody has {address}"));
            assert!(found.name.unwrap().starts_with(&*this), "{address}");
            assert_eq!(found.process, Some(std::process::id()));
            assert_eq!(found.user, None);
            drop(listener);
            assert_eq!(owner(port), None, "{address}");
        }
    }
}
