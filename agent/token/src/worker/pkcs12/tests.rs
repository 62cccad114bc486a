use std::{path::PathBuf, process::Command};

use super::*;
use crate::{KeyKind, fixture};

/// A file made by openssl, password `密碼1234`, and its certificate.
struct Scene {
    folder: tempfile::TempDir,
    certificate: Vec<u8>,
}

impl Scene {
    fn new(key: &str, options: &[&str]) -> Self {
        Self::for_usage(key, "digitalSignature", options)
    }

    fn for_usage(key: &str, usage: &str, options: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let certificate = fixture::certificate_in(folder.path(), key, "/CN=王小明", usage, None);
        let files = ["-inkey", "key.pem", "-in", "cert.pem", "-out", "card.p12"];
        fixture::run(
            Command::new("openssl")
                .current_dir(folder.path())
                .args(["pkcs12", "-export", "-passout", "pass:密碼1234"])
                .args(files)
                .args(options),
        );
        Self {
            folder,
            certificate,
        }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("card.p12")
    }

    fn shown(&self) -> Option<Certificate> {
        list(&self.path()).unwrap().found.remove(0).certificate
    }

    fn sign(&self, password: &str) -> Result<Signed, Failure> {
        sign(
            &self.path(),
            None,
            &messages(),
            &Pin::from(password.as_bytes().to_vec()),
        )
    }
}

fn messages() -> Messages {
    Messages {
        sha256: b"to 256".to_vec(),
        sha384: b"to 384".to_vec(),
        sha512: b"to 512".to_vec(),
    }
}

const PASSWORD: &str = "密碼1234";

#[test]
fn every_kind_of_key_signs_what_openssl_verifies() {
    for (name, kind, hash) in [
        ("rsa:2048", KeyKind::Rsa(2048), "-sha256"),
        ("rsa:3072", KeyKind::Rsa(3072), "-sha256"),
        ("rsa:4096", KeyKind::Rsa(4096), "-sha256"),
        ("P-256", KeyKind::P256, "-sha256"),
        ("P-384", KeyKind::P384, "-sha384"),
        ("P-521", KeyKind::P521, "-sha512"),
    ] {
        let scene = Scene::new(name, &[]);

        let signed = scene.sign(PASSWORD).unwrap();

        assert_eq!(signed.key, kind);
        assert_eq!(signed.certificate, scene.certificate);
        let message = messages().fitting(kind).to_vec();
        assert!(
            fixture::openssl_verifies(hash, kind, &signed, &message),
            "{name}"
        );
    }
}

#[test]
fn old_encryption_is_read() {
    let scene = Scene::new("rsa:2048", &["-legacy"]);
    assert!(scene.sign(PASSWORD).is_ok());
}

#[test]
fn a_hidden_certificate_is_not_shown_before_the_password() {
    assert_eq!(Scene::new("P-256", &[]).shown(), None);
}

#[test]
fn an_open_certificate_is_shown_before_the_password() {
    let scene = Scene::new("P-256", &["-certpbe", "NONE"]);
    assert_eq!(scene.shown().unwrap().holder, "王小明");
    assert_eq!(scene.shown().unwrap().der, scene.certificate);
}

#[test]
fn a_wrong_password_is_told_from_a_broken_file() {
    for options in [&[][..], &["-legacy"], &["-certpbe", "NONE"], &["-nomac"]] {
        let scene = Scene::new("P-256", options);
        assert_eq!(
            scene.sign("1234").err(),
            Some(Failure::PinWrong),
            "{options:?}"
        );
    }
}

#[test]
fn a_certificate_that_was_not_the_one_shown_does_not_sign() {
    let scene = Scene::new("P-256", &["-certpbe", "NONE"]);
    let other = Scene::new("P-256", &[]).certificate;

    let pin = Pin::from(PASSWORD.as_bytes().to_vec());
    let refused = sign(&scene.path(), Some(&other), &messages(), &pin);

    assert_eq!(refused.err(), Some(Failure::File(FileFault::Changed)));
}

#[test]
fn a_key_that_is_not_its_certificates_does_not_sign() {
    for curve in ["P-256", "P-384", "P-521"] {
        let other = Scene::new(curve, &[]);
        // openssl refuses to make such a file, so the certificate is changed inside one.
        let scene = Scene::new(curve, &["-certpbe", "NONE", "-nomac"]);
        let file = std::fs::read(scene.path()).unwrap();
        let of = |der: &[u8]| crate::certificate::public_key(der).unwrap();
        let place = file
            .windows(65)
            .position(|it| it == &of(&scene.certificate)[..65])
            .unwrap();
        let mut changed = file;
        let key = of(&other.certificate);
        changed[place..place + key.len()].copy_from_slice(&key);
        std::fs::write(scene.path(), changed).unwrap();

        assert_eq!(
            scene.sign(PASSWORD).err(),
            Some(Failure::NotASignature),
            "{curve}"
        );
    }
}

#[test]
fn a_file_with_only_an_encryption_key_is_not_offered_and_does_not_sign() {
    let scene = Scene::for_usage("rsa:2048", "keyEncipherment", &["-certpbe", "NONE"]);
    assert_eq!(list(&scene.path()).err(), Some(FileFault::NoKey));
    assert_eq!(
        scene.sign(PASSWORD).err(),
        Some(Failure::File(FileFault::NoKey))
    );
}

#[test]
fn no_cut_file_panics_or_signs() {
    let scene = Scene::new("P-256", &["-certpbe", "NONE"]);
    let whole = std::fs::read(scene.path()).unwrap();
    for length in (0..whole.len()).step_by(7) {
        std::fs::write(scene.path(), &whole[..length]).unwrap();
        assert_eq!(list(&scene.path()).err(), Some(FileFault::NotPkcs12));
        assert_eq!(
            scene.sign(PASSWORD).err(),
            Some(Failure::File(FileFault::NotPkcs12))
        );
    }
}

#[test]
fn a_file_that_is_too_long_is_not_read() {
    let scene = Scene::new("P-256", &[]);
    std::fs::write(scene.path(), vec![0x30; (1 << 20) + 1]).unwrap();
    assert_eq!(list(&scene.path()).err(), Some(FileFault::TooLong));
}

#[test]
fn a_count_of_iterations_that_would_take_for_ever_is_refused() {
    let scene = Scene::new("P-256", &["-iter", "1000001"]);
    assert_eq!(
        scene.sign(PASSWORD).err(),
        Some(Failure::File(FileFault::Unsupported))
    );
}
