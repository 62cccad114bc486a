//! Tokens in SoftHSM.

use e2e::{
    pki::{Credential, Holder, KeyKind, Pki, Request},
    softhsm::{PIN, SoftHsm},
};

use crate::pkcs11_tool::Tool;

#[test]
fn keys_of_each_kind_sign() {
    let folder = tempfile::tempdir().unwrap();
    let softhsm = SoftHsm::new(folder.path()).unwrap();
    let kinds = [
        KeyKind::Rsa(2048),
        KeyKind::Rsa(3072),
        KeyKind::Rsa(4096),
        KeyKind::P256,
        KeyKind::P384,
        KeyKind::P521,
    ];
    let credentials = kinds.map(credential);
    softhsm
        .add_token("GPKI", &credentials.each_ref().map(|one| ("sign", one)))
        .unwrap();

    let tool = Tool::softhsm(&softhsm, folder.path());

    for (number, credential) in (1..).zip(&credentials) {
        let signed = tool.sign(&format!("{number:02x}"), credential);
        assert_eq!(signed, Ok(()), "{:?}", credential.key.kind());
    }
}

#[test]
fn the_encryption_certificate_lies_beside_the_one_that_signs() {
    let folder = tempfile::tempdir().unwrap();
    let softhsm = SoftHsm::new(folder.path()).unwrap();
    let holder = Holder::company();
    let request = Request::of(&holder).for_encryption();
    let encryption = Pki::shared()
        .credential(&request, KeyKind::Rsa(2048))
        .unwrap();
    let both = [
        ("SIGN", &credential(KeyKind::Rsa(2048))),
        ("KEYX", &encryption),
    ];
    softhsm.add_token("GPKI", &both).unwrap();

    let objects = Tool::softhsm(&softhsm, folder.path()).login(PIN);

    // Key pair and certificate.
    assert_eq!(objects.matches("label:      SIGN").count(), 3, "{objects}");
    assert_eq!(objects.matches("label:      KEYX").count(), 3, "{objects}");
}

#[test]
fn several_tokens_have_slots_of_their_own() {
    let folder = tempfile::tempdir().unwrap();
    let softhsm = SoftHsm::new(folder.path()).unwrap();
    for token in ["GPKI-1", "GPKI-2"] {
        softhsm
            .add_token(token, &[("sign", &credential(KeyKind::P256))])
            .unwrap();
    }

    let slots = Tool::softhsm(&softhsm, folder.path()).run(&["--list-token-slots"]);

    assert!(
        slots.contains("GPKI-1") && slots.contains("GPKI-2"),
        "{slots}"
    );
}

fn credential(kind: KeyKind) -> Credential {
    let holder = Holder::company();
    Pki::shared()
        .credential(&Request::of(&holder), kind)
        .unwrap()
}
