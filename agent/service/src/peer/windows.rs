//! Windows: the table of connections names a process, whose token names the person and the session.
//!
//! Compiled, and run under Wine between programs of Wine's; Windows itself has not seen it yet.
//!
//! Spec: `GetExtendedTcpTable`, `GetTokenInformation`, `ProcessIdToSessionId`.
#![allow(unsafe_code, reason = "calls of Windows")]

#[path = "windows/table.rs"]
mod table;

use std::{ffi::c_void, net::SocketAddr, path::PathBuf, ptr::null_mut};

use windows_sys::Win32::{
    Foundation::{CloseHandle, HANDLE, NO_ERROR},
    NetworkManagement::IpHelper::{GetExtendedTcpTable, TCP_TABLE_OWNER_PID_ALL},
    Networking::WinSock::{AF_INET, AF_INET6},
    Security::{EqualSid, GetTokenInformation, TOKEN_QUERY, TOKEN_USER, TokenUser},
    System::{
        RemoteDesktop::ProcessIdToSessionId,
        Threading::{
            GetCurrentProcessId, OpenProcess, OpenProcessToken, PROCESS_NAME_WIN32,
            PROCESS_QUERY_LIMITED_INFORMATION, QueryFullProcessImageNameW,
        },
    },
};

/// The largest table that is read, in bytes.
const MOST: u32 = 16 << 20;

/// [`me`], if the socket at `end` belongs to this person in this session; another number if not.
pub(super) fn owner(end: SocketAddr, other: SocketAddr) -> Option<u32> {
    let process = process(end, other)?;
    Some(u32::from(!is_mine(process)?))
}

/// Ours is 0, everybody else's 1: persons have no numbers here.
pub(super) fn me() -> u32 {
    0
}

/// Whether there is a connection with these ends, closed by neither side.
pub(super) fn is_established(end: SocketAddr, other: SocketAddr) -> bool {
    process(end, other).is_some()
}

/// Nobody is named yet.
pub(super) fn listener(_address: SocketAddr) -> Option<u32> {
    None
}

/// The file of the program that has the socket at `end`, if it is this person's.
pub(super) fn program(end: SocketAddr, other: SocketAddr) -> Option<PathBuf> {
    let process = process(end, other)?;
    if !is_mine(process)? {
        return None;
    }
    let handle = open(process)?;
    let mut name = vec![0_u16; 32_768];
    let mut length = u32::try_from(name.len()).ok()?;
    // SAFETY: the handle is open, and `name` has `length` units.
    let named = unsafe {
        QueryFullProcessImageNameW(handle.0, PROCESS_NAME_WIN32, name.as_mut_ptr(), &mut length)
    };
    let name = name.get(..length as usize)?;
    (named != 0).then(|| String::from_utf16_lossy(name).into())
}

fn process(end: SocketAddr, other: SocketAddr) -> Option<u32> {
    let family = if end.is_ipv4() { AF_INET } else { AF_INET6 };
    let mut size = 1 << 16;
    loop {
        let mut table = vec![0_u8; size as usize];
        // SAFETY: `table` has `size` bytes.
        let code = unsafe {
            GetExtendedTcpTable(
                table.as_mut_ptr().cast::<c_void>(),
                &mut size,
                0,
                family.into(),
                TCP_TABLE_OWNER_PID_ALL,
                0,
            )
        };
        if code == NO_ERROR {
            return table::process(&table, end, other);
        }
        // It has grown meanwhile, or there is no table.
        if size as usize <= table.len() || size > MOST {
            return None;
        }
    }
}

/// Whether a process is of this person and session; `None` if that cannot be told.
fn is_mine(process: u32) -> Option<bool> {
    // SAFETY: no argument.
    let me = unsafe { GetCurrentProcessId() };
    if process == me {
        return Some(true);
    }
    let (theirs, ours) = (user(process)?, user(me)?);
    // SAFETY: both buffers begin with a TOKEN_USER that points into them, and live on.
    let same = unsafe {
        let sid = |buffer: &Vec<u64>| (*buffer.as_ptr().cast::<TOKEN_USER>()).User.Sid;
        EqualSid(sid(&theirs), sid(&ours)) != 0
    };
    Some(same && session(process)? == session(me)?)
}

fn session(process: u32) -> Option<u32> {
    let mut session = 0;
    // SAFETY: `session` is writable.
    (unsafe { ProcessIdToSessionId(process, &mut session) } != 0).then_some(session)
}

/// A TOKEN_USER, aligned, with the SID that it points to behind it.
fn user(process: u32) -> Option<Vec<u64>> {
    let process = open(process)?;
    let mut token = null_mut();
    // SAFETY: the handle is open; `token` is writable.
    if unsafe { OpenProcessToken(process.0, TOKEN_QUERY, &mut token) } == 0 {
        return None;
    }
    let token = Handle(token);
    let mut buffer = vec![0_u64; 32];
    let size = u32::try_from(buffer.len() * 8).ok()?;
    let mut length = 0;
    // SAFETY: `buffer` has `size` bytes; a SID has 68 at most.
    let told = unsafe {
        let to = buffer.as_mut_ptr().cast::<c_void>();
        GetTokenInformation(token.0, TokenUser, to, size, &mut length)
    };
    (told != 0).then_some(buffer)
}

fn open(process: u32) -> Option<Handle> {
    // SAFETY: no memory is passed.
    let handle = unsafe { OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION, 0, process) };
    (!handle.is_null()).then_some(Handle(handle))
}

/// An open handle, closed when dropped.
struct Handle(HANDLE);

impl Drop for Handle {
    fn drop(&mut self) {
        // SAFETY: it is open, and nobody else has it.
        unsafe { CloseHandle(self.0) };
    }
}
