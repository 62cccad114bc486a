//! What a module may do from its worker: tried by a module that tries.

use std::{
    collections::BTreeMap,
    os::{
        linux::net::SocketAddrExt as _,
        unix::net::{SocketAddr, UnixListener},
    },
    path::Path,
};

use chop_token::{Fault, Keyring, fence};

use crate::{
    module::Module,
    scene::{settings, settled},
};

const EPERM: u32 = 1;
const ENXIO: u32 = 6;
const EACCES: u32 = 13;
const ENOSYS: u32 = 38;

/// A kernel that lacks something is no kernel to run these tests on.
#[test]
fn this_kernel_has_all_that_a_fence_needs() {
    assert_eq!(fence::gaps(), []);
}

#[test]
fn hidden_memory_is_in_no_dump() {
    fence::hide_memory();

    assert!(!nix::sys::prctl::get_dumpable().unwrap());
    let core = nix::sys::resource::getrlimit(nix::sys::resource::Resource::RLIMIT_CORE);
    assert_eq!(core.unwrap(), (0, 0));
}

/// What a module in a worker was told when it tried this and that: 0, or an error. `run` tells
/// tests that run at one time apart.
async fn tried(run: &str) -> BTreeMap<String, u32> {
    let name = format!("chop-fence-{}-{run}", std::process::id());
    let address = SocketAddr::from_abstract_name(&name).unwrap();
    let _listener = UnixListener::bind_addr(&address).unwrap();
    let forbidden = env!("CARGO_TARGET_TMPDIR");
    let module = Module::build(
        "PROBE",
        &[
            format!("-DABSTRACT=\"{name}\""),
            format!("-DFORBIDDEN=\"{forbidden}\""),
        ],
    );
    let keyring = Keyring::start(settings(&[&module.path()], &[]));
    let inventory = settled(&keyring).await;
    let faults: Vec<_> = inventory.faults().map(|(_, fault)| fault.clone()).collect();
    assert_eq!(faults, [Fault::Initialize { code: 5 }]);
    assert!(!Path::new(forbidden).join("chop-fence-probe").exists());
    module.journal().into_iter().collect()
}

#[tokio::test]
async fn a_module_gets_out_of_its_worker_by_no_way_that_is_known() {
    let tried = tried("out").await;
    for (what, expected) in [
        ("tcp", EPERM),
        ("udp", EPERM),
        ("netlink", EPERM),
        ("abstract", EPERM),
        ("io_uring", EPERM),
        ("fork", EPERM),
        ("clone", EPERM),
        ("clone3", ENOSYS),
        ("exec", EPERM),
        ("x32-exec", EPERM),
        ("ptrace", EPERM),
        ("signal", EPERM),
        ("tiocsti", EPERM),
        ("x32-tiocsti", EPERM),
        ("terminal", ENXIO),
        ("session", 0),
        ("write", EACCES),
        ("folder", EACCES),
        ("shmget", EPERM),
        ("memfd", EPERM),
        ("chmod", EPERM),
        ("fchmod", EPERM),
        ("fchmodat2", EPERM),
        ("chown", EPERM),
        ("xattr", EPERM),
        ("no-xattr", EPERM),
        ("times", EPERM),
        ("file-flags", EPERM),
        ("agents-memory", EACCES),
        ("dump", 0),
        ("core", 0),
    ] {
        assert_eq!(tried.get(what), Some(&expected), "{what}: {tried:?}");
    }
}

#[tokio::test]
async fn a_module_has_what_it_needs_in_its_worker() {
    let tried = tried("in").await;
    for what in ["local", "read", "thread", "signal-itself"] {
        assert_eq!(tried.get(what), Some(&0), "{what}: {tried:?}");
    }
}
