//! SoftHSM behind a worker.

use std::{ffi::OsStr, os::unix::ffi::OsStrExt as _, path::Path, process::Command};

use chop_token::{Error, KeyId, KeyKind, Keyring, Use};

use crate::{
    fixture::{openssl_verifies, run},
    scene::{KEYS, PIN, SOFTHSM, messages, own_token, pin, settings, settled, signer},
};

fn keyring() -> Keyring {
    Keyring::start(settings(&[Path::new(SOFTHSM)], &[]))
}

#[tokio::test]
async fn every_kind_of_key_signs_what_openssl_verifies() {
    let keyring = keyring();
    let inventory = settled(&keyring).await;
    for (holder, kind, message) in [
        ("Holder 01", KeyKind::Rsa(2048), messages().sha256),
        ("Holder 03", KeyKind::Rsa(3072), messages().sha256),
        ("Holder 04", KeyKind::P256, messages().sha256),
        ("Holder 05", KeyKind::P384, messages().sha384),
        ("Holder 06", KeyKind::P521, messages().sha512),
    ] {
        let key = &signer(&inventory, holder).key;

        let signed = keyring.sign_in(key, &pin(PIN), &messages()).await.unwrap();

        assert_eq!(signed.key, kind);
        assert!(openssl_verifies(kind, &signed, &message), "{holder}");
    }
}

#[tokio::test]
async fn certificates_are_chosen_by_their_key_usage() {
    let inventory = settled(&keyring()).await;
    let mut holders: Vec<_> = inventory
        .signers(Use::SignIn)
        .iter()
        .map(|it| it.certificate.as_ref().unwrap().holder.clone())
        .collect();
    holders.sort();
    // SoftHSM's keys may all sign, that of the encryption certificate 02 too.
    let expected = ["01", "03", "04", "05", "06", "07"].map(|id| format!("Holder {id}"));
    assert_eq!(holders, expected);

    let decrypting = inventory.signers(Use::Decrypt);
    let holder = &decrypting[0].certificate.as_ref().unwrap().holder;
    assert_eq!((holder.as_str(), decrypting.len()), ("Holder 02", 1));
    assert_eq!(inventory.tokens[0].certificates.len(), KEYS.len());
}

#[tokio::test]
async fn a_token_tells_its_label_and_pin_length() {
    let inventory = settled(&keyring()).await;
    let signer = signer(&inventory, "Holder 01");
    assert_eq!(signer.label, "測試卡");
    assert_eq!(signer.pin.length, 4..=255);
    assert_eq!((signer.pin.tries_left, signer.pin.locked), (None, false));
}

#[tokio::test]
async fn a_wrong_pin_is_told_without_a_guess_and_the_right_one_then_signs() {
    let keyring = keyring();
    let inventory = settled(&keyring).await;
    let key = &signer(&inventory, "Holder 01").key;

    let wrong = keyring.sign_in(key, &pin("000000"), &messages()).await;
    let right = keyring.sign_in(key, &pin(PIN), &messages()).await;

    assert!(
        matches!(wrong, Err(Error::PinWrong { left: None })),
        "{wrong:?}"
    );
    assert!(right.is_ok(), "{right:?}");
}

#[tokio::test]
async fn a_login_does_not_outlive_its_signature() {
    let keyring = keyring();
    let inventory = settled(&keyring).await;
    let key = &signer(&inventory, "Holder 01").key;
    keyring.sign_in(key, &pin(PIN), &messages()).await.unwrap();

    let next = keyring.sign_in(key, &pin("000000"), &messages()).await;

    assert!(matches!(next, Err(Error::PinWrong { .. })), "{next:?}");
}

#[tokio::test]
async fn a_key_that_wants_a_login_for_each_signature_signs_twice_in_a_row() {
    let keyring = keyring();
    let inventory = settled(&keyring).await;
    let key = &signer(&inventory, "Holder 07").key;
    for _ in 0..2 {
        let signed = keyring.sign_in(key, &pin(PIN), &messages()).await.unwrap();
        let message = messages().sha256;
        assert!(openssl_verifies(signed.key, &signed, &message));
    }
}

#[tokio::test]
async fn a_pin_that_is_no_text_is_a_wrong_one() {
    let keyring = keyring();
    let inventory = settled(&keyring).await;
    let key = &signer(&inventory, "Holder 01").key;
    let wrong = keyring
        .sign_in(key, &vec![0xff, 0xfe, 0xfd, 0xfc].into(), &messages())
        .await;
    assert!(matches!(wrong, Err(Error::PinWrong { .. })), "{wrong:?}");
}

#[tokio::test]
async fn a_pin_that_is_no_text_signs_where_it_is_the_right_one() {
    let (keyring, folder) = own_token();
    // 文字12 in Big5, as a program of old may have set it.
    let big5 = [0xa4, 0xe5, 0xa6, 0x72, b'1', b'2'];
    let mut change = Command::new("pkcs11-tool");
    change.args(["--module", SOFTHSM, "--login", "--pin", PIN]);
    change.args(["--change-pin", "--new-pin"]);
    change.arg(OsStr::from_bytes(&big5));
    run(change.env("SOFTHSM2_CONF", folder.path().join("softhsm2.conf")));
    let inventory = settled(&keyring).await;
    let key = &signer(&inventory, "Own").key;

    let signed = keyring
        .sign_in(key, &big5.to_vec().into(), &messages())
        .await;

    assert!(signed.is_ok(), "{signed:?}");
}

#[tokio::test]
async fn a_key_that_was_never_there_is_gone() {
    let keyring = keyring();
    let inventory = settled(&keyring).await;
    let key = KeyId {
        id: vec![0x99],
        ..signer(&inventory, "Holder 01").key.clone()
    };
    let gone = keyring.sign_in(&key, &pin(PIN), &messages()).await;
    assert!(matches!(gone, Err(Error::KeyGone)), "{gone:?}");
}
