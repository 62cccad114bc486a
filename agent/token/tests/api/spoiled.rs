//! Modules that spoil what they are asked to sign: nothing is tried twice, and nothing wrong is handed
//! out.

use std::time::Duration;

use chop_token::{Error, Keyring, Settings};

use crate::{
    module::{Module, ends},
    scene::{PIN, messages, pin, settings, settled, signer},
};

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
    for option in ["SIGN_SEGV", "SIGN_ABORT", "SIGN_EXIT"] {
        let module = Module::over_softhsm(option);
        for error in sign_twice(&module, |_| {}).await {
            assert!(matches!(error, Error::WorkerEnded), "{option}: {error:?}");
        }
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
    let mut journal = module.journal();
    journal.retain(|(call, _)| call != "read");
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
async fn a_login_that_is_cancelled_on_the_reader_is_no_fault() {
    let module = Module::over_softhsm("LOGIN_CANCEL");

    for error in sign_twice(&module, |_| {}).await {
        assert!(matches!(error, Error::Cancelled), "{error:?}");
    }

    // Once for each, and in one process: there is nothing wrong with it.
    let journal = module.journal();
    let logins: Vec<_> = journal.iter().filter(|(call, _)| call == "login").collect();
    assert_eq!(logins.len(), 2);
    assert_eq!(logins[0].1, logins[1].1);
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
