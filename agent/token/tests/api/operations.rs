//! What can be done with a card beside signing in, on SoftHSM behind a worker.

use std::{path::Path, process::Command};

use chop_token::{Certificate, Error, Hash, Keyring, Padding, Scheme, Signer, Signing, Use};

use crate::{
    fixture::{openssl_verifies_scheme, run},
    scene::{PIN, SOFTHSM, messages, named, own_token, pin, settings, settled, signer},
};

struct Scene {
    keyring: Keyring,
    signer: Signer,
    certificate: Certificate,
}

impl Scene {
    async fn of(wanted: Use, holder: &str) -> Self {
        let keyring = Keyring::start(settings(&[Path::new(SOFTHSM)], &[]));
        let inventory = settled(&keyring).await;
        let signer = named(&inventory, wanted, holder);
        Self {
            keyring,
            certificate: signer.certificate.clone().unwrap(),
            signer,
        }
    }

    async fn sign(&self, schemes: &[Scheme]) -> Result<Vec<Vec<u8>>, Error> {
        let each = |scheme: &Scheme| Signing {
            scheme: *scheme,
            message: b"message".to_vec(),
        };
        let messages: Vec<_> = schemes.iter().map(each).collect();
        let (key, pin) = (&self.signer.key, pin(PIN));
        let signing = self
            .keyring
            .sign(key, &self.certificate, &pin, &messages, |_| ());
        signing.await
    }

    async fn decrypt(&self, padding: Padding, block: &[u8]) -> Option<Vec<u8>> {
        let (key, pin) = (&self.signer.key, pin(PIN));
        let decrypted = self
            .keyring
            .decrypt(key, &self.certificate, &pin, padding, block);
        decrypted.await.unwrap().map(|plaintext| plaintext.to_vec())
    }
}

#[tokio::test]
async fn every_scheme_signs_what_openssl_verifies() {
    let hashes = [Hash::Sha1, Hash::Sha256, Hash::Sha384, Hash::Sha512];
    let rsa = hashes.map(|hash| [Scheme::Pkcs1(hash), Scheme::Pss(hash)]);
    let ecdsa = hashes.map(Scheme::Ecdsa);
    for (holder, schemes) in [
        ("Holder 01", rsa.as_flattened()),
        // This one wants the PIN for each signature.
        ("Holder 07", rsa.as_flattened()),
        ("Holder 04", &ecdsa),
        ("Holder 05", &ecdsa),
    ] {
        let scene = Scene::of(Use::Sign, holder).await;
        let signatures = scene.sign(schemes).await.unwrap();
        for (scheme, signature) in schemes.iter().zip(signatures) {
            let der = &scene.certificate.der;
            let verifies = openssl_verifies_scheme(*scheme, der, b"message", &signature);
            assert!(verifies, "{holder}: {scheme:?}");
        }
    }
}

#[tokio::test]
async fn a_scheme_of_another_kind_of_key_is_refused_before_the_card() {
    let scene = Scene::of(Use::Sign, "Holder 04").await;
    let refused = scene.sign(&[Scheme::Pkcs1(Hash::Sha256)]).await;
    assert!(matches!(refused, Err(Error::Unsupported)), "{refused:?}");
}

#[tokio::test]
async fn a_bare_block_is_what_the_public_key_gives_back() {
    let scene = Scene::of(Use::Sign, "Holder 01").await;
    let signature = scene.sign(&[Scheme::Pkcs1Block]).await.unwrap().remove(0);
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("cert.der"), &scene.certificate.der).unwrap();
    std::fs::write(folder.path().join("signature"), &signature).unwrap();
    let recover = ["pkeyutl", "-verifyrecover", "-certin", "-keyform", "DER"];
    let mut openssl = Command::new("openssl");
    openssl.current_dir(folder.path()).args(recover);
    openssl.args(["-inkey", "cert.der", "-in", "signature"]);
    assert_eq!(run(&mut openssl), b"message");
}

#[tokio::test]
async fn several_signatures_under_one_pin_tell_how_many_are_done() {
    let scene = Scene::of(Use::Sign, "Holder 05").await;
    let signing = Signing {
        scheme: Scheme::Ecdsa(Hash::Sha384),
        message: b"message".to_vec(),
    };
    let mut told = Vec::new();
    let (key, certificate) = (&scene.signer.key, &scene.certificate);
    let messages = vec![signing; 5];
    let (keyring, pin) = (&scene.keyring, pin(PIN));
    let signed = keyring.sign(key, certificate, &pin, &messages, |done| told.push(done));

    assert_eq!(signed.await.unwrap().len(), 5);
    assert_eq!(told, [1, 2, 3, 4, 5]);
}

#[tokio::test]
async fn what_openssl_encrypted_is_decrypted_and_nothing_else() {
    let scene = Scene::of(Use::Decrypt, "Holder 02").await;
    let oaep = ["rsa_padding_mode:oaep", "rsa_oaep_md:sha1"];
    // SoftHSM 2.6 knows OAEP with SHA-1 alone.
    for (padding, options) in [
        (Padding::Pkcs1, &[][..]),
        (Padding::Oaep(Hash::Sha1), &oaep),
    ] {
        let block = encrypted(&scene.certificate.der, options);
        let decrypted = scene.decrypt(padding, &block).await;
        assert_eq!(decrypted.as_deref(), Some(&b"content key"[..]));

        let mut changed = block;
        changed[100] ^= 1;
        assert_eq!(scene.decrypt(padding, &changed).await, None);
    }
}

/// `content key`, as openssl encrypts it to a certificate.
fn encrypted(certificate: &[u8], options: &[&str]) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("cert.der"), certificate).unwrap();
    std::fs::write(folder.path().join("plaintext"), b"content key").unwrap();
    let mut openssl = Command::new("openssl");
    openssl.current_dir(folder.path());
    openssl.args(["pkeyutl", "-encrypt", "-certin", "-keyform", "DER"]);
    openssl.args(["-inkey", "cert.der", "-in", "plaintext"]);
    for option in options {
        openssl.args(["-pkeyopt", option]);
    }
    run(&mut openssl)
}

#[tokio::test]
async fn a_changed_pin_signs_and_the_old_one_does_not() {
    let (keyring, _folder) = own_token();
    let inventory = settled(&keyring).await;
    let (token, key) = (&inventory.tokens[0].id, signer(&inventory, "Own").key);

    let wrong = keyring
        .change_pin(token, &pin("000000"), &pin("654321"))
        .await;
    assert!(
        matches!(wrong, Err(Error::PinWrong { left: None })),
        "{wrong:?}"
    );
    let short = keyring.change_pin(token, &pin(PIN), &pin("12")).await;
    assert!(matches!(short, Err(Error::PinRefused)), "{short:?}");
    let changed = keyring.change_pin(token, &pin(PIN), &pin("654321")).await;
    changed.unwrap();

    let old = keyring.sign_in(&key, &pin(PIN), &messages()).await;
    assert!(matches!(old, Err(Error::PinWrong { .. })), "{old:?}");
    let new = keyring.sign_in(&key, &pin("654321"), &messages()).await;
    assert!(new.is_ok(), "{new:?}");
}

#[tokio::test]
async fn the_puk_sets_a_new_pin() {
    let (keyring, _folder) = own_token();
    let inventory = settled(&keyring).await;
    let (token, key) = (&inventory.tokens[0].id, signer(&inventory, "Own").key);

    let wrong = keyring
        .unblock(token, &pin("00000000"), &pin("654321"))
        .await;
    assert!(
        matches!(wrong, Err(Error::PukWrong { left: None })),
        "{wrong:?}"
    );
    let unblocked = keyring
        .unblock(token, &pin("87654321"), &pin("654321"))
        .await;
    unblocked.unwrap();

    let new = keyring.sign_in(&key, &pin("654321"), &messages()).await;
    assert!(new.is_ok(), "{new:?}");
}
