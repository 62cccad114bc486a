//! PKCS #12 files as cards.

use std::{path::Path, process::Command};

use chop_token::{Error, Fault, FileFault, Keyring};

use crate::{
    fixture::{certificate_in, openssl_verifies, run},
    scene::{first, messages, pin, settings, settled},
};

/// Writes `card.p12`, password `secret`.
fn make(folder: &Path, holder: &str, options: &[&str]) {
    certificate_in(
        folder,
        "P-384",
        &format!("/CN={holder}"),
        "digitalSignature",
        None,
    );
    let files = ["-inkey", "key.pem", "-in", "cert.pem", "-out", "card.p12"];
    let export = ["pkcs12", "-export", "-passout", "pass:secret"];
    run(Command::new("openssl")
        .current_dir(folder)
        .args(export)
        .args(files)
        .args(options));
}

#[tokio::test]
async fn a_file_signs_and_reveals_its_certificate_with_the_password() {
    let folder = tempfile::tempdir().unwrap();
    make(folder.path(), "Holder", &[]);
    let keyring = Keyring::start(settings(&[], &[&folder.path().join("card.p12")]));
    let inventory = settled(&keyring).await;
    assert_eq!(first(&inventory).certificate, None);
    assert_eq!(first(&inventory).label, "card.p12");

    let key = first(&inventory).key;
    let signed = keyring
        .sign_in(&key, &pin("secret"), &messages())
        .await
        .unwrap();

    assert!(openssl_verifies(signed.key, &signed, &messages().sha384));
}

#[tokio::test]
async fn a_wrong_password_is_a_wrong_pin() {
    let folder = tempfile::tempdir().unwrap();
    make(folder.path(), "Holder", &[]);
    let keyring = Keyring::start(settings(&[], &[&folder.path().join("card.p12")]));
    let inventory = settled(&keyring).await;

    let wrong = keyring
        .sign_in(&first(&inventory).key, &pin("Secret"), &messages())
        .await;

    assert!(
        matches!(wrong, Err(Error::PinWrong { left: None })),
        "{wrong:?}"
    );
}

#[tokio::test]
async fn a_file_that_was_replaced_is_shown_at_the_next_look() {
    let folder = tempfile::tempdir().unwrap();
    make(folder.path(), "First", &["-certpbe", "NONE"]);
    let keyring = Keyring::start(settings(&[], &[&folder.path().join("card.p12")]));
    let shown = |inventory: &chop_token::Inventory| {
        first(inventory)
            .certificate
            .as_ref()
            .unwrap()
            .holder
            .clone()
    };
    assert_eq!(shown(&*settled(&keyring).await), "First");

    make(folder.path(), "Second one", &["-certpbe", "NONE"]);
    keyring.look();

    let mut inventory = keyring.inventory();
    inventory
        .wait_for(|inventory| shown(inventory) == "Second one")
        .await
        .unwrap();
}

#[tokio::test]
async fn a_file_that_was_replaced_after_it_was_shown_does_not_sign() {
    let folder = tempfile::tempdir().unwrap();
    make(folder.path(), "First", &["-certpbe", "NONE"]);
    let keyring = Keyring::start(settings(&[], &[&folder.path().join("card.p12")]));
    let inventory = settled(&keyring).await;

    make(folder.path(), "Second", &["-certpbe", "NONE"]);
    let refused = keyring
        .sign_in(&first(&inventory).key, &pin("secret"), &messages())
        .await;

    assert!(
        matches!(refused, Err(Error::Pkcs12(FileFault::Changed))),
        "{refused:?}"
    );
}

#[tokio::test]
async fn a_file_that_is_none_is_a_fault_with_its_reason() {
    let keyring = Keyring::start(settings(
        &[],
        &[
            Path::new("/etc/passwd"),
            Path::new("/none"),
            // A folder, which opens and cannot be read.
            Path::new("/"),
        ],
    ));
    let inventory = settled(&keyring).await;
    let faults: Vec<_> = inventory.faults().map(|(_, fault)| fault.clone()).collect();
    let expected = [
        FileFault::NotPkcs12,
        FileFault::NotFound,
        FileFault::Unreadable,
    ];
    assert_eq!(faults, expected.map(Fault::File));
}
