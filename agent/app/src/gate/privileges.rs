//! A process's privileges, for as long as it lives: all but one go.
//!
//! Spec: `AdjustTokenPrivileges`, `SE_PRIVILEGE_REMOVED`.

use std::{ffi::c_void, io, ptr::null_mut};

use windows_sys::Win32::{
    Foundation::{CloseHandle, HANDLE},
    Security::{
        AdjustTokenPrivileges, GetTokenInformation, LUID_AND_ATTRIBUTES, SE_PRIVILEGE_REMOVED,
        TOKEN_ADJUST_PRIVILEGES, TOKEN_PRIVILEGES, TOKEN_QUERY, TokenPrivileges,
    },
    System::Threading::{GetCurrentProcess, OpenProcessToken},
};

/// `SE_CHANGE_NOTIFY_PRIVILEGE`: every program has it, to pass through folders.
const KEPT: u32 = 23;

/// This process's own token.
struct Token(HANDLE);

impl Drop for Token {
    fn drop(&mut self) {
        // SAFETY: it is open, and nobody else has it.
        unsafe { CloseHandle(self.0) };
    }
}

/// Gives up every privilege but the one that all programs have. They cannot be had again.
///
/// # Errors
/// The system's.
pub(super) fn give_up() -> io::Result<()> {
    let token = open()?;
    for privilege in held(&token)? {
        if privilege.Luid.HighPart == 0 && privilege.Luid.LowPart == KEPT {
            continue;
        }
        let gone = TOKEN_PRIVILEGES {
            PrivilegeCount: 1,
            Privileges: [LUID_AND_ATTRIBUTES {
                Attributes: SE_PRIVILEGE_REMOVED,
                ..privilege
            }],
        };
        // SAFETY: the structure has one privilege, as it says; null stands for what is not wanted.
        let done = unsafe { AdjustTokenPrivileges(token.0, 0, &gone, 0, null_mut(), null_mut()) };
        if done == 0 {
            return Err(io::Error::last_os_error());
        }
    }
    let left = held(&token)?.len();
    match left {
        0 | 1 => Ok(()),
        _ => Err(io::Error::other(format!("{left} are left"))),
    }
}

fn open() -> io::Result<Token> {
    let mut token = null_mut();
    let rights = TOKEN_QUERY | TOKEN_ADJUST_PRIVILEGES;
    // SAFETY: the process's own pseudo handle; `token` is writable.
    match unsafe { OpenProcessToken(GetCurrentProcess(), rights, &mut token) } {
        0 => Err(io::Error::last_os_error()),
        _ => Ok(Token(token)),
    }
}

fn held(token: &Token) -> io::Result<Vec<LUID_AND_ATTRIBUTES>> {
    // There are some three dozen privileges of twelve bytes; of `u64`, so it is aligned.
    let mut buffer = [0_u64; 256];
    let size = u32::try_from(size_of_val(&buffer)).unwrap_or(0);
    let mut length = 0;
    // SAFETY: `buffer` has `size` bytes.
    let told = unsafe {
        let to = buffer.as_mut_ptr().cast::<c_void>();
        GetTokenInformation(token.0, TokenPrivileges, to, size, &mut length)
    };
    if told == 0 {
        return Err(io::Error::last_os_error());
    }
    let list = buffer.as_ptr().cast::<TOKEN_PRIVILEGES>();
    // SAFETY: the system has filled the buffer with a count and so many privileges behind it.
    let privileges = unsafe {
        let count = (*list).PrivilegeCount as usize;
        let first = (&raw const (*list).Privileges).cast::<LUID_AND_ATTRIBUTES>();
        std::slice::from_raw_parts(first, count)
    };
    Ok(privileges.to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_privilege_at_most_is_left() {
        // Of the process that runs the tests: none of them needs one.
        give_up().unwrap();
        let left = held(&open().unwrap()).unwrap();
        assert!(
            left.iter().all(|it| it.Luid.LowPart == KEPT),
            "{}",
            left.len()
        );
        give_up().unwrap();
    }
}
