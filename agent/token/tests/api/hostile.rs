//! Modules that crash, hang and lie when they are loaded and looked at: each is one module's trouble
//! only.

use std::{
    io::Write as _,
    path::Path,
    process::{Command, Stdio},
    time::Duration,
};

use chop_token::{Allowed, Fault, Keyring, Processor, Token, TokenId, Use, pipe};

use crate::{
    fixture::run,
    module::Module,
    scene::{KEYS, PIN, SOFTHSM, messages, pin, settings, settled, signer},
};

/// What the keyring says of a module that fails when it is loaded, with SoftHSM beside it.
async fn fault(option: &str) -> Fault {
    let module = Module::new(option);
    let keyring = Keyring::start(settings(&[&module.path(), Path::new(SOFTHSM)], &[]));
    let inventory = settled(&keyring).await;
    signer(&inventory, "Holder 01");
    let faults: Vec<_> = inventory.faults().collect();
    let [(path, fault)] = faults.as_slice() else {
        panic!("{faults:?}")
    };
    assert_eq!(*path, module.path());
    (*fault).clone()
}

#[tokio::test]
async fn a_module_that_crashes_is_a_fault_that_leaves_the_others_alone() {
    assert_eq!(fault("INIT_SEGV").await, Fault::Crashed { signal: 11 });
    assert_eq!(fault("LOAD_SEGV").await, Fault::Crashed { signal: 11 });
    assert_eq!(fault("INIT_ABORT").await, Fault::Crashed { signal: 6 });
}

#[tokio::test]
async fn a_module_that_exits_is_a_fault_that_leaves_the_others_alone() {
    assert_eq!(fault("INIT_EXIT").await, Fault::Exited { code: 7 });
}

#[tokio::test]
async fn a_module_that_fails_is_a_fault_that_leaves_the_others_alone() {
    assert_eq!(fault("INIT_FAIL").await, Fault::Initialize { code: 5 });
}

#[tokio::test]
async fn a_failing_interface_is_said_to_be_the_reason() {
    assert_eq!(fault("INTERFACE").await, Fault::Interface { code: 0x54 });
}

#[tokio::test]
async fn a_module_that_gives_no_functions_is_a_fault_that_leaves_the_others_alone() {
    // By which signal depends on how the worker was built.
    let fault = fault("NO_LIST").await;
    assert!(matches!(fault, Fault::Crashed { .. }), "{fault:?}");
}

#[tokio::test]
async fn a_module_that_wants_more_memory_than_there_is_does_not_get_it() {
    // CKR_HOST_MEMORY: it asked for 10 GB, of its own and of memory that no process owns.
    assert_eq!(fault("INIT_10G").await, Fault::Initialize { code: 2 });
    assert_eq!(fault("INIT_SHARED").await, Fault::Initialize { code: 2 });
    assert_eq!(fault("INIT_ZERO").await, Fault::Initialize { code: 2 });
}

#[tokio::test]
async fn a_module_without_locks_is_initialized_without() {
    // CKR_FUNCTION_FAILED is what this one says to who wants none.
    assert_eq!(fault("INIT_LOCKS").await, Fault::Initialize { code: 6 });
}

#[tokio::test]
async fn what_cannot_be_loaded_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    };
    let mut of_32_bits = std::fs::read(Module::new("INIT_FAIL").path()).unwrap();
    of_32_bits[4] = 1;
    of_32_bits[18] = 3;
    let needy = folder.path().join("needy.so");
    run(Command::new("sh").current_dir(&folder).args([
        "-c",
        "echo 'int f(void) { return 1; }' > gone.c && cc -shared -fPIC -o libgone.so gone.c && \
         echo 'int f(void); int g(void) { return f(); }' > needy.c && \
         cc -shared -fPIC -o needy.so needy.c -L. -lgone && rm libgone.so",
    ]));
    for (path, expected) in [
        (write("text.so", &[b'#'; 100]), Fault::NotALibrary),
        (
            write("i386.so", &of_32_bits),
            Fault::OtherProcessor {
                made_for: Processor::X86,
                ours: Processor::X86_64,
            },
        ),
        (
            needy,
            Fault::Dependency {
                library: "libgone.so".to_owned(),
            },
        ),
        (
            Path::new("/lib/x86_64-linux-gnu/libm.so.6").to_owned(),
            Fault::NotAModule,
        ),
        (folder.path().join("none.so"), Fault::Missing),
    ] {
        let keyring = Keyring::start(settings(&[&path], &[]));
        let inventory = settled(&keyring).await;
        let faults: Vec<_> = inventory.faults().map(|(_, fault)| fault.clone()).collect();
        assert_eq!(faults, [expected]);
    }
}

#[tokio::test]
async fn a_module_that_is_not_allowed_is_not_loaded() {
    // If it were, it would be a crash.
    let module = Module::new("LOAD_SEGV");
    let mut settings = settings(&[&module.path(), Path::new(SOFTHSM)], &[]);
    settings.allowed = Allowed::only(vec![SOFTHSM.into()]);
    let keyring = Keyring::start(settings);
    let inventory = settled(&keyring).await;

    let faults: Vec<_> = inventory.faults().map(|(_, fault)| fault.clone()).collect();
    assert_eq!(faults, [Fault::NotAllowed]);
    signer(&inventory, "Holder 01");
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

#[tokio::test]
async fn a_certificate_of_absurd_length_is_not_read() {
    let module = Module::over_softhsm("VALUE_HUGE");
    let keyring = Keyring::start(settings(&[&module.path()], &[]));
    let inventory = settled(&keyring).await;
    assert!(inventory.tokens[0].certificates.is_empty());
    assert_eq!(inventory.faults().next(), None);
}

#[tokio::test]
async fn more_bytes_than_there_was_room_for_cost_only_the_worker() {
    let module = Module::over_softhsm("VALUE_LONGER");
    let keyring = Keyring::start(settings(&[&module.path(), Path::new(SOFTHSM)], &[]));
    let inventory = settled(&keyring).await;
    let theirs = |id: &TokenId| id.source == module.path();
    let signers = inventory.signers(Use::SignIn);
    assert!(!signers.iter().any(|signer| theirs(&signer.key.token)));
    signer(&inventory, "Holder 01");
}

#[tokio::test]
async fn garbage_is_no_certificate() {
    let tokens = tokens_of("VALUE_GARBAGE").await;
    assert!(tokens[0].certificates.is_empty());
}

#[tokio::test]
async fn a_label_without_end_is_cut_and_cleaned() {
    let tokens = tokens_of("LABEL_LONG").await;
    assert_eq!(tokens[0].certificates.len(), KEYS.len());
    assert!(tokens[0].certificates.iter().all(|it| it.label.is_empty()));
}

#[tokio::test]
async fn texts_that_neither_end_nor_are_texts_deceive_nobody() {
    let tokens = tokens_of("TEXT_WILD").await;
    for text in [&tokens[0].label, &tokens[0].manufacturer, &tokens[0].model] {
        assert!(
            !text.chars().any(|c| c.is_control() || c == '\u{202e}'),
            "{text:?}"
        );
    }
    assert_eq!(tokens[0].certificates.len(), KEYS.len());
}

#[tokio::test]
async fn an_absurd_number_of_slots_is_a_fault() {
    let module = Module::over_softhsm("SLOTS_MANY");
    let keyring = Keyring::start(settings(&[&module.path(), Path::new(SOFTHSM)], &[]));
    let inventory = settled(&keyring).await;
    let faults: Vec<_> = inventory.faults().map(|(_, fault)| fault.clone()).collect();
    // No memory for so many: the worker panics.
    assert_eq!(faults, [Fault::Exited { code: 101 }]);
    signer(&inventory, "Holder 01");
}

#[tokio::test]
async fn a_module_that_answers_in_its_workers_place_keeps_nobody_busy() {
    let module = Module::new("INIT_ANSWERS");
    let keyring = Keyring::start(settings(&[&module.path(), Path::new(SOFTHSM)], &[]));

    let soon = tokio::time::timeout(Duration::from_secs(10), settled(&keyring));
    let inventory = soon.await.expect("the agent is busy with 80,000 tokens");

    let faults: Vec<_> = inventory.faults().map(|(_, fault)| fault.clone()).collect();
    assert_eq!(faults, [Fault::Nonsense]);
    signer(&inventory, "Holder 01");
}

/// What is seen of SoftHSM with something spoiled, and that there is no fault.
async fn tokens_of(option: &str) -> Vec<Token> {
    let module = Module::over_softhsm(option);
    let keyring = Keyring::start(settings(&[&module.path()], &[]));
    let inventory = settled(&keyring).await;
    assert_eq!(inventory.faults().next(), None);
    inventory.tokens.clone()
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
    pipe::blocking::write_message(&mut requests, &[0, 0]).unwrap();
    requests.flush().unwrap();

    drop(requests);

    assert!(!worker.wait().unwrap().success());
}
