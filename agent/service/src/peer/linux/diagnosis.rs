//! `NETLINK_SOCK_DIAG`: one question about one connection, answered by the kernel at once.
//!
//! Spec: sock_diag(7); `linux/inet_diag.h`.

use std::{
    net::{IpAddr, SocketAddr},
    os::fd::AsRawFd as _,
};

use nix::{
    errno::Errno,
    sys::socket::{self, AddressFamily, MsgFlags, SockFlag, SockProtocol, SockType, recv, send},
};

use super::{ESTABLISHED, Socket};

/// `SOCK_DIAG_BY_FAMILY`, in question and answer.
const BY_FAMILY: u16 = 20;
/// `NLMSG_ERROR`.
const ERROR: u16 = 2;
/// `NLM_F_REQUEST`.
const REQUEST: u16 = 1;

/// `struct inet_diag_sockid`: ports, addresses, interface and cookie.
const ID_LENGTH: usize = 48;
/// How much of it names the connection: all but interface and cookie.
const ID_NAMED: usize = 36;

/// Asks the kernel.
///
/// # Errors
/// `ENOENT` when there is no such connection; others when the kernel cannot be asked this way.
pub(super) fn socket(end: SocketAddr, other: SocketAddr) -> Result<Option<Socket>, Errno> {
    let id = id(end, other);
    let family = if end.is_ipv4() {
        AddressFamily::Inet
    } else {
        AddressFamily::Inet6
    } as u8;
    let question = question(family, &id);

    let kernel = socket::socket(
        AddressFamily::Netlink,
        SockType::Datagram,
        SockFlag::SOCK_CLOEXEC,
        SockProtocol::NetlinkSockDiag,
    )?;
    send(kernel.as_raw_fd(), &question, MsgFlags::empty())?;
    let mut answer = [0; 512];
    // The kernel has answered before `send` returns: nothing to wait for.
    let length = recv(kernel.as_raw_fd(), &mut answer, MsgFlags::MSG_DONTWAIT)?;

    // A program that maps IPv4 into IPv6 has its addresses told in that form.
    read(
        answer.get(..length).unwrap_or_default(),
        [id, self::id(mapped(end), mapped(other))],
    )
}

fn mapped(address: SocketAddr) -> SocketAddr {
    match address.ip() {
        IpAddr::V4(v4) => SocketAddr::new(v4.to_ipv6_mapped().into(), address.port()),
        IpAddr::V6(_) => address,
    }
}

/// Names the connection as its owner sees it.
fn id(end: SocketAddr, other: SocketAddr) -> [u8; ID_LENGTH] {
    let mut id = [0xFF; ID_LENGTH]; // The cookie of all ones: any.
    let parts = [
        &end.port().to_be_bytes()[..],
        &other.port().to_be_bytes(),
        &address(end.ip()),
        &address(other.ip()),
        &0_u32.to_ne_bytes(), // Any interface.
    ];
    id.iter_mut()
        .zip(parts.concat())
        .for_each(|(to, from)| *to = from);
    id
}

/// Network order, IPv4 in the first four of sixteen bytes.
fn address(ip: IpAddr) -> [u8; 16] {
    match ip {
        IpAddr::V6(v6) => v6.octets(),
        IpAddr::V4(v4) => {
            let [a, b, c, d] = v4.octets();
            [a, b, c, d, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
        }
    }
}

/// `struct nlmsghdr` and `struct inet_diag_req_v2`.
fn question(family: u8, id: &[u8; ID_LENGTH]) -> Vec<u8> {
    const LENGTH: u32 = 16 + 8 + 48;
    const TCP: u8 = 6;
    [
        &LENGTH.to_ne_bytes()[..],
        &BY_FAMILY.to_ne_bytes(),
        &REQUEST.to_ne_bytes(),
        &[0; 8], // sequence and sender
        &[family, TCP, 0, 0],
        &u32::MAX.to_ne_bytes(), // every state
        id,
    ]
    .concat()
}

/// `struct nlmsghdr`, then an error or `struct inet_diag_msg`.
fn read(answer: &[u8], ids: [[u8; ID_LENGTH]; 2]) -> Result<Option<Socket>, Errno> {
    let kind = answer
        .get(4..6)
        .and_then(|bytes| bytes.try_into().ok())
        .map(u16::from_ne_bytes);
    let number = |from: usize| {
        let bytes = answer.get(from..from + 4)?;
        Some(u32::from_ne_bytes(bytes.try_into().ok()?))
    };
    match kind {
        Some(BY_FAMILY) => {
            let state = answer.get(17).copied();
            // Where the connection is not found the kernel may answer with the listener.
            let named = answer.get(20..20 + ID_NAMED);
            let same = ids.iter().any(|id| named == id.get(..ID_NAMED));
            let socket = number(80).zip(number(84));
            let socket = socket.map(|(user, inode)| Socket {
                user,
                inode: inode.into(),
            });
            Ok(socket.filter(|_| same && state == Some(ESTABLISHED)))
        }
        Some(ERROR) => Err(Errno::from_raw(
            number(16).map_or(0, |code| code.wrapping_neg().cast_signed()),
        )),
        _ => Err(Errno::EPROTO),
    }
}
