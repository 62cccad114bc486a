//! Linux: the tables of sockets, and among whose open files the socket is.
//!
//! Spec: proc_net(5), `Documentation/networking/proc_net_tcp.rst`.

use std::{
    fs,
    path::{Path, PathBuf},
};

use nix::unistd::{Uid, User, geteuid};

use super::Owner;

/// `TCP_LISTEN`.
const LISTENING: &str = "0A";
const TABLES: [&str; 2] = ["/proc/net/tcp", "/proc/net/tcp6"];

/// A listener.
#[derive(Debug, Eq, PartialEq)]
struct Listener {
    user: u32,
    /// Names it among open files.
    inode: u64,
}

pub(super) fn owner(port: u16) -> Option<Owner> {
    let tables = TABLES.iter().filter_map(|it| fs::read_to_string(it).ok());
    let listener = tables.into_iter().find_map(|table| find(&table, port))?;
    let user = (listener.user != geteuid().as_raw()).then(|| name_of(listener.user));
    let process = process_of(listener.inode);
    Some(Owner {
        name: process.as_deref().and_then(program),
        process: process.as_deref().and_then(number),
        user,
    })
}

/// The system keeps no ports from programs.
pub(super) fn reserved(_: u16) -> Option<(u16, u16)> {
    None
}

/// The listener on a port in a table, on loopback or every address.
fn find(table: &str, port: u16) -> Option<Listener> {
    table.lines().find_map(|line| {
        // sl: local remote state queues timer retransmissions owner timeout inode …
        let mut fields = line.split_ascii_whitespace().skip(1);
        let (address, at) = fields.next()?.rsplit_once(':')?;
        let state = fields.nth(1)?;
        let ours = u16::from_str_radix(at, 16).ok()? == port && is_local(address);
        let user = fields.nth(3)?.parse().ok()?;
        let inode = fields.nth(1)?.parse().ok()?;
        (ours && state == LISTENING).then_some(Listener { user, inode })
    })
}

/// Loopback, or every address.
fn is_local(address: &str) -> bool {
    // Each four bytes are printed as a number of this machine.
    let words = |octets: &[u8]| -> String {
        let word = |four: &[u8]| format!("{:08X}", four.try_into().map_or(0, u32::from_ne_bytes));
        octets.chunks_exact(4).map(word).collect()
    };
    let every = address.bytes().all(|digit| digit == b'0');
    let loopback = [
        words(&[127, 0, 0, 1]),
        words(&std::net::Ipv6Addr::LOCALHOST.octets()),
        words(&std::net::Ipv4Addr::LOCALHOST.to_ipv6_mapped().octets()),
    ];
    every || loopback.iter().any(|one| one == address)
}

/// The folder of a process that has it open; of other users' processes nothing can be read.
fn process_of(inode: u64) -> Option<PathBuf> {
    let name = PathBuf::from(format!("socket:[{inode}]"));
    let has_it = |process: &PathBuf| {
        let files = fs::read_dir(process.join("fd")).into_iter().flatten();
        let mut targets = files
            .flatten()
            .filter_map(|it| fs::read_link(it.path()).ok());
        targets.any(|target| target == name)
    };
    let entries = fs::read_dir("/proc").ok()?.flatten().map(|it| it.path());
    let mut processes = entries.filter(|path| number(path).is_some());
    processes.find(has_it)
}

fn number(process: &Path) -> Option<u32> {
    process.file_name()?.to_str()?.parse().ok()
}

/// The file's name, and the script's: of the rest of a command line nothing is anybody's business.
fn program(process: &Path) -> Option<String> {
    let file = fs::read_link(process.join("exe")).ok()?;
    let name = file.file_name()?.to_string_lossy().into_owned();
    let line = fs::read(process.join("cmdline")).unwrap_or_default();
    let script = line.split(|byte| *byte == 0).nth(1);
    let script = script.and_then(|it| std::str::from_utf8(it).ok());
    let folder = fs::read_link(process.join("cwd")).unwrap_or_default();
    let script = script.map(|it| folder.join(it)).filter(|it| it.is_file());
    let script = script.and_then(|it| Some(it.file_name()?.to_string_lossy().into_owned()));
    Some(match script {
        Some(script) => format!("{name} {script}"),
        None => name,
    })
}

fn name_of(user: u32) -> String {
    let known = User::from_uid(Uid::from_raw(user)).ok().flatten();
    known.map_or_else(|| user.to_string(), |user| user.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:EEE9 0100007F:C001 01 00000000:00000000 00:00000000 00000000  1000        0 11 1 0000000000000000 100 0 0 10 0
   1: 08070605:EEE9 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 12 1 0000000000000000 100 0 0 10 0
   2: 0100007F:EEE9 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1001        0 13 1 0000000000000000 100 0 0 10 0
   3: 00000000:41F8 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 14 1 0000000000000000 100 0 0 10 0
   4: 0100007F:0050 00000000
";

    #[test]
    fn the_listener_on_loopback_or_every_address_is_found() {
        let listener = |user, inode| Some(Listener { user, inode });
        assert_eq!(find(TABLE, 61161), listener(1001, 13));
        assert_eq!(find(TABLE, 16888), listener(0, 14));
        for port in [80, 0, 49153] {
            assert_eq!(find(TABLE, port), None, "{port}");
        }
        let six = "   0: 00000000000000000000000001000000:EEE9 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 15 1";
        assert_eq!(find(six, 61161), listener(1000, 15));
    }
}
