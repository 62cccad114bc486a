use std::{path::PathBuf, process::Command};

use super::*;
use crate::{Hash, Messages, Scheme, Signed, fixture};

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
        list(&self.path())
            .unwrap()
            .tokens
            .remove(0)
            .certificates
            .pop()
    }

    fn open(&self, password: &str, wanted: Use) -> Result<OpenFile, Failure> {
        let password = Pin::from(password.as_bytes().to_vec());
        OpenFile::new(&self.path(), &password, wanted, None)
    }

    fn sign(&self, password: &str) -> Result<Signed, Failure> {
        let replies = self
            .open(password, Use::SignIn)?
            .sign(&What::Login(messages()))?;
        match replies.as_slice() {
            [
                Reply::Signed {
                    certificate,
                    kind,
                    signature,
                },
            ] => Ok(Signed {
                certificate: certificate.clone(),
                key: *kind,
                signature: signature.clone(),
            }),
            other => panic!("{other:?}"),
        }
    }
}

impl Scene {
    /// Whether it signs so, and openssl verifies it.
    fn signs(&self, scheme: Scheme) -> bool {
        let signing = Signing {
            scheme,
            message: b"message".to_vec(),
        };
        let open = self.open(PASSWORD, Use::Sign).unwrap();
        let certificate = open.certificate.der.clone();
        match open.sign(&What::Each(vec![signing])).as_deref() {
            Ok([Reply::Signature(signature)]) => {
                fixture::openssl_verifies_scheme(scheme, &certificate, b"message", signature)
            }
            _ => false,
        }
    }

    /// Whether it signs a digest that was wrapped already, and openssl verifies it.
    fn signs_wrapped(&self, hash: Hash) -> bool {
        let signing = Signing {
            scheme: Scheme::Pkcs1Block,
            message: hash.digest_info(hash.of(b"message").as_ref()),
        };
        let open = self.open(PASSWORD, Use::Sign).unwrap();
        let certificate = open.certificate.der.clone();
        let scheme = Scheme::Pkcs1(hash);
        match open.sign(&What::Each(vec![signing])).as_deref() {
            Ok([Reply::Signature(signature)]) => {
                fixture::openssl_verifies_scheme(scheme, &certificate, b"message", signature)
            }
            _ => false,
        }
    }

    /// An RSA block that openssl made.
    fn encrypted(&self, plaintext: &[u8], options: &[&str]) -> Vec<u8> {
        std::fs::write(self.folder.path().join("plaintext"), plaintext).unwrap();
        let mut openssl = Command::new("openssl");
        openssl
            .current_dir(self.folder.path())
            .args(["pkeyutl", "-encrypt", "-certin", "-inkey", "cert.pem"])
            .args(["-in", "plaintext"]);
        for option in options {
            openssl.args(["-pkeyopt", option]);
        }
        fixture::run(&mut openssl)
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
    for (name, kind) in [
        ("rsa:2048", KeyKind::Rsa(2048)),
        ("rsa:3072", KeyKind::Rsa(3072)),
        ("rsa:4096", KeyKind::Rsa(4096)),
        ("P-256", KeyKind::P256),
        ("P-384", KeyKind::P384),
        ("P-521", KeyKind::P521),
    ] {
        let scene = Scene::new(name, &[]);

        let signed = scene.sign(PASSWORD).unwrap();

        assert_eq!(signed.key, kind);
        assert_eq!(signed.certificate, scene.certificate);
        let message = messages().fitting(kind).message;
        assert!(fixture::openssl_verifies(kind, &signed, &message), "{name}");
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
            Some(Failure::PinWrong { left: None }),
            "{options:?}"
        );
    }
}

#[test]
fn a_certificate_that_was_not_the_one_shown_does_not_sign() {
    let scene = Scene::new("P-256", &["-certpbe", "NONE"]);
    let other = Scene::new("P-256", &[]).certificate;

    let pin = Pin::from(PASSWORD.as_bytes().to_vec());
    let refused = OpenFile::new(&scene.path(), &pin, Use::SignIn, Some(&other));

    assert_eq!(refused.err(), Some(Failure::File(FileFault::Changed)));
}

#[test]
fn a_key_that_is_not_its_certificates_does_not_sign() {
    for curve in ["P-256", "P-384", "P-521"] {
        let other = Scene::new(curve, &[]);
        // openssl refuses to make such a file, so the certificate is changed inside one.
        let scene = Scene::new(curve, &["-certpbe", "NONE", "-nomac"]);
        let file = std::fs::read(scene.path()).unwrap();
        let of = |der: &[u8]| Certificate::read(der).unwrap().public_key;
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
fn a_file_with_only_an_encryption_key_does_not_sign() {
    let scene = Scene::for_usage("rsa:2048", "keyEncipherment", &["-certpbe", "NONE"]);
    assert!(scene.shown().unwrap().fits(Use::Decrypt));
    assert_eq!(
        scene.sign(PASSWORD).err(),
        Some(Failure::File(FileFault::NoKey))
    );
}

#[test]
fn a_file_whose_key_is_for_nothing_is_no_card() {
    let scene = Scene::for_usage("rsa:2048", "keyAgreement", &["-certpbe", "NONE"]);
    assert_eq!(list(&scene.path()).err(), Some(FileFault::NoKey));
}

#[test]
fn a_friendly_name_is_the_certificates_label() {
    let scene = Scene::new("P-256", &["-certpbe", "NONE", "-name", "公司章"]);
    assert_eq!(scene.shown().unwrap().label, "公司章");
}

#[test]
fn every_scheme_of_a_key_signs_what_openssl_verifies_and_the_others_are_refused() {
    let rsa = Scene::new("rsa:2048", &[]);
    for hash in [Hash::Sha256, Hash::Sha384, Hash::Sha512] {
        for scheme in [Scheme::Pkcs1(hash), Scheme::Pss(hash)] {
            assert!(rsa.signs(scheme), "{scheme:?}");
        }
        assert!(rsa.signs_wrapped(hash), "{hash:?}");
    }
    assert!(!rsa.signs_wrapped(Hash::Sha1));
    for (scene, scheme) in [
        (&rsa, Scheme::Pkcs1(Hash::Sha1)),
        (&rsa, Scheme::Pkcs1Block),
        (&rsa, Scheme::Ecdsa(Hash::Sha256)),
        (&Scene::new("P-256", &[]), Scheme::Ecdsa(Hash::Sha384)),
        (&Scene::new("P-256", &[]), Scheme::Pkcs1(Hash::Sha256)),
    ] {
        assert!(!scene.signs(scheme), "{scheme:?}");
    }
}

#[test]
fn an_encryption_key_decrypts_what_openssl_encrypted_and_nothing_else() {
    let scene = Scene::for_usage("rsa:2048", "keyEncipherment", &[]);
    let open = || scene.open(PASSWORD, Use::Decrypt).unwrap();
    let oaep = ["rsa_padding_mode:oaep", "rsa_oaep_md:sha256"];
    for (padding, options) in [
        (Padding::Pkcs1, &[][..]),
        (Padding::Oaep(Hash::Sha256), &oaep),
    ] {
        let block = scene.encrypted(b"content key", options);
        let decrypted = open().decrypt(padding, &block).unwrap();
        assert_eq!(decrypted.unwrap().expose(), b"content key");

        let mut changed = block.clone();
        changed[100] ^= 1;
        assert!(open().decrypt(padding, &changed).unwrap().is_none());
        assert!(open().decrypt(padding, &block[1..]).unwrap().is_none());
        assert!(open().decrypt(padding, &[]).unwrap().is_none());
    }
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
