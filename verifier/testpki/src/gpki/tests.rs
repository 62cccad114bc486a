use std::{
    fs,
    io::Write as _,
    process::{Command, Stdio},
};

use super::*;
use crate::{Holder, pem};

#[test]
fn openssl_accepts_the_chain_of_a_company() {
    let (pki, holder) = (Pki::shared(), Holder::company());
    let leaf = pki
        .credential(&Request::of(&holder), KeyKind::P256)
        .unwrap();

    assert_eq!(verify(pki, &leaf.certificate), Ok(()));
}

#[test]
fn openssl_names_what_is_wrong_with_the_dates() {
    let (pki, holder) = (Pki::shared(), Holder::company());
    let ordinary = Request::of(&holder);

    for (request, words) in [
        (ordinary.clone().expired(), "certificate has expired"),
        (ordinary.not_yet_valid(), "certificate is not yet valid"),
    ] {
        let leaf = pki.credential(&request, KeyKind::P256).unwrap();
        let message = verify(pki, &leaf.certificate).unwrap_err();
        assert!(message.contains(words), "{message}");
    }
}

#[test]
fn keys_of_each_kind_are_certified() {
    let (pki, holder) = (Pki::shared(), Holder::citizen());

    for (kind, words) in [
        (KeyKind::Rsa(3072), "(3072 bit)"),
        (KeyKind::P384, "NIST CURVE: P-384"),
        (KeyKind::P521, "NIST CURVE: P-521"),
    ] {
        let leaf = pki.credential(&Request::of(&holder), kind).unwrap();
        let text = text(&leaf.certificate);
        assert!(text.contains(words), "{text}");
    }
}

#[test]
fn the_numbers_in_subject_and_attributes_may_disagree() {
    let holder = Holder::company();
    let request = Request::of(&holder).attribute_says("00000022");
    let leaf = Pki::shared().credential(&request, KeyKind::P256).unwrap();

    let text = text(&leaf.certificate);

    assert!(text.contains("serialNumber = 12345675"), "{text}");
    assert!(
        leaf.certificate
            .windows(10)
            .any(|part| part == b"\x0c\x0800000022")
    );
}

#[test]
fn an_encryption_certificate_cannot_sign() {
    let holder = Holder::company();
    let request = Request::of(&holder).for_encryption();
    let leaf = Pki::shared()
        .credential(&request, KeyKind::Rsa(2048))
        .unwrap();

    let text = text(&leaf.certificate);

    assert!(
        text.contains("Key Encipherment, Data Encipherment"),
        "{text}"
    );
    assert!(!text.contains("Digital Signature"), "{text}");
}

fn verify(pki: &Pki, leaf: &[u8]) -> Result<(), String> {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    for (name, der) in [
        ("root", pki.root()),
        ("between", pki.intermediate(Issuer::Companies)),
        ("leaf", leaf),
    ] {
        fs::write(path(name), pem(der).unwrap()).unwrap();
    }
    let output = Command::new("openssl")
        .args(["verify", "-x509_strict", "-CAfile"])
        .args([
            path("root"),
            "-untrusted".into(),
            path("between"),
            path("leaf"),
        ])
        .output()
        .unwrap();
    match output.status.success() {
        true => Ok(()),
        false => Err(String::from_utf8_lossy(&output.stderr).into_owned()),
    }
}

fn text(der: &[u8]) -> String {
    let mut child = Command::new("openssl")
        .args(["x509", "-inform", "DER", "-noout", "-text"])
        .args(["-nameopt", "utf8,space_eq"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(der).unwrap();
    String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap()
}
