//! Linux: the kernel's socket diagnosis, or where its module is missing, `/proc/net/tcp`.
//!
//! The diagnosis looks one connection up; the file is made by walking the whole table, which costs
//! milliseconds on a machine with much memory.

#[path = "linux/diagnosis.rs"]
mod diagnosis;
#[path = "linux/table.rs"]
mod table;

use std::{
    fs,
    net::{IpAddr, SocketAddr},
    path::PathBuf,
};

use nix::{errno::Errno, unistd::geteuid};

/// A user of this machine, as the system tells them apart: its number.
pub type User = u32;

/// An established socket.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
struct Socket {
    /// Who owns it.
    user: User,
    /// Names it among open files.
    inode: u64,
}

/// The users of established connections, by their ends: theirs, ours.
pub(super) fn users(connections: &[(SocketAddr, SocketAddr)]) -> Vec<Option<User>> {
    let user = |(theirs, ours): &(SocketAddr, SocketAddr)| {
        let user = owner(*theirs, *ours)?;
        is_established(*ours, *theirs).then_some(user)
    };
    connections.iter().map(user).collect()
}

/// The user who owns the established socket at `end` that is connected to `other`.
fn owner(end: SocketAddr, other: SocketAddr) -> Option<User> {
    socket(end, other).map(|socket| socket.user)
}

/// Whether there is a connection with these ends, closed by neither side.
fn is_established(end: SocketAddr, other: SocketAddr) -> bool {
    socket(end, other).is_some()
}

/// The user who listens at `address`, or at every address with its port.
pub(super) fn listener(address: SocketAddr) -> Option<User> {
    table::listener(plain(address))
}

/// The file of the program that has the socket at `end` open, if it is one of ours.
pub(super) fn program(end: SocketAddr, other: SocketAddr) -> Option<PathBuf> {
    let socket = socket(end, other).filter(|socket| Some(socket.user) == me())?;
    let name = PathBuf::from(format!("socket:[{}]", socket.inode));
    let has_it = |process: &PathBuf| {
        // Of other users' processes, and of those that have ended meanwhile, nothing can be read.
        let files = fs::read_dir(process.join("fd")).into_iter().flatten();
        let mut targets = files
            .flatten()
            .filter_map(|it| fs::read_link(it.path()).ok());
        targets.any(|target| target == name)
    };
    let processes = fs::read_dir("/proc").ok()?.flatten().map(|it| it.path());
    let mut owners = processes.filter(has_it);
    fs::read_link(owners.next()?.join("exe")).ok()
}

fn socket(end: SocketAddr, other: SocketAddr) -> Option<Socket> {
    let (end, other) = (plain(end), plain(other));
    match diagnosis::socket(end, other) {
        Ok(found) => found,
        Err(Errno::ENOENT) => None,
        Err(_) => table::socket(end, other),
    }
}

/// Who we are.
pub(super) fn me() -> Option<User> {
    Some(geteuid().as_raw())
}

/// `::ffff:127.0.0.1` is 127.0.0.1.
fn plain(address: SocketAddr) -> SocketAddr {
    match address.ip() {
        IpAddr::V6(v6) => SocketAddr::new(v6.to_canonical(), address.port()),
        IpAddr::V4(_) => address,
    }
}

/// `TCP_ESTABLISHED`. A socket whose program has closed it is in another state, and belongs to
/// nobody any more (the kernel then says root).
const ESTABLISHED: u8 = 1;

#[cfg(test)]
mod tests {
    use std::{
        net::{TcpListener, TcpStream},
        os::fd::AsFd as _,
    };

    use nix::sys::socket::{
        AddressFamily, SockFlag, SockType, SockaddrIn6, connect, setsockopt, socket, sockopt,
    };

    use super::*;

    /// Both ways of asking, about the other end of an accepted connection.
    fn owners(accepted: &TcpStream) -> [Option<u32>; 2] {
        let (end, other) = (
            accepted.peer_addr().unwrap(),
            accepted.local_addr().unwrap(),
        );
        let (end, other) = (plain(end), plain(other));
        let diagnosed = match diagnosis::socket(end, other) {
            Err(Errno::ENOENT) => None,
            answer => answer.unwrap(),
        };
        let listed = table::socket(end, other);
        assert_eq!(diagnosed, listed);
        [diagnosed, listed].map(|socket| socket.map(|it| it.user))
    }

    #[test]
    fn both_ways_find_our_own_connections() {
        for address in ["127.0.0.1:0", "[::1]:0"] {
            let listener = TcpListener::bind(address).unwrap();
            let _client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
            let (accepted, _) = listener.accept().unwrap();

            assert_eq!(owners(&accepted), [me(), me()], "{address}");
        }
    }

    #[test]
    fn our_own_program_is_found_and_a_closed_one_is_not() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let (accepted, _) = listener.accept().unwrap();
        let ends = || {
            (
                accepted.peer_addr().unwrap(),
                accepted.local_addr().unwrap(),
            )
        };
        let (end, other) = ends();
        assert_eq!(program(end, other), std::env::current_exe().ok());

        drop(client);
        assert_eq!(program(end, other), None);
    }

    #[test]
    fn a_client_that_maps_ipv4_into_ipv6_is_found() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let client = socket(
            AddressFamily::Inet6,
            SockType::Stream,
            SockFlag::SOCK_CLOEXEC,
            None,
        )
        .unwrap();
        setsockopt(&client.as_fd(), sockopt::Ipv6V6Only, &false).unwrap();
        let mapped: std::net::SocketAddrV6 = format!("[::ffff:127.0.0.1]:{port}").parse().unwrap();
        connect(
            std::os::fd::AsRawFd::as_raw_fd(&client),
            &SockaddrIn6::from(mapped),
        )
        .unwrap();
        let (accepted, _) = listener.accept().unwrap();

        assert_eq!(owners(&accepted), [me(), me()]);
    }

    #[test]
    fn a_socket_that_was_closed_belongs_to_nobody() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        drop(TcpStream::connect(listener.local_addr().unwrap()).unwrap());
        let (accepted, _) = listener.accept().unwrap();

        assert_eq!(owners(&accepted), [None, None]);
    }

    #[test]
    fn a_connection_that_we_have_only_our_own_end_of_is_not_established() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let (accepted, _) = listener.accept().unwrap();
        let (ours, theirs) = (
            accepted.local_addr().unwrap(),
            accepted.peer_addr().unwrap(),
        );
        assert!(is_established(ours, theirs));

        drop(client);
        // Until its farewell has arrived.
        std::thread::sleep(std::time::Duration::from_millis(50));
        assert!(!is_established(ours, theirs));
    }

    #[test]
    fn who_listens_is_known_also_at_every_address() {
        for (bound, asked) in [
            ("127.0.0.1:0", "127.0.0.1"),
            ("0.0.0.0:0", "127.0.0.1"),
            ("[::]:0", "::1"),
            ("[::1]:0", "::1"),
        ] {
            let listener = TcpListener::bind(bound).unwrap();
            let port = listener.local_addr().unwrap().port();
            let asked = SocketAddr::new(asked.parse().unwrap(), port);
            assert_eq!(super::listener(asked), me(), "{bound}");
        }
        assert_eq!(listener("127.0.0.1:1".parse().unwrap()), None);
    }

    /// A connection of this user's from this port, by the kernel's book: who makes a socket owns it.
    fn connect_as(user: u32, from: SocketAddr, to: SocketAddr) -> std::os::fd::OwnedFd {
        use nix::sys::socket::SockaddrStorage;
        let before = nix::unistd::setfsuid(user.into());
        let made = socket(
            AddressFamily::Inet,
            SockType::Stream,
            SockFlag::SOCK_CLOEXEC,
            None,
        );
        nix::unistd::setfsuid(before);
        let made = made.unwrap();
        let number = std::os::fd::AsRawFd::as_raw_fd(&made);
        setsockopt(&made.as_fd(), sockopt::ReuseAddr, &true).unwrap();
        nix::sys::socket::bind(number, &SockaddrStorage::from(from)).unwrap();
        connect(number, &SockaddrStorage::from(to)).unwrap();
        made
    }

    /// Needs root. Threat C-15: the race between accepting and looking up.
    #[tokio::test]
    async fn a_port_that_passes_to_another_user_before_the_look_up_places_nobody_wrongly() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let ours = listener.local_addr().unwrap();
        let from = {
            TcpListener::bind("127.0.0.1:0")
                .unwrap()
                .local_addr()
                .unwrap()
        };

        let first = connect_as(1001, from, ours);
        // It goes without a farewell that would keep its port busy, …
        let at_once = nix::libc::linger {
            l_onoff: 1,
            l_linger: 0,
        };
        setsockopt(&first.as_fd(), sockopt::Linger, &at_once).unwrap();
        drop(first);
        // … and another user has its port before anybody has looked.
        let _second = connect_as(1002, from, ours);
        let (one, _) = listener.accept().await.unwrap();
        let (two, _) = listener.accept().await.unwrap();
        assert_eq!(one.peer_addr().ok().or(Some(from)), Some(from));

        assert_eq!(crate::Peer::user(&one), None);
        assert_eq!(crate::Peer::user(&two), Some(1002));
    }

    #[test]
    fn a_listener_is_not_taken_for_a_connection() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let end = listener.local_addr().unwrap();
        let nobody = "127.0.0.1:1".parse().unwrap();

        assert_eq!(owner(end, nobody), None);
    }
}
