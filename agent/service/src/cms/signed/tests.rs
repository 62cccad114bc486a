use std::{
    path::Path,
    process::Command,
    time::{Duration, UNIX_EPOCH},
};

use ring::{
    rand::SystemRandom,
    signature::{ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, RSA_PKCS1_SHA256, RsaKeyPair},
};

use super::*;

/// A certificate and its key, made by openssl.
struct Scene {
    folder: tempfile::TempDir,
    rsa: bool,
}

impl Scene {
    fn new(key: &[&str], subject: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let scene = Self {
            folder,
            rsa: key[0].starts_with("rsa"),
        };
        let make = ["req", "-x509", "-nodes", "-utf8", "-days", "30", "-newkey"];
        let files = ["-keyout", "key.pem", "-out", "cert.pem", "-subj", subject];
        scene.openssl(&[&make, key, &files].concat());
        let der = [
            "x509", "-in", "cert.pem", "-outform", "DER", "-out", "cert.der",
        ];
        scene.openssl(&der);
        let key = [
            "pkcs8", "-topk8", "-nocrypt", "-in", "key.pem", "-outform", "DER",
        ];
        scene.openssl(&[&key[..], &["-out", "key.der"]].concat());
        scene
    }

    fn rsa() -> Self {
        Self::new(&["rsa:2048"], "/C=TW/O=測試股份有限公司")
    }

    fn p384() -> Self {
        Self::new(&["ec", "-pkeyopt", "ec_paramgen_curve:P-384"], "/CN=x")
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    fn read(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.path(name)).unwrap()
    }

    fn openssl(&self, arguments: &[&str]) -> (bool, String) {
        openssl(self.folder.path(), arguments)
    }

    fn scheme(&self) -> (Scheme, Hash) {
        match self.rsa {
            true => (Scheme::Pkcs1(Hash::Sha256), Hash::Sha256),
            false => (Scheme::Ecdsa(Hash::Sha384), Hash::Sha384),
        }
    }

    /// Signs as a card would, and leaves `signature.der`.
    fn sign(&self, content: Content<'_>, profile: Profile<'_>) -> Vec<u8> {
        let (scheme, hash) = self.scheme();
        let certificate = self.read("cert.der");
        let draft = Draft::new(&Plan {
            certificate: &certificate,
            certificates: &[&certificate],
            content,
            scheme,
            hash,
            time: Some(UNIX_EPOCH + Duration::from_secs(1_800_000_000)),
            profile,
        });
        let draft = draft.unwrap();
        let (key, random) = (self.read("key.der"), SystemRandom::new());
        let signature = if self.rsa {
            let key = RsaKeyPair::from_pkcs8(&key).unwrap();
            let mut signature = vec![0; key.public().modulus_len()];
            key.sign(&RSA_PKCS1_SHA256, &random, draft.message(), &mut signature)
                .unwrap();
            signature
        } else {
            let algorithm = &ECDSA_P384_SHA384_FIXED_SIGNING;
            let key = EcdsaKeyPair::from_pkcs8(algorithm, &key, &random).unwrap();
            key.sign(&random, draft.message())
                .unwrap()
                .as_ref()
                .to_vec()
        };
        let signed = draft.finish(&signature).unwrap();
        std::fs::write(self.path("signature.der"), &signed).unwrap();
        signed
    }

    fn verifies(&self, more: &[&str]) -> (bool, String) {
        let verify = ["cms", "-verify", "-inform", "DER", "-in", "signature.der"];
        let trust = ["-CAfile", "cert.pem", "-purpose", "any", "-binary"];
        self.openssl(&[&verify[..], &trust, more].concat())
    }
}

fn openssl(folder: &Path, arguments: &[&str]) -> (bool, String) {
    let output = Command::new("openssl")
        .current_dir(folder)
        .args(arguments)
        .output()
        .unwrap();
    let text = [output.stdout, output.stderr].concat();
    (
        output.status.success(),
        String::from_utf8_lossy(&text).into_owned(),
    )
}

#[test]
fn openssl_verifies_what_is_attached_and_what_is_detached() {
    for scene in [Scene::rsa(), Scene::p384()] {
        let (_, hash) = scene.scheme();
        std::fs::write(scene.path("content"), "內容").unwrap();

        scene.sign(Content::Attached("內容".as_bytes()), Profile::Document);
        let (good, text) = scene.verifies(&[]);
        assert!(good && text.contains("內容"), "{text}");

        let digest = attributes_digest(hash, "內容".as_bytes());
        scene.sign(Content::Detached(&digest), Profile::Document);
        let (good, text) = scene.verifies(&["-content", "content"]);
        assert!(good, "{text}");
        std::fs::write(scene.path("content"), "別的").unwrap();
        assert!(!scene.verifies(&["-content", "content"]).0);
    }
}

fn attributes_digest(hash: Hash, content: &[u8]) -> Vec<u8> {
    let algorithm = match hash {
        Hash::Sha384 => &ring::digest::SHA384,
        _ => &ring::digest::SHA256,
    };
    ring::digest::digest(algorithm, content).as_ref().to_vec()
}

#[test]
fn a_document_names_its_certificate_and_openssl_holds_it_against_that() {
    let scene = Scene::rsa();
    scene.sign(Content::Attached(b"x"), Profile::Document);
    let (good, text) = scene.verifies(&["-cades"]);
    assert!(good, "{text}");

    // As HiCOS writes it there is no such attribute, so it is no document.
    let login = Profile::Hipki {
        nonce: None,
        card_number: None,
    };
    scene.sign(Content::Attached(b"x"), login);
    assert!(scene.verifies(&[]).0);
    assert!(!scene.verifies(&["-cades"]).0);
}

#[test]
fn the_structure_is_der_that_openssl_writes_the_same() {
    let scene = Scene::rsa();
    let signed = scene.sign(Content::Attached(b"x"), Profile::Document);
    let (good, text) = scene.openssl(&[
        "cms",
        "-cmsout",
        "-inform",
        "DER",
        "-in",
        "signature.der",
        "-outform",
        "DER",
        "-out",
        "again.der",
    ]);
    assert!(good, "{text}");
    assert_eq!(scene.read("again.der"), signed);
}

#[test]
fn the_signing_time_is_what_the_clock_said() {
    let scene = Scene::rsa();
    scene.sign(Content::Attached(b"x"), Profile::Document);
    let print = ["asn1parse", "-inform", "DER", "-in", "signature.der"];
    let (_, text) = scene.openssl(&print);
    assert!(text.contains("UTCTIME           :270115080000Z"), "{text}");
}

#[test]
fn nonce_and_card_number_are_short_strings() {
    let scene = Scene::rsa();
    let profile = Profile::Hipki {
        nonce: Some("ABC123"),
        card_number: Some("TP12345678"),
    };
    scene.sign(Content::Attached(b"x"), profile);
    let print = ["asn1parse", "-inform", "DER", "-in", "signature.der"];
    let (_, text) = scene.openssl(&print);
    assert!(text.contains("PRINTABLESTRING   :ABC123"), "{text}");
    assert!(text.contains("PRINTABLESTRING   :TP12345678"), "{text}");
    assert!(text.contains("2.16.886.1.100.2.204"), "{text}");
    assert!(scene.verifies(&[]).0);
}

#[test]
fn certificates_of_issuers_go_with_it_byte_by_byte() {
    let (scene, issuer) = (Scene::rsa(), Scene::p384());
    let (certificate, other) = (scene.read("cert.der"), issuer.read("cert.der"));
    let (scheme, hash) = scene.scheme();
    let draft = Draft::new(&Plan {
        certificate: &certificate,
        certificates: &[&certificate, &other],
        content: Content::Attached(b"x"),
        scheme,
        hash,
        time: None,
        profile: Profile::Document,
    });
    let signed = draft.unwrap().finish(&[1; 256]).unwrap();
    for der in [certificate, other] {
        assert!(signed.windows(der.len()).any(|part| part == der));
    }
}

#[test]
fn what_is_no_certificate_is_an_error() {
    let draft = Draft::new(&Plan {
        certificate: b"none",
        certificates: &[],
        content: Content::Attached(b"x"),
        scheme: Scheme::Pkcs1(Hash::Sha256),
        hash: Hash::Sha256,
        time: None,
        profile: Profile::Document,
    });
    assert!(draft.is_err());
}
