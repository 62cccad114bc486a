//! System calls that no child of the agent needs.
//!
//! Modules are other people's programs, so what they may call cannot be listed; what would lead out
//! of the process can: sockets that are not local, other programs, other processes, and the ways
//! around these rules. A call that is refused fails as it would for want of rights.

use std::collections::BTreeMap;

use nix::libc;
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen::Dword, SeccompCmpOp as Op, SeccompCondition,
    SeccompFilter, SeccompRule, TargetArch, apply_filter,
};

use crate::fence::{Fence, Gap};

pub(super) fn close(fence: &Fence) -> Option<Gap> {
    restrict(fence).err().map(|_| Gap::Calls)
}

type Rules = BTreeMap<i64, Vec<SeccompRule>>;
type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

fn restrict(fence: &Fence) -> Result<()> {
    // glibc tries clone3 first, whose arguments a filter cannot see, and takes clone if it is told
    // that there is none.
    apply(
        BTreeMap::from([(libc::SYS_clone3, Vec::new())]),
        libc::ENOSYS,
    )?;
    apply(refused(fence)?, libc::EPERM)
}

fn apply(rules: Rules, error: i32) -> Result<()> {
    let filter = SeccompFilter::new(
        rules,
        SeccompAction::Allow,
        SeccompAction::Errno(error.unsigned_abs()),
        TargetArch::try_from(std::env::consts::ARCH)?,
    )?;
    Ok(apply_filter(&BpfProgram::try_from(filter)?)?)
}

fn refused(fence: &Fence) -> Result<Rules> {
    let never = NEVER.iter().chain(ABOUT_FILES);
    let mut rules: Rules = never.map(|call| (*call, Vec::new())).collect();
    if !fence.pictures {
        rules.extend(SHARED_MEMORY.iter().map(|call| (*call, Vec::new())));
    }
    // Not counted as the process's own, and no child is there to share it with.
    let nobodys = u64::from((libc::MAP_SHARED | libc::MAP_ANONYMOUS).unsigned_abs());
    let nobodys = SeccompCondition::new(3, Dword, Op::MaskedEq(nobodys), nobodys)?;
    rules.insert(libc::SYS_mmap, vec![SeccompRule::new(vec![nobodys])?]);
    if !fence.network {
        let local = u64::from(libc::AF_UNIX.unsigned_abs());
        rules.insert(libc::SYS_socket, unless(0, &[local])?);
    }
    // A new thread is none of our business; a new process is.
    let thread = u64::from(libc::CLONE_THREAD.unsigned_abs());
    let process = SeccompCondition::new(0, Dword, Op::MaskedEq(thread), 0)?;
    rules.insert(libc::SYS_clone, vec![SeccompRule::new(vec![process])?]);
    let this = u64::from(std::process::id());
    for call in SIGNALS {
        rules.insert(call, unless(0, &[this])?);
    }
    rules.insert(libc::SYS_prlimit64, unless(0, &[0, this])?);
    let requests = [&TYPING[..], &FLAGS].concat();
    rules.insert(libc::SYS_ioctl, when(1, &requests)?);
    Ok(with_other_numbers(rules))
}

/// Holds unless the argument has one of these values.
fn unless(argument: u8, values: &[u64]) -> Result<Vec<SeccompRule>> {
    let other = |value: &u64| SeccompCondition::new(argument, Dword, Op::Ne, *value);
    let all: std::result::Result<Vec<_>, _> = values.iter().map(other).collect();
    Ok(vec![SeccompRule::new(all?)?])
}

/// Holds when the argument has one of these values.
fn when(argument: u8, values: &[u64]) -> Result<Vec<SeccompRule>> {
    let same = |value: &u64| {
        let same = SeccompCondition::new(argument, Dword, Op::Eq, *value)?;
        Ok(SeccompRule::new(vec![same])?)
    };
    values.iter().map(same).collect()
}

/// Requests to a terminal that put characters into it as if somebody had typed them: `TIOCSTI`, and
/// `TIOCLINUX`, which pastes.
///
/// Spec: `ioctl_tty(2)`, `ioctl_console(2)`.
const TYPING: [u64; 2] = [0x5412, 0x541c];

/// Requests about a file that are like those of [`ABOUT_FILES`]: `FS_IOC_SETFLAGS` (twice: its number
/// has the width of a word in it) and `FS_IOC_FSSETXATTR`.
///
/// Spec: `ioctl_iflags(2)`.
const FLAGS: [u64; 3] = [0x4008_6602, 0x4004_6602, 0x401c_5820];

/// Signals to a process, which is their first argument.
const SIGNALS: [i64; 4] = [
    libc::SYS_kill,
    libc::SYS_tgkill,
    libc::SYS_rt_sigqueueinfo,
    libc::SYS_rt_tgsigqueueinfo,
];

/// What is never needed.
const NEVER: &[i64] = &[
    // Other programs.
    libc::SYS_execve,
    libc::SYS_execveat,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_fork,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_vfork,
    // Other processes.
    libc::SYS_tkill,
    libc::SYS_pidfd_send_signal,
    libc::SYS_pidfd_getfd,
    libc::SYS_ptrace,
    libc::SYS_process_vm_readv,
    libc::SYS_process_vm_writev,
    libc::SYS_kcmp,
    // Ways around: sockets without `socket`, other worlds, files by number, the kernel's own keys
    // and programs.
    libc::SYS_io_uring_setup,
    libc::SYS_io_uring_enter,
    libc::SYS_io_uring_register,
    libc::SYS_unshare,
    libc::SYS_setns,
    libc::SYS_mount,
    libc::SYS_umount2,
    libc::SYS_pivot_root,
    libc::SYS_chroot,
    libc::SYS_open_tree,
    libc::SYS_move_mount,
    libc::SYS_fsopen,
    libc::SYS_fsmount,
    libc::SYS_open_by_handle_at,
    libc::SYS_add_key,
    libc::SYS_request_key,
    libc::SYS_keyctl,
    libc::SYS_bpf,
    libc::SYS_perf_event_open,
    libc::SYS_userfaultfd,
    libc::SYS_kexec_load,
    libc::SYS_init_module,
    libc::SYS_finit_module,
    libc::SYS_delete_module,
];

/// Memory that is no process's, so that no limit counts it.
const SHARED_MEMORY: &[i64] = &[libc::SYS_shmget, libc::SYS_memfd_create, MEMFD_SECRET];

const MEMFD_SECRET: i64 = 447;

/// What changes who may read a file, whose it is, and what else is noted of it: Landlock knows of
/// none of that, and a key that others may read is as good as stolen. SQLite asks for some of it, and
/// goes on without.
const ABOUT_FILES: &[i64] = &[
    #[cfg(target_arch = "x86_64")]
    libc::SYS_chmod,
    libc::SYS_fchmod,
    libc::SYS_fchmodat,
    FCHMODAT2,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_chown,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_lchown,
    libc::SYS_fchown,
    libc::SYS_fchownat,
    libc::SYS_setxattr,
    libc::SYS_lsetxattr,
    libc::SYS_fsetxattr,
    SETXATTRAT,
    libc::SYS_removexattr,
    libc::SYS_lremovexattr,
    libc::SYS_fremovexattr,
    REMOVEXATTRAT,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_utime,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_utimes,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_futimesat,
    libc::SYS_utimensat,
    FILE_SETATTR,
];

// Of Linux 6.6, 6.13 and 6.17; the same number everywhere, and not in libc for each system yet.
const FCHMODAT2: i64 = 452;
const SETXATTRAT: i64 = 463;
const REMOVEXATTRAT: i64 = 466;
const FILE_SETATTR: i64 = 469;

/// Kernels with the x32 interface know every call by a second number, and some by a third.
#[cfg(target_arch = "x86_64")]
fn with_other_numbers(rules: Rules) -> Rules {
    const X32: i64 = 0x4000_0000;
    const THIRD: [(i64, i64); 9] = [
        (libc::SYS_ioctl, 514),
        (libc::SYS_execve, 520),
        (libc::SYS_ptrace, 521),
        (libc::SYS_rt_sigqueueinfo, 524),
        (libc::SYS_kexec_load, 528),
        (libc::SYS_rt_tgsigqueueinfo, 536),
        (libc::SYS_process_vm_readv, 539),
        (libc::SYS_process_vm_writev, 540),
        (libc::SYS_execveat, 545),
    ];
    let second = rules.iter().map(|(call, rule)| (*call | X32, rule.clone()));
    let third = THIRD
        .iter()
        .filter_map(|(call, number)| Some((*number | X32, rules.get(call)?.clone())));
    let others: Vec<_> = second.chain(third).collect();
    rules.into_iter().chain(others).collect()
}

#[cfg(not(target_arch = "x86_64"))]
fn with_other_numbers(rules: Rules) -> Rules {
    rules
}
