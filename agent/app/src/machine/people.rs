//! People's own stores, when Chop is removed for everybody: each is cleaned by a process of that
//! person's, never by root.
//!
//! Such a process reads what lies in a home, and may so run code that was put there: a store of
//! NSS names libraries that are loaded. So it has nothing of root's: no terminal, into which it
//! could type, no right, no way to one, and what it says is cleaned before it is printed.
//!
//! Spec: docs/threat-model.md, C-32.

use std::{
    collections::HashSet,
    fs,
    io::{self, Read},
    path::Path,
    process::{Command, Stdio},
    sync::mpsc,
    time::Duration,
};

use anyhow::{Context as _, Result};

use super::only_root;
use crate::{doctor::harmless, gate};

/// Runs `chop uninstall --stores` as each person who has anything of it, by the system's own list or
/// because an agent of theirs has dialled the gate (accounts of a directory): what lies in a home is
/// changed by that person's own process, never by root. `purge` also removes what their agents
/// have remembered.
///
/// # Errors
/// When this is not root. People whose homes cannot be reached are told.
pub fn forget_people(purge: bool) -> Result<()> {
    only_root()?;
    let program = std::env::current_exe()?;
    let listed = fs::read_to_string("/etc/passwd").context("/etc/passwd cannot be read")?;
    let mut people: Vec<_> = listed.lines().filter_map(Person::read).collect();
    let known: HashSet<_> = people.iter().map(|person| person.user.clone()).collect();
    let dialled = gate::people::read(Path::new(gate::people::FOLDER)).into_iter();
    let others = dialled.filter(|user| !known.contains(&user.to_string()));
    people.extend(others.filter_map(Person::of_a_directory));
    for person in people {
        let mut command = person.command(&program);
        command.args(["uninstall", "--stores"]);
        if purge {
            command.arg("--purge");
        }
        if !quietly(command).unwrap_or(false) {
            eprintln!(
                "chop: {} 的憑證存放區無法清理 · the stores of {} could not be cleaned; they can run: chop uninstall",
                person.name, person.name
            );
        }
    }
    Ok(())
}

/// A line of `/etc/passwd` of somebody who can have an agent: with a home of their own in which our
/// state is, looked at as themselves later on.
struct Person {
    name: String,
    user: String,
    group: String,
}

impl Person {
    fn read(line: &str) -> Option<Self> {
        let fields: Vec<_> = line.split(':').collect();
        let [name, _, user, group, _, home, _] = fields.as_slice() else {
            return None;
        };
        let number: u32 = user.parse().ok()?;
        let is_person = number == 0 || (1000..61184).contains(&number);
        // Whoever has no folder of ours has nothing to be cleaned. A link is not followed as root.
        let state = Path::new(home).join(".local/state/chop");
        let has_state = fs::symlink_metadata(state).is_ok();
        (is_person && has_state && Path::new(home).is_absolute()).then(|| Self {
            name: (*name).to_owned(),
            user: (*user).to_owned(),
            group: (*group).to_owned(),
        })
    }

    /// Somebody whose agent has dialled the gate, and whom the system knows from somewhere else than
    /// its own list.
    fn of_a_directory(user: u32) -> Option<Self> {
        let found = nix::unistd::User::from_uid(user.into()).ok().flatten()?;
        // Users of the system have no agents, whatever the gate says.
        (user >= 1000 && found.uid.as_raw() == user).then(|| Self {
            name: harmless(&found.name),
            user: user.to_string(),
            group: found.gid.as_raw().to_string(),
        })
    }

    /// Starts `program` as this person, in a session of its own: without root's terminal it can
    /// neither type there nor read from it. What lies in a home may be anything, one that never
    /// ends too.
    fn command(&self, program: &Path) -> Command {
        let mut command = Command::new("setsid");
        command.args(["--wait", "timeout", "--kill-after=5", "60", "setpriv"]);
        command.args(["--reuid", &self.user, "--regid", &self.group]);
        command.args(["--init-groups", "--reset-env"]);
        command.args(["--no-new-privs", "--bounding-set=-all", "--"]);
        command.arg(program).current_dir("/");
        command
    }
}

/// So much of what a person's process says is printed, in bytes.
const MOST: u64 = 16 * 1024;

/// How long the output is waited for after the process has ended: what it has started may keep it
/// open for ever.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// Runs it; whether it went well. What it says is printed without what a terminal would obey.
fn quietly(mut command: Command) -> io::Result<bool> {
    command.stdin(Stdio::null()).stdout(Stdio::null());
    let mut child = command.stderr(Stdio::piped()).spawn()?;
    let (tell, told) = mpsc::channel();
    if let Some(said) = child.stderr.take() {
        std::thread::spawn(move || {
            let mut start = Vec::new();
            let mut said = said.take(MOST);
            let _ = said.read_to_end(&mut start);
            let _ = tell.send(start);
            // Whoever says more is not held up.
            let _ = io::copy(&mut said.into_inner(), &mut io::sink());
        });
    }
    let ended = child.wait()?;
    let said = told.recv_timeout(LAST_WORDS).unwrap_or_default();
    for line in String::from_utf8_lossy(&said).lines() {
        eprintln!("{}", harmless(line));
    }
    Ok(ended.success())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_those_with_a_home_in_which_we_have_been() {
        let home = tempfile::tempdir().unwrap();
        fs::create_dir_all(home.path().join(".local/state/chop")).unwrap();
        let line = |user: &str, home: &str| format!("lin:x:{user}:1000:Lin:{home}:/bin/sh");
        let home = home.path().to_str().unwrap();
        assert!(Person::read(&line("1000", home)).is_some());
        for other in [
            line("33", home),
            line("1000", "/nowhere"),
            line("x", home),
            "lin".into(),
        ] {
            assert!(Person::read(&other).is_none(), "{other}");
        }
    }

    #[test]
    fn who_keeps_the_output_open_keeps_nobody_waiting() {
        let mut command = Command::new("sh");
        command.args(["-c", "sleep 12 & exit 0"]);
        let start = std::time::Instant::now();
        assert!(quietly(command).unwrap());
        assert!(start.elapsed() < Duration::from_secs(10));
    }

    #[test]
    fn who_says_too_much_is_not_held_up() {
        let mut command = Command::new("sh");
        command.args(["-c", "head -c 1000000 /dev/zero >&2; exit 3"]);
        assert!(!quietly(command).unwrap());
    }
}
