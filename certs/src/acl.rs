//! Windows' access lists: files of a person alone, and files of the machine that people read.
//!
//! Spec: Win32 "Security Descriptor Definition Language"; "Well-known SIDs".
#![allow(unsafe_code, reason = "all of it is the system's own functions")]

use std::{
    ffi::c_void,
    fs::{self, File, OpenOptions},
    io::{Error, ErrorKind, Result},
    os::windows::{
        ffi::OsStrExt as _,
        fs::{MetadataExt as _, OpenOptionsExt as _},
        io::AsRawHandle,
    },
    path::Path,
    ptr::null_mut,
};

use windows_sys::{
    Win32::{
        Foundation::{CloseHandle, LocalFree},
        Security::{
            ACCESS_ALLOWED_ACE, ACE_HEADER, ACL,
            Authorization::{
                ConvertSidToStringSidW, ConvertStringSecurityDescriptorToSecurityDescriptorW,
                GetSecurityInfo, SDDL_REVISION_1, SE_FILE_OBJECT,
            },
            DACL_SECURITY_INFORMATION, GetAce, GetTokenInformation, OWNER_SECURITY_INFORMATION,
            PROTECTED_DACL_SECURITY_INFORMATION, PSID, SetFileSecurityW, TOKEN_QUERY, TOKEN_USER,
            TokenUser,
        },
        Storage::FileSystem::{
            FILE_ATTRIBUTE_REPARSE_POINT, FILE_FLAG_BACKUP_SEMANTICS, FILE_FLAG_OPEN_REPARSE_POINT,
            FILE_READ_ATTRIBUTES, READ_CONTROL,
        },
        System::{
            SystemServices::{ACCESS_ALLOWED_ACE_TYPE, ACCESS_DENIED_ACE_TYPE},
            Threading::{GetCurrentProcess, OpenProcessToken},
        },
    },
    core::PWSTR,
};

/// LocalSystem.
const SYSTEM: &str = "S-1-5-18";
/// Administrators.
const ADMINISTRATORS: &str = "S-1-5-32-544";
/// Whoever is logged on at this machine, also from afar.
const INTERACTIVE: &str = "S-1-5-4";
/// The installer of Windows itself.
const TRUSTED_INSTALLER: &str = "S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464";

/// Every right to read, and none to change: `FILE_GENERIC_READ | FILE_EXECUTE`.
const READ: u32 = 0x0012_0089 | 0x20;

/// Gives a file or folder, and what is made in it from now on, to this person, administrators and
/// the system.
///
/// # Errors
/// The system's.
pub(crate) fn close(path: &Path) -> Result<()> {
    set(
        path,
        &format!("D:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;FA;;;{})", me()?),
    )
}

/// The same for what is the machine's, which whoever is logged on may read.
///
/// # Errors
/// The system's.
fn let_people_read(path: &Path) -> Result<()> {
    set(
        path,
        "D:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;FRFX;;;IU)",
    )
}

/// The same for what is the machine's, and people's not to know.
///
/// # Errors
/// The system's.
pub fn keep_from_people(path: &Path) -> Result<()> {
    set(path, "D:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)")
}

/// Who may do something with an open file that none of ours should let them; `None` if nobody. Ours
/// are this person, administrators and the system; whoever is logged on may read what belongs to
/// the latter two.
///
/// # Errors
/// The system's.
pub(crate) fn stranger(file: &File) -> Result<Option<String>> {
    let (owner, list) = look(file)?;
    let machines = [SYSTEM, ADMINISTRATORS].contains(&&*owner);
    let ours = [SYSTEM, ADMINISTRATORS, &me()?, &owner].map(str::to_owned);
    let Some(list) = list else {
        return Ok(Some("everybody".to_owned()));
    };
    let stranger = list.into_iter().find(|(who, rights)| {
        let reads = machines && who == INTERACTIVE && rights & !READ == 0;
        !ours.contains(who) && !reads
    });
    Ok(stranger.map(|(who, _)| who))
}

/// Whether an open file or pipe belongs to the system or its administrators.
///
/// # Errors
/// The system's.
pub fn is_machines(file: &impl AsRawHandle) -> Result<bool> {
    let (owner, _) = look(file)?;
    Ok([SYSTEM, ADMINISTRATORS, TRUSTED_INSTALLER].contains(&&*owner))
}

/// Whose an open file or pipe is: an identifier, `S-1-5-…`.
///
/// # Errors
/// The system's.
pub fn owner(file: &impl AsRawHandle) -> Result<String> {
    look(file).map(|(owner, _)| owner)
}

/// Whether a file or folder is the machine's, or this person's own, and no link to another.
#[must_use]
pub fn is_ours(path: &Path) -> bool {
    let ours = || {
        let file = open(path)?;
        let link = file.metadata()?.file_attributes() & FILE_ATTRIBUTE_REPARSE_POINT != 0;
        Ok::<_, Error>(!link && (is_machines(&file)? || owner(&file)? == me()?))
    };
    ours().unwrap_or(false)
}

/// Makes a folder the machine's: administrators own it, and people may read it. What somebody else
/// has put there under its name, before there was an installation, is put aside first: its owner
/// could go on changing what is in it.
///
/// # Errors
/// The system's.
pub(crate) fn claim(path: &Path) -> Result<()> {
    if path.symlink_metadata().is_ok() && !is_ours(path) {
        let aside = (0..100).map(|number| path.with_extension(format!("not-ours-{number}")));
        let free = aside.into_iter().find(|it| it.symlink_metadata().is_err());
        fs::rename(path, free.ok_or(ErrorKind::AlreadyExists)?)?;
    }
    match fs::create_dir(path) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    // Whoever makes something as an administrator owns it alone where a policy says so.
    let _ = set_owner(path);
    let_people_read(path)
}

fn set_owner(path: &Path) -> Result<()> {
    let descriptor = Descriptor::of("O:BA")?;
    let path: Vec<u16> = path.as_os_str().encode_wide().chain([0]).collect();
    // SAFETY: the path ends with a zero; the descriptor lives.
    match unsafe { SetFileSecurityW(path.as_ptr(), OWNER_SECURITY_INFORMATION, descriptor.0) } {
        0 => Err(Error::last_os_error()),
        _ => Ok(()),
    }
}

/// The file or folder itself, also where it is a link.
fn open(path: &Path) -> Result<File> {
    let how = FILE_FLAG_BACKUP_SEMANTICS | FILE_FLAG_OPEN_REPARSE_POINT;
    OpenOptions::new()
        .access_mode(READ_CONTROL | FILE_READ_ATTRIBUTES)
        .custom_flags(how)
        .open(path)
}

/// `SetNamedSecurityInfoW` would do, but Wine 8 sets something else then.
fn set(path: &Path, words: &str) -> Result<()> {
    let descriptor = Descriptor::of(words)?;
    let path: Vec<u16> = path.as_os_str().encode_wide().chain([0]).collect();
    // SAFETY: the path ends with a zero; the descriptor lives.
    let set = unsafe {
        SetFileSecurityW(
            path.as_ptr(),
            DACL_SECURITY_INFORMATION | PROTECTED_DACL_SECURITY_INFORMATION,
            descriptor.0,
        )
    };
    match set {
        0 => Err(Error::last_os_error()),
        _ => Ok(()),
    }
}

/// The owner, and who may do what; `None` for a file without a list, which is everybody's.
type Found = (String, Option<Vec<(String, u32)>>);

fn look(file: &impl AsRawHandle) -> Result<Found> {
    let (mut owner, mut list, mut descriptor) = (null_mut(), null_mut::<ACL>(), null_mut());
    // SAFETY: the handle is open, and all pointers are writable or null.
    code(unsafe {
        GetSecurityInfo(
            file.as_raw_handle(),
            SE_FILE_OBJECT,
            OWNER_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION,
            &mut owner,
            null_mut(),
            &mut list,
            null_mut(),
            &mut descriptor,
        )
    })?;
    let _descriptor = Descriptor(descriptor);
    let owner = text(owner)?;
    if list.is_null() {
        return Ok((owner, None));
    }
    // SAFETY: the list is the descriptor's, which lives.
    let count = u32::from(unsafe { (*list).AceCount });
    let mut entries = Vec::new();
    for number in 0..count {
        let mut entry = null_mut::<c_void>();
        // SAFETY: as above; `entry` is writable.
        if unsafe { GetAce(list, number, &mut entry) } == 0 {
            return Err(Error::last_os_error());
        }
        // SAFETY: every entry begins with this header.
        let kind = u32::from(unsafe { (*entry.cast::<ACE_HEADER>()).AceType });
        if kind == ACCESS_DENIED_ACE_TYPE {
            continue;
        }
        if kind != ACCESS_ALLOWED_ACE_TYPE {
            // With conditions, or for objects: what it allows cannot be told.
            entries.push((format!("an entry of kind {kind}"), u32::MAX));
            continue;
        }
        // SAFETY: an entry of this kind is this structure, with a SID at its end.
        let (rights, sid) = unsafe {
            let entry = entry.cast::<ACCESS_ALLOWED_ACE>();
            ((*entry).Mask, (&raw mut (*entry).SidStart).cast::<c_void>())
        };
        entries.push((text(sid)?, rights));
    }
    Ok((owner, Some(entries)))
}

/// This person's identifier, `S-1-5-21-…`.
fn me() -> Result<String> {
    let mut token = null_mut();
    // SAFETY: the process's own pseudo handle; `token` is writable.
    if unsafe { OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &mut token) } == 0 {
        return Err(Error::last_os_error());
    }
    // A TOKEN_USER and the SID behind it, which has 68 bytes at most; of `u64`, so it is aligned.
    let mut buffer = [0_u64; 32];
    let mut length = 0;
    let room = u32::try_from(size_of_val(&buffer)).unwrap_or(0);
    // SAFETY: the buffer has that room; the handle is open, and closed once.
    let told = unsafe {
        let told = GetTokenInformation(
            token,
            TokenUser,
            buffer.as_mut_ptr().cast(),
            room,
            &mut length,
        );
        let error = Error::last_os_error();
        CloseHandle(token);
        if told == 0 { Err(error) } else { Ok(()) }
    };
    told?;
    // SAFETY: the buffer begins with it, and lives.
    text(unsafe { (*buffer.as_ptr().cast::<TOKEN_USER>()).User.Sid })
}

fn text(sid: PSID) -> Result<String> {
    let mut words: PWSTR = null_mut();
    // SAFETY: the SID is one of the system's; `words` is writable.
    if unsafe { ConvertSidToStringSidW(sid, &mut words) } == 0 {
        return Err(Error::last_os_error());
    }
    // SAFETY: it ends with a zero, and is freed once.
    unsafe {
        let length = (0..).take_while(|at| *words.add(*at) != 0).count();
        let said = String::from_utf16_lossy(std::slice::from_raw_parts(words, length));
        LocalFree(words.cast());
        Ok(said)
    }
}

fn code(code: u32) -> Result<()> {
    match code {
        0 => Ok(()),
        code => Err(Error::from_raw_os_error(code.cast_signed())),
    }
}

/// A security descriptor of the system's, freed when dropped.
#[derive(Debug)]
pub struct Descriptor(*mut c_void);

// SAFETY: nothing changes it once it is made.
unsafe impl Send for Descriptor {}

impl Descriptor {
    /// What these words of the Security Descriptor Definition Language say.
    ///
    /// # Errors
    /// The system's, also where it does not understand them.
    pub fn of(words: &str) -> Result<Self> {
        let words: Vec<u16> = words.encode_utf16().chain([0]).collect();
        let mut descriptor = null_mut();
        // SAFETY: the words end with a zero; `descriptor` is writable; a length is not asked for.
        let made = unsafe {
            ConvertStringSecurityDescriptorToSecurityDescriptorW(
                words.as_ptr(),
                SDDL_REVISION_1,
                &mut descriptor,
                null_mut(),
            )
        };
        if made == 0 {
            return Err(Error::last_os_error());
        }
        Ok(Self(descriptor))
    }

    /// For calls of the system that want one.
    #[must_use]
    pub fn as_ptr(&self) -> *mut c_void {
        self.0
    }
}

impl Drop for Descriptor {
    fn drop(&mut self) {
        // SAFETY: the system has allocated it with LocalAlloc, and nobody else frees it.
        unsafe { LocalFree(self.0) };
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_folder_of_the_machines_is_made_and_taken_again_and_a_link_is_put_aside() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("machine");
        for _ in 0..2 {
            claim(&path).unwrap();
            assert!(is_ours(&path));
        }
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        let link = folder.path().join("link");
        // Where this person may make one.
        if std::os::windows::fs::symlink_dir(&path, &link).is_ok() {
            assert!(!is_ours(&link));
            claim(&link).unwrap();
            assert!(is_ours(&link));
        }
    }

    #[ignore = "Wine 8 inherits no access list"]
    #[test]
    fn a_closed_folder_s_files_are_this_persons() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        close(folder.path()).unwrap();
        fs::write(&path, "secret").unwrap();
        assert_eq!(stranger(&File::open(&path).unwrap()).unwrap(), None);
    }

    #[test]
    fn a_closed_file_is_this_persons_and_an_open_one_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        fs::write(&path, "secret").unwrap();
        close(&path).unwrap();
        assert_eq!(stranger(&File::open(&path).unwrap()).unwrap(), None);

        set(&path, "D:P(A;;FA;;;SY)(A;;FR;;;WD)").unwrap();
        let found = stranger(&File::open(&path).unwrap()).unwrap();
        assert_eq!(found.as_deref(), Some("S-1-1-0"));
    }
}
