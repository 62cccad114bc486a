//! Windows: the table of connections names a process, whose token names the person and the session.
//!
//! Compiled, and run under Wine between programs of Wine's; Windows itself has not seen it yet.
//!
//! Spec: `GetExtendedTcpTable`, `MIB_TCPROW_OWNER_MODULE`, `GetProcessTimes`, `GetTokenInformation`, `ProcessIdToSessionId`.
#![allow(unsafe_code, reason = "calls of Windows")]

#[path = "windows/pipe.rs"]
pub mod pipe;
#[path = "windows/table.rs"]
mod table;
#[path = "windows/user.rs"]
mod user;

use std::{collections::HashMap, ffi::c_void, net::SocketAddr, path::PathBuf, ptr::null_mut};

use windows_sys::Win32::{
    Foundation::{CloseHandle, FILETIME, HANDLE, NO_ERROR},
    NetworkManagement::IpHelper::{GetExtendedTcpTable, TCP_TABLE_OWNER_MODULE_ALL},
    Networking::WinSock::{AF_INET, AF_INET6},
    Security::{GetLengthSid, GetTokenInformation, TOKEN_QUERY, TOKEN_USER, TokenUser},
    System::{
        RemoteDesktop::ProcessIdToSessionId,
        SystemInformation::GetSystemTimePreciseAsFileTime,
        Threading::{
            GetCurrentProcessId, GetProcessTimes, OpenProcess, OpenProcessToken,
            PROCESS_NAME_WIN32, PROCESS_QUERY_LIMITED_INFORMATION, QueryFullProcessImageNameW,
        },
    },
};

use table::{Maker, Wanted};
pub use user::User;

/// The largest table that is read, in bytes: of some 400,000 connections.
const MOST: u32 = 128 << 20;
/// How often a table is asked for that grows all the while.
const TRIES: u32 = 6;

/// Whose processes have made the established sockets at the one end (theirs) of these connections.
///
/// A process is held open while it is looked at, so that no other can be given its number; and it
/// has to have begun before the socket was made. A socket can outlive its maker, in a process that
/// has been given a copy: it is nobody's then, and not that of whoever has the maker's number.
pub(super) fn users(connections: &[Wanted]) -> Vec<Option<User>> {
    let plain = |(theirs, ours): &Wanted| (table::plain(*theirs), table::plain(*ours));
    let connections: Vec<_> = connections.iter().map(plain).collect();
    let first = makers(connections.iter().copied());
    let places: Vec<_> = connections
        .iter()
        .map(|connection| {
            let maker = first.get(connection).copied().flatten()?;
            let held = hold(maker)?;
            let user = of_open_process(&held, maker.process)?;
            Some((maker, held, user))
        })
        .collect();
    let both = |&(theirs, ours): &Wanted| [(theirs, ours), (ours, theirs)];
    let second = makers(connections.iter().flat_map(both));
    let still = |connection: &Wanted| second.get(connection).copied().flatten();
    connections
        .iter()
        .zip(places)
        .map(|(&(theirs, ours), place)| {
            let (maker, _held, user) = place?;
            let same = still(&(theirs, ours)) == Some(maker);
            (same && still(&(ours, theirs)).is_some()).then_some(user)
        })
        .collect()
}

/// Who we are; `None` if the system does not tell.
pub(super) fn me() -> Option<User> {
    // SAFETY: no argument.
    of_process(unsafe { GetCurrentProcessId() })
}

/// Nobody is named yet.
pub(super) fn listener(_address: SocketAddr) -> Option<User> {
    None
}

/// The file of the program that has the socket at `end`, if it is this person's.
pub(super) fn program(end: SocketAddr, other: SocketAddr) -> Option<PathBuf> {
    let connection = (table::plain(end), table::plain(other));
    let maker = || makers([connection].into_iter()).remove(&connection)?;
    let found = maker()?;
    let handle = hold(found)?;
    of_open_process(&handle, found.process).filter(|user| me().is_some_and(|me| me == *user))?;
    if maker() != Some(found) {
        return None;
    }
    let mut name = vec![0_u16; 32_768];
    let mut length = u32::try_from(name.len()).ok()?;
    // SAFETY: the handle is open, and `name` has `length` units.
    let named = unsafe {
        QueryFullProcessImageNameW(handle.0, PROCESS_NAME_WIN32, name.as_mut_ptr(), &mut length)
    };
    let name = name.get(..length as usize)?;
    (named != 0).then(|| String::from_utf16_lossy(name).into())
}

/// The process that made a socket, held open: no other can be given its number. `None` for one that
/// has begun since.
fn hold(maker: Maker) -> Option<Handle> {
    let held = open(maker.process)?;
    let began = began(&held)?;
    // What the time is now is asked last: a process that has just begun did so before.
    maker.may_be(began, now()).then_some(held)
}

/// Who made these sockets; `None` for one that is not established.
fn makers(wanted: impl Iterator<Item = Wanted>) -> HashMap<Wanted, Option<Maker>> {
    let mut found: HashMap<_, _> = wanted.map(|wanted| (wanted, None)).collect();
    for four in [true, false] {
        if found.keys().any(|(end, _)| end.is_ipv4() == four)
            && let Some(table) = table(four)
        {
            table::look_up(&table, four, &mut found);
        }
    }
    found
}

fn table(four: bool) -> Option<Vec<u8>> {
    let family = if four { AF_INET } else { AF_INET6 };
    let mut size = 1 << 18;
    for _ in 0..TRIES {
        let mut table = vec![0_u8; size as usize];
        // SAFETY: `table` has `size` bytes.
        let code = unsafe {
            GetExtendedTcpTable(
                table.as_mut_ptr().cast::<c_void>(),
                &mut size,
                0,
                family.into(),
                TCP_TABLE_OWNER_MODULE_ALL,
                0,
            )
        };
        if code == NO_ERROR {
            return Some(table);
        }
        // There is no table, or none that is to be read.
        if size as usize <= table.len() || size > MOST {
            return None;
        }
        // It may grow again meanwhile.
        size += size / 4;
    }
    None
}

/// When a process began, as a `FILETIME`.
fn began(process: &Handle) -> Option<u64> {
    let mut times = [FILETIME::default(); 4];
    let [began, ended, kernel, user] = &mut times;
    // SAFETY: the handle is open; all four are writable.
    let told = unsafe { GetProcessTimes(process.0, began, ended, kernel, user) };
    (told != 0).then(|| number(*began))
}

fn now() -> u64 {
    let mut now = FILETIME::default();
    // SAFETY: `now` is writable.
    unsafe { GetSystemTimePreciseAsFileTime(&mut now) };
    number(now)
}

fn number(time: FILETIME) -> u64 {
    u64::from(time.dwHighDateTime) << 32 | u64::from(time.dwLowDateTime)
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
