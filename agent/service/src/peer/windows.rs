//! Windows: the table of connections names a process, whose token names the person and the session.
//!
//! Compiled, and run under Wine between programs of Wine's; Windows itself has not seen it yet.
//!
//! Spec: `GetExtendedTcpTable`, `GetTokenInformation`, `ProcessIdToSessionId`.
#![allow(unsafe_code, reason = "calls of Windows")]

#[path = "windows/pipe.rs"]
pub mod pipe;
#[path = "windows/table.rs"]
mod table;
#[path = "windows/user.rs"]
mod user;

use std::{ffi::c_void, net::SocketAddr, path::PathBuf, ptr::null_mut};

use windows_sys::Win32::{
    Foundation::{CloseHandle, HANDLE, NO_ERROR},
    NetworkManagement::IpHelper::{GetExtendedTcpTable, TCP_TABLE_OWNER_PID_ALL},
    Networking::WinSock::{AF_INET, AF_INET6},
    Security::{GetLengthSid, GetTokenInformation, TOKEN_QUERY, TOKEN_USER, TokenUser},
    System::{
        RemoteDesktop::ProcessIdToSessionId,
        Threading::{
            GetCurrentProcessId, OpenProcess, OpenProcessToken, PROCESS_NAME_WIN32,
            PROCESS_QUERY_LIMITED_INFORMATION, QueryFullProcessImageNameW,
        },
    },
};

pub use user::User;

/// The largest table that is read, in bytes.
const MOST: u32 = 16 << 20;

/// Whose process has the established socket at `end` that is connected to `other`.
pub(super) fn owner(end: SocketAddr, other: SocketAddr) -> Option<User> {
    let number = process(end, other)?;
    // As long as it is open, no other process can be given its number.
    let held = open(number)?;
    let user = of_open_process(&held, number)?;
    (process(end, other) == Some(number)).then_some(user)
}

/// Who we are; `None` if the system does not tell.
pub(super) fn me() -> Option<User> {
    // SAFETY: no argument.
    of_process(unsafe { GetCurrentProcessId() })
}

/// Whether there is a connection with these ends, closed by neither side.
pub(super) fn is_established(end: SocketAddr, other: SocketAddr) -> bool {
    process(end, other).is_some()
}

/// Nobody is named yet.
pub(super) fn listener(_address: SocketAddr) -> Option<User> {
    None
}

/// The file of the program that has the socket at `end`, if it is this person's.
pub(super) fn program(end: SocketAddr, other: SocketAddr) -> Option<PathBuf> {
    let process = process(end, other)?;
    of_process(process).filter(|user| me().is_some_and(|me| me == *user))?;
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

/// Whose a process is; `None` if that cannot be told.
fn of_process(process: u32) -> Option<User> {
    of_open_process(&open(process)?, process)
}

fn of_open_process(process: &Handle, number: u32) -> Option<User> {
    let mut session = 0;
    // SAFETY: `session` is writable.
    if unsafe { ProcessIdToSessionId(number, &mut session) } == 0 {
        return None;
    }
    let mut token = null_mut();
    // SAFETY: the handle is open; `token` is writable.
    if unsafe { OpenProcessToken(process.0, TOKEN_QUERY, &mut token) } == 0 {
        return None;
    }
    of_token(&Handle(token), session)
}

fn of_token(token: &Handle, session: u32) -> Option<User> {
    // A TOKEN_USER and the identifier behind it; of `u64`, so it is aligned.
    let mut buffer = [0_u64; 32];
    let size = u32::try_from(size_of_val(&buffer)).ok()?;
    let mut length = 0;
    // SAFETY: `buffer` has `size` bytes, which is enough for the structure and the longest SID.
    let told = unsafe {
        let to = buffer.as_mut_ptr().cast::<c_void>();
        GetTokenInformation(token.0, TokenUser, to, size, &mut length)
    };
    if told == 0 {
        return None;
    }
    // SAFETY: the buffer begins with the structure, which points to a SID within the buffer.
    let sid = unsafe {
        let sid = (*buffer.as_ptr().cast::<TOKEN_USER>()).User.Sid;
        std::slice::from_raw_parts(sid.cast::<u8>(), GetLengthSid(sid) as usize)
    };
    User::new(sid, session)
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
