//! Windows: the table of TCP listeners, and `netsh` for the ranges that the system keeps.

#![allow(unsafe_code, reason = "all of it is the system's own functions")]

use std::process::{Command, Stdio};

use windows_sys::Win32::{
    Foundation::{ERROR_INSUFFICIENT_BUFFER, NO_ERROR},
    NetworkManagement::IpHelper::{
        GetExtendedTcpTable, MIB_TCP6ROW_OWNER_PID, MIB_TCP6TABLE_OWNER_PID, MIB_TCPROW_OWNER_PID,
        MIB_TCPTABLE_OWNER_PID, TCP_TABLE_OWNER_PID_LISTENER,
    },
    Networking::WinSock::{AF_INET, AF_INET6},
};

use super::{Owner, ranges};

pub(super) fn owner(port: u16) -> Option<Owner> {
    let process = listener_4(port).or_else(|| listener_6(port))?;
    Some(Owner {
        name: program(process),
        // 0 is nobody's number.
        process: Some(process).filter(|it| *it != 0),
        user: None,
    })
}

pub(super) fn reserved(port: u16) -> Option<(u16, u16)> {
    let mut netsh = Command::new("netsh");
    netsh.args(["int", "ipv4", "show", "excludedportrange", "protocol=tcp"]);
    netsh.stdin(Stdio::null());
    let said = netsh.output().ok()?;
    ranges::around(&String::from_utf8_lossy(&said.stdout), port)
}

fn listener_4(port: u16) -> Option<u32> {
    let table = table(u32::from(AF_INET))?;
    // SAFETY: the system has filled it with this structure, whose rows follow its head.
    let rows: &[MIB_TCPROW_OWNER_PID] = unsafe {
        let head = table.as_ptr().cast::<MIB_TCPTABLE_OWNER_PID>();
        let count = (*head).dwNumEntries as usize;
        std::slice::from_raw_parts((&raw const (*head).table).cast(), count)
    };
    let loopback = u32::from_ne_bytes([127, 0, 0, 1]);
    let ours = |row: &&MIB_TCPROW_OWNER_PID| {
        local_port(row.dwLocalPort) == port && [0, loopback].contains(&row.dwLocalAddr)
    };
    rows.iter().find(ours).map(|row| row.dwOwningPid)
}

fn listener_6(port: u16) -> Option<u32> {
    let table = table(u32::from(AF_INET6))?;
    // SAFETY: as above.
    let rows: &[MIB_TCP6ROW_OWNER_PID] = unsafe {
        let head = table.as_ptr().cast::<MIB_TCP6TABLE_OWNER_PID>();
        let count = (*head).dwNumEntries as usize;
        std::slice::from_raw_parts((&raw const (*head).table).cast(), count)
    };
    let ours = |row: &&MIB_TCP6ROW_OWNER_PID| {
        let address = std::net::Ipv6Addr::from(row.ucLocalAddr);
        local_port(row.dwLocalPort) == port && (address.is_unspecified() || address.is_loopback())
    };
    rows.iter().find(ours).map(|row| row.dwOwningPid)
}

/// The listeners of a family, each with its process. Of `u64`, so that it is aligned.
fn table(family: u32) -> Option<Vec<u64>> {
    let mut size = 0_u32;
    let mut table: Vec<u64> = Vec::new();
    // It may grow between two calls.
    for _ in 0..8 {
        let room = if table.is_empty() {
            std::ptr::null_mut()
        } else {
            table.as_mut_ptr().cast()
        };
        // SAFETY: the buffer has the size that is told, and nothing where that is 0.
        let said = unsafe {
            GetExtendedTcpTable(
                room,
                &raw mut size,
                0,
                family,
                TCP_TABLE_OWNER_PID_LISTENER,
                0,
            )
        };
        match said {
            NO_ERROR if !table.is_empty() => return Some(table),
            NO_ERROR | ERROR_INSUFFICIENT_BUFFER => {
                table = vec![0; (size as usize).div_ceil(8).max(2)];
                size = u32::try_from(table.len() * 8).ok()?;
            }
            _ => return None,
        }
    }
    None
}

/// The low half, in the network's order.
fn local_port(port: u32) -> u16 {
    let [first, second, ..] = port.to_ne_bytes();
    u16::from_be_bytes([first, second])
}

fn program(process: u32) -> Option<String> {
    let path = crate::machine::image(process)?;
    Some(path.file_name()?.to_string_lossy().into_owned())
}
