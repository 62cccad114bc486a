//! Modules that crash, hang and lie: each is one module's trouble only.

use std::{
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};

use chop_token::{Error, Keyring, Settings, pipe};

use crate::{
    fixture::run,
    scene::{PIN, SOFTHSM, messages, pin, settings, settled, signer},
};

/// A module made of `module.c`.
struct Module(tempfile::TempDir);

impl Module {
    fn new(option: &str) -> Self {
        Self::build(option, &[])
    }

    /// SoftHSM with one thing spoiled.
    fn over_softhsm(option: &str) -> Self {
        Self::build(option, &[format!("-DSOFTHSM=\"{SOFTHSM}\"")])
    }

    fn build(option: &str, more: &[String]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/api/module.c");
        run(Command::new("cc")
            .args(["-shared", "-fPIC", "-w", "-o"])
            .arg(folder.path().join("module.so"))
            .arg(format!("-D{option}"))
            .arg(format!(
                "-DJOURNAL=\"{}\"",
                folder.path().join("journal").display()
            ))
            .args(more)
            .args([source, "-ldl"]));
        Self(folder)
    }

    fn path(&self) -> PathBuf {
        self.0.path().join("module.so")
    }

    /// The lines that its calls left: what was called, and in which process.
    fn journal(&self) -> Vec<(String, u32)> {
        let text = std::fs::read_to_string(self.0.path().join("journal")).unwrap_or_default();
        let line = |line: &str| {
            let (what, process) = line.split_once(' ').unwrap();
            (what.to_owned(), process.parse().unwrap())
        };
        text.lines().map(line).collect()
    }

    fn called(&self, what: &str) -> usize {
        self.journal()
            .iter()
            .filter(|(call, _)| call == what)
            .count()
    }

    /// Waits until a call has been made; the process that made it.
    async fn calls(&self, what: &str) -> u32 {
        loop {
            if let Some((_, process)) = self.journal().into_iter().find(|(call, _)| call == what) {
                return process;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

/// Waits until a process is no more.
async fn ends(process: u32) {
    while Path::new(&format!("/proc/{process}")).exists() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// What the keyring says of a module that fails when it is loaded, with SoftHSM beside it.
async fn fault(option: &str) -> String {
    let module = Module::new(option);
    let keyring = Keyring::start(settings(&[&module.path(), Path::new(SOFTHSM)], &[]));
    let inventory = settled(&keyring).await;
    signer(&inventory, "Holder 01");
    let faults: Vec<_> = inventory.faults().collect();
    let [(path, reason)] = faults.as_slice() else {
        panic!("{faults:?}")
    };
    assert_eq!(*path, module.path());
    (*reason).to_owned()
}

#[tokio::test]
async fn a_module_that_crashes_is_a_fault_that_leaves_the_others_alone() {
    assert_eq!(
        fault("INIT_SEGV").await,
        "it crashed its worker process (signal 11)"
    );
    assert_eq!(
        fault("LOAD_SEGV").await,
        "it crashed its worker process (signal 11)"
    );
    assert_eq!(
        fault("INIT_ABORT").await,
        "it crashed its worker process (signal 6)"
    );
}

#[tokio::test]
async fn a_module_that_exits_is_a_fault_that_leaves_the_others_alone() {
    assert_eq!(
        fault("INIT_EXIT").await,
        "it ended its worker process (exit code 7)"
    );
}

#[tokio::test]
async fn a_module_that_fails_is_a_fault_that_leaves_the_others_alone() {
    assert_eq!(
        fault("INIT_FAIL").await,
        "its C_Initialize fails (0x00000005)"
    );
}

#[tokio::test]
async fn a_failing_interface_is_said_to_be_the_reason() {
    let reason = "its C_GetInterface fails (0x00000054), so its functions cannot be found";
    assert_eq!(fault("INTERFACE").await, reason);
}

#[tokio::test]
async fn a_module_that_hangs_does_not_hide_the_others() {
    let module = Module::new("INIT_HANG");
    let keyring = Keyring::start(settings(&[&module.path(), Path::new(SOFTHSM)], &[]));
    let mut inventory = keyring.inventory();
    keyring.look();

    let seen = inventory
        .wait_for(|inventory| !inventory.tokens.is_empty())
        .await
        .unwrap()
        .clone();

    assert!(!seen.settled);
    let key = &signer(&seen, "Holder 01").key;
    assert!(keyring.sign_in(key, &pin(PIN), &messages()).await.is_ok());
}

/// What signing gives with a module that spoils it; twice, for the second must not be worse.
async fn sign_twice(module: &Module, change: impl Fn(&mut Settings)) -> [Error; 2] {
    let mut settings = settings(&[&module.path()], &[]);
    change(&mut settings);
    let keyring = Keyring::start(settings);
    let inventory = settled(&keyring).await;
    let key = &signer(&inventory, "Holder 01").key;
    let first = keyring
        .sign_in(key, &pin(PIN), &messages())
        .await
        .unwrap_err();
    let second = keyring
        .sign_in(key, &pin(PIN), &messages())
        .await
        .unwrap_err();
    [first, second]
}

#[tokio::test]
async fn a_hanging_signature_ends_with_the_deadline_and_its_worker() {
    let module = Module::over_softhsm("SIGN_HANG");

    let errors = sign_twice(&module, |it| it.deadline = Duration::from_secs(1)).await;

    for error in errors {
        assert!(matches!(error, Error::Deadline { seconds: 1 }), "{error:?}");
    }
    let signs = module
        .journal()
        .into_iter()
        .filter(|(call, _)| call == "sign");
    let workers: Vec<u32> = signs.map(|(_, process)| process).collect();
    assert_ne!(workers[0], workers[1]);
    for worker in workers {
        ends(worker).await;
    }
}

#[tokio::test]
async fn a_crash_in_a_signature_is_told_and_another_worker_started() {
    let module = Module::over_softhsm("SIGN_SEGV");
    for error in sign_twice(&module, |_| {}).await {
        assert!(matches!(error, Error::WorkerEnded), "{error:?}");
    }
}

#[tokio::test]
async fn a_failing_signature_is_not_tried_again_and_costs_the_worker() {
    let module = Module::over_softhsm("SIGN_FAIL");

    let errors = sign_twice(&module, |_| {}).await;

    for error in errors {
        assert!(
            matches!(
                error,
                Error::Module {
                    call: "C_Sign",
                    code: 5
                }
            ),
            "{error:?}"
        );
    }
    let journal = module.journal();
    let calls: Vec<_> = journal.iter().map(|(call, _)| &**call).collect();
    assert_eq!(calls, ["login", "sign", "login", "sign"]);
    assert_ne!(journal[1].1, journal[3].1);
}

#[tokio::test]
async fn what_is_no_signature_by_the_key_is_not_handed_out() {
    for option in ["SIGN_LIE", "SIGN_SHORT"] {
        let module = Module::over_softhsm(option);
        for error in sign_twice(&module, |_| {}).await {
            assert!(matches!(error, Error::NotASignature), "{option}: {error:?}");
        }
    }
}

#[tokio::test]
async fn an_absurd_length_of_a_signature_costs_only_the_worker() {
    let module = Module::over_softhsm("SIGN_HUGE");
    for error in sign_twice(&module, |_| {}).await {
        assert!(matches!(error, Error::WorkerEnded), "{error:?}");
    }
}

#[tokio::test]
async fn a_certificate_of_absurd_length_is_not_read() {
    let module = Module::over_softhsm("VALUE_HUGE");
    let keyring = Keyring::start(settings(&[&module.path()], &[]));
    let inventory = settled(&keyring).await;
    assert!(inventory.tokens[0].certificates.is_empty());
    assert_eq!(inventory.faults().next(), None);
}

#[tokio::test]
async fn a_wrong_pin_is_given_to_the_card_once() {
    let module = Module::over_softhsm("PRINT");
    let keyring = Keyring::start(settings(&[&module.path()], &[]));
    let inventory = settled(&keyring).await;
    let key = &signer(&inventory, "Holder 01").key;

    let wrong = keyring.sign_in(key, &pin("000000"), &messages()).await;

    assert!(matches!(wrong, Err(Error::PinWrong { .. })), "{wrong:?}");
    assert_eq!((module.called("login"), module.called("sign")), (1, 0));
}

#[tokio::test]
async fn a_key_that_wants_it_is_given_the_pin_twice_for_one_entry() {
    let module = Module::over_softhsm("PRINT");
    let keyring = Keyring::start(settings(&[&module.path()], &[]));
    let inventory = settled(&keyring).await;

    let key = &signer(&inventory, "Holder 07").key;
    keyring.sign_in(key, &pin(PIN), &messages()).await.unwrap();

    assert_eq!(module.called("login"), 2);
}

#[tokio::test]
async fn a_module_that_prints_disturbs_nothing() {
    let module = Module::over_softhsm("PRINT");
    let keyring = Keyring::start(settings(&[&module.path()], &[]));
    let inventory = settled(&keyring).await;
    let key = &signer(&inventory, "Holder 01").key;
    assert!(keyring.sign_in(key, &pin(PIN), &messages()).await.is_ok());
}

#[tokio::test]
async fn a_dropped_operation_takes_its_worker_along() {
    let module = Module::over_softhsm("SIGN_HANG");
    let keyring = Keyring::start(settings(&[&module.path()], &[]));
    let inventory = settled(&keyring).await;
    let key = signer(&inventory, "Holder 01").key.clone();
    let operation =
        tokio::spawn(async move { keyring.sign_in(&key, &pin(PIN), &messages()).await.is_ok() });
    let worker = module.calls("sign").await;

    operation.abort();

    ends(worker).await;
}

#[tokio::test]
async fn a_worker_ends_with_its_agent_even_while_the_module_hangs() {
    let module = Module::new("INIT_HANG");
    let program = settings(&[], &[]).worker;
    let mut worker = Command::new(program.program)
        .args(program.arguments)
        .arg("--module")
        .arg(module.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let mut requests = worker.stdin.take().unwrap();
    pipe::blocking::write_message(&mut requests, &[0]).unwrap();
    requests.flush().unwrap();

    drop(requests);

    assert!(!worker.wait().unwrap().success());
}
