//! Workers on Windows, with modules that `cargo xtask windows` has built (`windows.c`).

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use chop_token::{Allowed, Fault, Inventory, Keyring, Settings, WorkerProgram};

/// The folder with the modules.
fn modules() -> PathBuf {
    let folder = std::env::var_os("CHOP_WINDOWS_MODULES");
    folder.expect("cargo xtask windows sets it").into()
}

fn worker() -> WorkerProgram {
    // Beside this test's own program: target\…\debug\deps\..\examples\worker.exe.
    let mut program = std::env::current_exe().unwrap();
    program.pop();
    program.set_file_name(r"examples\worker.exe");
    WorkerProgram {
        program,
        arguments: Vec::new(),
    }
}

async fn looked_at(module: &Path) -> Arc<Inventory> {
    let keyring = Keyring::start(Settings {
        worker: worker(),
        modules: vec![module.to_owned().into()],
        allowed: Allowed::any(),
        pkcs12: Vec::new(),
        deadline: Duration::from_secs(20),
        removal_grace: Duration::from_secs(1),
    });
    let mut inventory = keyring.inventory();
    keyring.look();
    inventory
        .wait_for(|inventory| inventory.settled)
        .await
        .unwrap()
        .clone()
}

/// What is said of the module of this name.
async fn fault(name: &str) -> Fault {
    fault_at(&modules().join(name)).await
}

async fn fault_at(module: &Path) -> Fault {
    let inventory = looked_at(module).await;
    let faults: Vec<_> = inventory.faults().collect();
    faults[0].1.clone()
}

#[tokio::test]
async fn a_module_is_loaded_in_a_worker() {
    assert_eq!(fault("fail.dll").await, Fault::Initialize { code: 5 });
}

#[tokio::test]
async fn a_module_that_prints_disturbs_nothing() {
    assert_eq!(fault("print.dll").await, Fault::Initialize { code: 5 });
}

#[tokio::test]
async fn a_module_that_crashes_is_a_fault() {
    let fault = fault("crash.dll").await;
    assert!(matches!(fault, Fault::Exited { .. }), "{fault:?}");
}

#[tokio::test]
async fn a_library_that_is_missing_is_named_and_one_beside_the_module_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let (alone, beside) = (folder.path().join("needs.dll"), modules().join("needs.dll"));
    std::fs::copy(&beside, &alone).unwrap();

    let missing = Fault::Dependency {
        library: "needed.dll".to_owned(),
    };
    assert_eq!(fault_at(&alone).await, missing);
    assert_eq!(
        fault_at(&beside).await,
        Fault::Initialize { code: 0x8000_0001 }
    );
}

#[tokio::test]
async fn a_module_of_32_bits_is_said_to_be_one() {
    let fault = fault("i386.dll").await;
    assert!(matches!(fault, Fault::OtherProcessor { .. }), "{fault:?}");
}

/// Which attempts of the probe succeeded: see `windows.c`.
async fn succeeded() -> u64 {
    // A library that is beside the program is not one of the module's.
    let beside = worker().program.with_file_name("elsewhere.dll");
    std::fs::copy(modules().join("needed.dll"), &beside).unwrap();
    let fault = fault("probe.dll").await;
    let Fault::Initialize { code } = fault else {
        panic!("{fault:?}")
    };
    code & 0x7fff_ffff
}

#[tokio::test]
async fn libraries_come_from_nowhere_else_crashes_show_no_window_and_a_job_is_around() {
    let succeeded = succeeded().await;
    assert_eq!(succeeded & (4 | 8 | 16), 0, "{succeeded:#x}");
}

/// Wine 8 does not keep these: it has the calls, and does nothing.
#[ignore = "needs Windows itself: docs/windows.md"]
#[tokio::test]
async fn no_program_no_flood_of_memory_and_no_extension_point() {
    let succeeded = succeeded().await;
    assert_eq!(succeeded & (1 | 2 | 32), 0, "{succeeded:#x}");
}
