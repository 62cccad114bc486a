//! `MIB_TCPTABLE_OWNER_PID` and `MIB_TCP6TABLE_OWNER_PID`, read byte by byte.

use std::net::{IpAddr, SocketAddr};

/// `MIB_TCP_STATE_ESTAB`.
const ESTABLISHED: u32 = 5;

/// The process that has the established socket at `end` that is connected to `other`.
pub(super) fn process(table: &[u8], end: SocketAddr, other: SocketAddr) -> Option<u32> {
    let (count, rows) = table.split_at_checked(4)?;
    let count = u32::from_le_bytes(count.try_into().ok()?) as usize;
    // Where the address, its port and the other's are in a row, the state and the process.
    let (length, places) = if end.is_ipv4() {
        (24, [4, 8, 12, 16, 0, 20])
    } else {
        (56, [0, 20, 24, 44, 48, 52])
    };
    let mut rows = rows.chunks_exact(length).take(count);
    rows.find_map(|row| {
        let [local, local_port, remote, remote_port, state, process] = places;
        let same = is(row, local, local_port, end) && is(row, remote, remote_port, other);
        let number = |at| number(row, at);
        (same && number(state)? == ESTABLISHED).then(|| number(process))?
    })
}

/// Whether a row has this address and port, both in network order, at these places.
fn is(row: &[u8], address: usize, port: usize, wanted: SocketAddr) -> bool {
    let octets = match wanted.ip() {
        IpAddr::V4(v4) => v4.octets().to_vec(),
        IpAddr::V6(v6) => v6.octets().to_vec(),
    };
    row.get(address..address + octets.len()) == Some(&octets)
        && row.get(port..port + 2) == Some(&wanted.port().to_be_bytes())
}

fn number(row: &[u8], at: usize) -> Option<u32> {
    let bytes = row.get(at..at + 4)?;
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
        row
    }

    #[test]
    fn the_process_of_an_established_connection_is_found_and_no_other() {
        let rows = [four(5, 50_000, 7), four(2, 50_001, 8), four(5, 50_002, 9)];
        let table = [3_u32.to_le_bytes().to_vec(), rows.concat()].concat();
        let to = "127.0.0.1:21443".parse().unwrap();
        let find =
            |table: &[u8], port| process(table, SocketAddr::from(([127, 0, 0, 1], port)), to);
        assert_eq!(find(&table, 50_000), Some(7));
        assert_eq!(find(&table, 50_002), Some(9));
        // Not established; not there; a table that is cut, empty, or counts more than it has.
        assert_eq!(find(&table, 50_001), None);
        assert_eq!(find(&table, 1), None);
        assert_eq!(find(&table[..40], 50_002), None);
        assert_eq!(find(&[], 50_000), None);
        assert_eq!(find(&[255, 255, 255, 255], 50_000), None);
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
        let table = [1_u32.to_le_bytes().to_vec(), row].concat();
        let (end, other) = (
            "[::1]:50000".parse().unwrap(),
            "[::1]:21443".parse().unwrap(),
        );
        assert_eq!(process(&table, end, other), Some(42));
        assert_eq!(process(&table, other, end), None);
    }
}
