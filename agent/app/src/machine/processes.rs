//! Processes, as the system lists them.
//!
//! Spec: Win32 "Tool Help Library", `QueryFullProcessImageNameW`.
#![allow(unsafe_code, reason = "all of it is the system's own functions")]

use std::{
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use windows_sys::Win32::{
    Foundation::{CloseHandle, HANDLE, INVALID_HANDLE_VALUE},
    System::{
        Diagnostics::ToolHelp::{
            CreateToolhelp32Snapshot, PROCESSENTRY32W, Process32FirstW, Process32NextW,
            TH32CS_SNAPPROCESS,
        },
        Threading::{
            OpenProcess, PROCESS_NAME_WIN32, PROCESS_QUERY_LIMITED_INFORMATION,
            PROCESS_SYNCHRONIZE, QueryFullProcessImageNameW, WaitForSingleObject,
        },
    },
};

/// The longest path that Windows has, in UTF-16 units.
const LONGEST_PATH: usize = 32_768;

/// A window that is open may stay so for two minutes; then its agent ends.
const LONGEST: Duration = Duration::from_secs(150);

/// The processes of this very file, but for the one that asks.
pub(super) fn of(program: &Path) -> Vec<u32> {
    let me = std::process::id();
    let same = |process: &u32| {
        let image = image(*process);
        image.is_some_and(|it| it.as_os_str().eq_ignore_ascii_case(program))
    };
    let others = all().into_iter().filter(|process| *process != me);
    others.filter(same).collect()
}

/// Waits until they have ended, or it has taken too long.
pub(super) fn wait_for(processes: &[u32]) {
    let start = Instant::now();
    for process in processes {
        // SAFETY: no memory is passed.
        let handle = unsafe { OpenProcess(PROCESS_SYNCHRONIZE, 0, *process) };
        if handle.is_null() {
            continue;
        }
        let handle = Handle(handle);
        let left = LONGEST.saturating_sub(start.elapsed()).as_millis();
        // SAFETY: the handle is open.
        unsafe { WaitForSingleObject(handle.0, u32::try_from(left).unwrap_or(0)) };
    }
}

/// The file of a process, if it may be known.
pub(crate) fn image(process: u32) -> Option<PathBuf> {
    let mut path = vec![0_u16; LONGEST_PATH];
    let mut length = u32::try_from(LONGEST_PATH).ok()?;
    // SAFETY: no memory is passed.
    let handle = unsafe { OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION, 0, process) };
    if handle.is_null() {
        return None;
    }
    let handle = Handle(handle);
    // SAFETY: the handle is open, and the buffer has the length that is told.
    let known = unsafe {
        QueryFullProcessImageNameW(
            handle.0,
            PROCESS_NAME_WIN32,
            path.as_mut_ptr(),
            &raw mut length,
        )
    };
    let path = path.get(..length as usize).filter(|_| known != 0)?;
    Some(String::from_utf16_lossy(path).into())
}

fn all() -> Vec<u32> {
    let mut found = Vec::new();
    // SAFETY: takes numbers.
    let list = unsafe { CreateToolhelp32Snapshot(TH32CS_SNAPPROCESS, 0) };
    if list == INVALID_HANDLE_VALUE {
        return found;
    }
    let list = Handle(list);
    let mut entry = PROCESSENTRY32W {
        dwSize: u32::try_from(size_of::<PROCESSENTRY32W>()).unwrap_or(0),
        ..Default::default()
    };
    // SAFETY: the handle is open, and the entry says its own size.
    let mut more = unsafe { Process32FirstW(list.0, &raw mut entry) };
    while more != 0 {
        found.push(entry.th32ProcessID);
        // SAFETY: as above.
        more = unsafe { Process32NextW(list.0, &raw mut entry) };
    }
    found
}

/// An open handle, closed when dropped.
struct Handle(HANDLE);

impl Drop for Handle {
    fn drop(&mut self) {
        // SAFETY: it is open, and nobody else has it.
        unsafe { CloseHandle(self.0) };
    }
}
