//! Windows: a job object from outside, and what a process can give up by itself from inside.
//!
//! Windows has no way to forbid network and files that leaves a PKCS #11 module working, so those
//! two gaps are always there.
#![allow(unsafe_code, reason = "all of it is the system's own functions")]

use std::{
    ffi::c_void,
    io::{Error, Result},
    os::windows::{
        ffi::OsStrExt as _,
        io::{AsRawHandle as _, FromRawHandle as _, OwnedHandle},
    },
    path::Path,
};

use windows_sys::Win32::System::{
    Diagnostics::Debug::{
        SEM_FAILCRITICALERRORS, SEM_NOGPFAULTERRORBOX, SEM_NOOPENFILEERRORBOX, SetErrorMode,
    },
    ErrorReporting::{WER_FAULT_REPORTING_FLAG_NOHEAP, WER_FAULT_REPORTING_NO_UI, WerSetFlags},
    JobObjects::{
        AssignProcessToJobObject, CreateJobObjectW, JOB_OBJECT_LIMIT_ACTIVE_PROCESS,
        JOB_OBJECT_LIMIT_DIE_ON_UNHANDLED_EXCEPTION, JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE,
        JOB_OBJECT_LIMIT_PROCESS_MEMORY, JOBOBJECT_EXTENDED_LIMIT_INFORMATION,
        JobObjectExtendedLimitInformation, SetInformationJobObject,
    },
    LibraryLoader::{
        AddDllDirectory, LOAD_LIBRARY_SEARCH_SYSTEM32, LOAD_LIBRARY_SEARCH_USER_DIRS,
        SetDefaultDllDirectories,
    },
    Threading::{
        PROCESS_MITIGATION_POLICY, ProcessChildProcessPolicy, ProcessExtensionPointDisablePolicy,
        ProcessImageLoadPolicy, SetProcessMitigationPolicy,
    },
};

use super::{Fence, Gap, MEMORY};

pub(super) fn close(fence: &Fence) -> Vec<Gap> {
    // SAFETY: takes a number; the dialogs of a crash would wait for a person who sees none.
    unsafe {
        SetErrorMode(SEM_FAILCRITICALERRORS | SEM_NOGPFAULTERRORBOX | SEM_NOOPENFILEERRORBOX)
    };
    let mut gaps = gaps();
    gaps.extend(hide_memory().err());
    // AppInit DLLs, hooks and input methods of old.
    gaps.extend((!give_up(ProcessExtensionPointDisablePolicy, 1)).then_some(Gap::Extensions));
    // From no other machine, from nowhere that a fenced program may write to; System32 first.
    gaps.extend((!give_up(ProcessImageLoadPolicy, 0b111)).then_some(Gap::Libraries));
    // The job says the same; it may be that there is none.
    let _ = give_up(ProcessChildProcessPolicy, 1);
    gaps.extend((!search_only(fence.libraries.as_deref())).then_some(Gap::Libraries));
    gaps.sort_unstable();
    gaps.dedup();
    gaps
}

pub(super) fn hide_memory() -> std::result::Result<(), Gap> {
    // SAFETY: takes a number.
    match unsafe { WerSetFlags(WER_FAULT_REPORTING_FLAG_NOHEAP | WER_FAULT_REPORTING_NO_UI) } {
        0 => Ok(()),
        _ => Err(Gap::Dumps),
    }
}

pub(super) fn gaps() -> Vec<Gap> {
    vec![Gap::Calls, Gap::Writing]
}

/// Gives up what the policy's flags name; whether that was possible.
fn give_up(policy: PROCESS_MITIGATION_POLICY, flags: u32) -> bool {
    // SAFETY: each of these policies is a structure of one `u32` of flags, and lives through the
    // call.
    unsafe { SetProcessMitigationPolicy(policy, (&raw const flags).cast::<c_void>(), 4) != 0 }
}

/// Libraries come from System32 and this folder alone: neither from where the program is, nor from
/// where it was started, nor from `PATH`.
fn search_only(folder: Option<&Path>) -> bool {
    let from = LOAD_LIBRARY_SEARCH_SYSTEM32 | LOAD_LIBRARY_SEARCH_USER_DIRS;
    // SAFETY: takes a number.
    if unsafe { SetDefaultDllDirectories(from) } == 0 {
        return false;
    }
    let Some(folder) = folder else { return true };
    let path: Vec<u16> = folder.as_os_str().encode_wide().chain([0]).collect();
    // SAFETY: the path ends with a zero, and lives through the call.
    !unsafe { AddDllDirectory(path.as_ptr()) }.is_null()
}

/// What the agent does to a child from outside: a job that ends with the agent, has room for one
/// process, and for so much memory.
#[derive(Debug)]
pub(crate) struct Guard {
    /// Closing it ends the child, also when it is the system that closes it.
    _job: OwnedHandle,
}

impl Guard {
    /// Takes a child that was just started, and has not been told anything yet.
    pub(crate) fn around(child: &tokio::process::Child) -> Result<Self> {
        let child = child.raw_handle().ok_or(std::io::ErrorKind::NotFound)?;
        // SAFETY: null pointers stand for a job without name that no child inherits.
        let job = unsafe { CreateJobObjectW(std::ptr::null(), std::ptr::null()) };
        if job.is_null() {
            return Err(Error::last_os_error());
        }
        // SAFETY: the handle was just opened, and nobody else has it.
        let job = unsafe { OwnedHandle::from_raw_handle(job) };
        let mut limits = JOBOBJECT_EXTENDED_LIMIT_INFORMATION::default();
        limits.BasicLimitInformation.LimitFlags = JOB_OBJECT_LIMIT_ACTIVE_PROCESS
            | JOB_OBJECT_LIMIT_PROCESS_MEMORY
            | JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE
            | JOB_OBJECT_LIMIT_DIE_ON_UNHANDLED_EXCEPTION;
        limits.BasicLimitInformation.ActiveProcessLimit = 1;
        limits.ProcessMemoryLimit = usize::try_from(MEMORY).unwrap_or(usize::MAX);
        let size = u32::try_from(size_of_val(&limits)).unwrap_or(u32::MAX);
        // SAFETY: the structure is the one of this kind of information, of that size, and lives
        // through the call.
        let limited = unsafe {
            SetInformationJobObject(
                job.as_raw_handle(),
                JobObjectExtendedLimitInformation,
                (&raw const limits).cast::<c_void>(),
                size,
            )
        };
        // SAFETY: both handles are open.
        if limited == 0 || unsafe { AssignProcessToJobObject(job.as_raw_handle(), child) } == 0 {
            return Err(Error::last_os_error());
        }
        Ok(Self { _job: job })
    }
}
