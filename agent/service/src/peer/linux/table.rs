//! `/proc/net/tcp` and `/proc/net/tcp6`.
//!
//! Spec: proc_net(5), `Documentation/networking/proc_net_tcp.rst`.

use std::{
    fmt::Write as _,
    fs,
    net::{IpAddr, SocketAddr},
};

use super::{ESTABLISHED, Socket};

/// Reads the table of the address's family; one that maps IPv4 into IPv6 is in the other.
pub(super) fn socket(end: SocketAddr, other: SocketAddr) -> Option<Socket> {
    let table = |name: &str, pair: String| find(&fs::read(name).ok()?, &pair);
    match (end.ip(), other.ip()) {
        (IpAddr::V4(end_ip), IpAddr::V4(other_ip)) => table("/proc/net/tcp", pair(end, other))
            .or_else(|| {
                let end = SocketAddr::new(end_ip.to_ipv6_mapped().into(), end.port());
                let other = SocketAddr::new(other_ip.to_ipv6_mapped().into(), other.port());
                table("/proc/net/tcp6", pair(end, other))
            }),
        _ => table("/proc/net/tcp6", pair(end, other)),
    }
}

/// The user who listens at `address`, or at every address of its family or of both.
pub(super) fn listener(address: SocketAddr) -> Option<u32> {
    let port = address.port();
    let any = |octets: &[u8]| -> String { octets.iter().map(|_| "00").collect() };
    let (table, ours) = match address.ip() {
        IpAddr::V4(v4) => ("/proc/net/tcp", v4.octets().to_vec()),
        IpAddr::V6(v6) => ("/proc/net/tcp6", v6.octets().to_vec()),
    };
    let here = [hexadecimal(&ours), any(&ours)];
    let everywhere = [any(&[0; 16])];
    listening(&fs::read(table).unwrap_or_default(), &here, port)
        .or_else(|| listening(&fs::read("/proc/net/tcp6").ok()?, &everywhere, port))
}

/// The owner of the line that listens (state `0A`) at one of these addresses.
fn listening(table: &[u8], addresses: &[String], port: u16) -> Option<u32> {
    let text = String::from_utf8_lossy(table);
    text.lines().find_map(|line| {
        let fields: Vec<_> = line.split_ascii_whitespace().collect();
        let (local, state, owner) = (fields.get(1)?, fields.get(3)?, fields.get(7)?);
        let (address, at) = local.split_once(':')?;
        let is_it = *state == "0A" && addresses.iter().any(|it| it == address);
        let same_port = u16::from_str_radix(at, 16) == Ok(port);
        (is_it && same_port).then(|| owner.parse().ok())?
    })
}

/// An address as the table has it: each four bytes printed as a number of this machine.
fn hexadecimal(octets: &[u8]) -> String {
    let mut text = String::new();
    for word in octets.chunks_exact(4) {
        let number = word.try_into().map_or(0, u32::from_ne_bytes);
        let _ = write!(text, "{number:08X}");
    }
    text
}

/// The two addresses as a line has them: ` 0100007F:1F90 0100007F:C001 `.
fn pair(end: SocketAddr, other: SocketAddr) -> String {
    let mut text = String::from(" ");
    for address in [end, other] {
        let octets = match address.ip() {
            IpAddr::V4(v4) => v4.octets().to_vec(),
            IpAddr::V6(v6) => v6.octets().to_vec(),
        };
        let _ = write!(text, "{}:{:04X} ", hexadecimal(&octets), address.port());
    }
    text
}

/// The established connection `pair` in a table.
fn find(table: &[u8], pair: &str) -> Option<Socket> {
    let line = table
        .split(|byte| *byte == b'\n')
        .find(|line| line.windows(pair.len()).any(|part| part == pair.as_bytes()))?;
    // sl: local remote state queues timer retransmissions owner timeout inode …
    let mut fields = str::from_utf8(line).ok()?.split_ascii_whitespace().skip(3);
    let state = u8::from_str_radix(fields.next()?, 16).ok()?;
    let user = fields.nth(3)?.parse().ok()?;
    let inode = fields.nth(1)?.parse().ok()?;
    (state == ESTABLISHED).then_some(Socket { user, inode })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:53C3 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 11 1 0000000000000000 100 0 0 10 0
   1: 0100007F:C001 0100007F:53C3 01 00000000:00000000 02:000000AF 00000000  1001        0 12 2 0000000000000000 20 4 30 10 -1
   2: 0100007F:53C3 0100007F:C001 01 00000000:00000000 00:00000000 00000000  1000        0 13 1 0000000000000000 20 4 30 10 -1
   3: 0100007F:C002 0100007F:53C3 06 00000000:00000000 03:00001770 00000000     0        0 0 3 0000000000000000
   4: 0100007F:C003 0100007F:53C3 01 00000000
";

    fn socket_of(port: u16) -> Option<Socket> {
        let end = SocketAddr::new([127, 0, 0, 1].into(), port);
        find(
            TABLE.as_bytes(),
            &pair(end, "127.0.0.1:21443".parse().unwrap()),
        )
    }

    #[test]
    fn the_line_of_the_peers_end_is_found() {
        let socket = Socket {
            user: 1001,
            inode: 12,
        };
        assert_eq!(socket_of(0xC001), Some(socket));
    }

    #[test]
    fn other_states_other_ports_and_broken_lines_have_no_owner() {
        for port in [0xC002, 0xC003, 0xC004, 0x53C3, 0] {
            assert_eq!(socket_of(port), None, "{port:X}");
        }
        assert_eq!(find(&[0xFF, b'\n', 0], " "), None);
    }

    #[test]
    fn an_ipv6_address_is_four_numbers_of_the_machine() {
        let end: SocketAddr = "[::1]:1".parse().unwrap();
        let one = "00000000000000000000000001000000:0001 ";
        assert_eq!(pair(end, end), format!(" {one}{one}"));
    }
}
