//! Who is at the other end of a named pipe, as the system says.
//!
//! Spec: `ImpersonateNamedPipeClient`; Win32 "Named Pipe Security and Access Rights".

use std::{os::windows::io::AsRawHandle, ptr::null_mut};

use windows_sys::Win32::{
    Security::{RevertToSelf, TOKEN_QUERY},
    System::{
        Pipes::{
            GetNamedPipeClientProcessId, GetNamedPipeClientSessionId, ImpersonateNamedPipeClient,
        },
        Threading::{GetCurrentThread, OpenThreadToken},
    },
};

use super::{Handle, User, of_process, of_token};

/// Whose program has connected to a pipe of ours; `None` if that cannot be told. Something must
/// have been read from the pipe.
///
/// The person is taken from the client's own token, as it was when the client connected; the session
/// is what the system noted then. No number of a process, which another may have by now, is asked.
#[must_use]
pub fn client(pipe: &impl AsRawHandle) -> Option<User> {
    let mut session = 0;
    // SAFETY: the handle is open; `session` is writable.
    if unsafe { GetNamedPipeClientSessionId(pipe.as_raw_handle(), &mut session) } == 0 {
        return None;
    }
    // SAFETY: the handle is open. From here to the end of it this thread is the client.
    if unsafe { ImpersonateNamedPipeClient(pipe.as_raw_handle()) } == 0 {
        return None;
    }
    let mut token = null_mut();
    // SAFETY: the thread's own pseudo handle; `token` is writable. We open it as ourselves.
    let opened = unsafe { OpenThreadToken(GetCurrentThread(), TOKEN_QUERY, 1, &mut token) };
    // SAFETY: no argument.
    if unsafe { RevertToSelf() } == 0 {
        // Whatever came next would be done as the client.
        std::process::abort();
    }
    if opened == 0 {
        return None;
    }
    of_token(&Handle(token), session)
}

/// The same before anything was read, by the number of the client's process, which may be another's
/// by now: to count by, and not to trust.
#[must_use]
pub fn presumed_client(pipe: &impl AsRawHandle) -> Option<User> {
    let mut process = 0;
    // SAFETY: the handle is open; `process` is writable.
    let told = unsafe { GetNamedPipeClientProcessId(pipe.as_raw_handle(), &mut process) };
    of_process(process).filter(|_| told != 0)
}
