//! `MIB_TCPTABLE_OWNER_MODULE` and `MIB_TCP6TABLE_OWNER_MODULE`, read byte by byte.

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
};

/// `MIB_TCP_STATE_ESTAB`.
const ESTABLISHED: u32 = 5;

/// Who made a socket.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Maker {
    /// The number of the process. It may have ended, and another may have its number.
    pub(super) process: u32,
    /// When it made it, as a `FILETIME`; 0 where the system does not tell.
    pub(super) since: u64,
}

impl Maker {
    /// Whether a process that began at this moment can be it: before it made the socket. One that
    /// began in the future tells that the clock was put back; nothing can be said then.
    pub(super) fn may_be(self, began: u64, now: u64) -> bool {
        self.since == 0 || began <= self.since || began > now
    }
}

/// The end of a connection that is asked for, and its other end.
pub(super) type Wanted = (SocketAddr, SocketAddr);

/// An address and port alone, as the table has them: without scope and flow.
pub(super) fn plain(end: SocketAddr) -> SocketAddr {
    SocketAddr::new(end.ip(), end.port())
}

/// Where things are in a row.
struct Row {
    length: usize,
    local: usize,
    local_port: usize,
    remote: usize,
    remote_port: usize,
    state: usize,
    process: usize,
    since: usize,
}

const FOUR: Row = Row {
    length: 160,
    local: 4,
    local_port: 8,
    remote: 12,
    remote_port: 16,
    state: 0,
    process: 20,
    since: 24,
};
const SIX: Row = Row {
    length: 192,
    local: 0,
    local_port: 20,
    remote: 24,
    remote_port: 44,
    state: 48,
    process: 52,
    since: 56,
};

/// Notes who made each of the sockets in `found` that is established, of a table of IPv4 (`four`)
/// or IPv6.
pub(super) fn look_up(table: &[u8], four: bool, found: &mut HashMap<Wanted, Option<Maker>>) {
    let Some(count) = number(table, 0) else {
        return;
    };
    let row = if four { FOUR } else { SIX };
    // The rows have eight bytes' alignment.
    let rows = table.get(8..).unwrap_or_default();
    for bytes in rows.chunks_exact(row.length).take(count as usize) {
        let ends = (
            end(bytes, row.local, row.local_port, four),
            end(bytes, row.remote, row.remote_port, four),
        );
        if let (Some(local), Some(remote)) = ends
            && let Some(maker) = found.get_mut(&(local, remote))
            && number(bytes, row.state) == Some(ESTABLISHED)
        {
            *maker = maker_of(bytes, &row);
        }
    }
}

fn maker_of(bytes: &[u8], row: &Row) -> Option<Maker> {
    let since = bytes.get(row.since..row.since + 8)?;
    Some(Maker {
        process: number(bytes, row.process)?,
        since: u64::from_le_bytes(since.try_into().ok()?),
    })
}

/// An address and port, both in network order, at these places.
fn end(bytes: &[u8], address: usize, port: usize, four: bool) -> Option<SocketAddr> {
    let ip = match four {
        true => {
            let octets: [u8; 4] = bytes.get(address..address + 4)?.try_into().ok()?;
            IpAddr::V4(Ipv4Addr::from(octets))
        }
        false => {
            let octets: [u8; 16] = bytes.get(address..address + 16)?.try_into().ok()?;
            IpAddr::V6(Ipv6Addr::from(octets))
        }
    };
    let port = bytes.get(port..port + 2)?.try_into().ok()?;
    Some(SocketAddr::new(ip, u16::from_be_bytes(port)))
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    let bytes = bytes.get(at..at + 4)?;
    Some(u32::from_le_bytes(bytes.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn four(state: u32, from: u16, process: u32) -> Vec<u8> {
        let mut row = state.to_le_bytes().to_vec();
        row.extend([127, 0, 0, 1]);
        row.extend(from.to_be_bytes());
        row.extend([0, 0, 127, 0, 0, 1]);
        row.extend(21_443_u16.to_be_bytes());
        row.extend([0, 0]);
        row.extend(process.to_le_bytes());
        row.extend(u64::from(process + 100).to_le_bytes());
        row.extend([0; 128]);
        row
    }

    fn table(rows: &[Vec<u8>]) -> Vec<u8> {
        let count = u32::try_from(rows.len()).unwrap();
        [&count.to_le_bytes()[..], &[0; 4], &rows.concat()].concat()
    }

    fn find(table: &[u8], end: SocketAddr, other: SocketAddr) -> Option<Maker> {
        let mut found = HashMap::from([((end, other), None)]);
        look_up(table, end.is_ipv4(), &mut found);
        found.remove(&(end, other)).unwrap()
    }

    fn made_by(process: u32) -> Option<Maker> {
        let since = u64::from(process + 100);
        Some(Maker { process, since })
    }

    #[test]
    fn the_makers_of_established_connections_are_found_and_no_others() {
        let table = table(&[four(5, 50_000, 7), four(2, 50_001, 8), four(5, 50_002, 9)]);
        let to = "127.0.0.1:21443".parse().unwrap();
        let from = |port| SocketAddr::from(([127, 0, 0, 1], port));
        let one = |table: &[u8], port| find(table, from(port), to);
        assert_eq!(one(&table, 50_000), made_by(7));
        assert_eq!(one(&table, 50_002), made_by(9));
        // Not established; not there; a table that is cut, empty, or counts more than it has.
        assert_eq!(one(&table, 50_001), None);
        assert_eq!(one(&table, 1), None);
        assert_eq!(one(&table[..400], 50_002), None);
        assert_eq!(one(&[], 50_000), None);
        assert_eq!(one(&[255, 255, 255, 255], 50_000), None);
        // Several at once.
        let mut found = HashMap::from([((from(50_000), to), None), ((from(50_002), to), None)]);
        look_up(&table, true, &mut found);
        assert_eq!(found[&(from(50_000), to)], made_by(7));
        assert_eq!(found[&(from(50_002), to)], made_by(9));
    }

    #[test]
    fn a_process_that_began_after_the_socket_has_not_made_it() {
        let since = |since| Maker { process: 7, since };
        assert!(since(20).may_be(10, 30) && since(20).may_be(20, 30));
        assert!(!since(20).may_be(21, 30));
        // The system does not tell; the clock was put back.
        assert!(since(0).may_be(21, 30) && since(20).may_be(31, 30));
    }

    #[test]
    fn over_ipv6_too() {
        let one = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];
        let mut row = one.to_vec();
        row.extend([0, 0, 0, 0]);
        row.extend(50_000_u16.to_be_bytes());
        row.extend([0, 0]);
        row.extend(one);
        row.extend([0, 0, 0, 0]);
        row.extend(21_443_u16.to_be_bytes());
        row.extend([0, 0]);
        row.extend(5_u32.to_le_bytes());
        row.extend(42_u32.to_le_bytes());
        row.extend(142_u64.to_le_bytes());
        row.extend([0; 128]);
        let table = table(&[row]);
        let (end, other) = (
            "[::1]:50000".parse().unwrap(),
            "[::1]:21443".parse().unwrap(),
        );
        assert_eq!(find(&table, end, other), made_by(42));
        assert_eq!(find(&table, other, end), None);
    }
}
