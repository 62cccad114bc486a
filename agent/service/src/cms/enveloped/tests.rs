use std::process::Command;

use super::*;

/// A recipient, made by openssl.
struct Scene {
    folder: tempfile::TempDir,
}

impl Scene {
    fn new() -> Self {
        let scene = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        let make =
            "req -x509 -nodes -days 30 -newkey rsa:2048 -keyout key.pem -out cert.pem -subj /CN=x";
        scene.openssl(make);
        scene.openssl("x509 -in cert.pem -outform DER -out cert.der");
        scene
    }

    fn openssl(&self, arguments: &str) {
        let output = Command::new("openssl")
            .current_dir(self.folder.path())
            .args(arguments.split(' '))
            .output()
            .unwrap();
        assert!(output.status.success(), "{arguments}: {output:?}");
    }

    fn read(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.folder.path().join(name)).unwrap()
    }

    /// `content`, encrypted by openssl.
    fn envelope(&self, options: &str) -> Vec<u8> {
        std::fs::write(self.folder.path().join("content"), b"content").unwrap();
        self.openssl(&format!(
            "cms -encrypt -binary -in content -outform DER -out envelope {options} -recip cert.pem"
        ));
        self.read("envelope")
    }

    /// What a card would make of the wrapped key.
    fn unwrapped(&self, wrapped: &WrappedKey<'_>) -> Option<Zeroizing<Vec<u8>>> {
        std::fs::write(self.folder.path().join("block"), wrapped.block).unwrap();
        let padding = match wrapped.padding {
            Padding::Pkcs1 => "-pkeyopt rsa_padding_mode:pkcs1".to_owned(),
            Padding::Oaep(hash) => {
                format!("-pkeyopt rsa_padding_mode:oaep -pkeyopt rsa_oaep_md:{hash:?}",)
            }
        };
        self.openssl(&format!(
            "pkeyutl -decrypt -inkey key.pem -in block -out key {padding}"
        ));
        Some(Zeroizing::new(self.read("key")))
    }
}

#[test]
fn what_openssl_encrypted_is_opened() {
    let scene = Scene::new();
    for options in [
        "-aes128",
        "-aes192",
        "-aes256",
        "-des3",
        "-aes256 -keyid",
        // Indefinite lengths and content in pieces.
        "-aes256 -stream",
        "-aes256 -keyopt rsa_padding_mode:oaep",
        "-aes256 -keyopt rsa_padding_mode:oaep -keyopt rsa_oaep_md:sha256",
    ] {
        // openssl takes options of a recipient after it.
        let (first, after) = options.split_once(" -keyopt").unwrap_or((options, ""));
        let bytes = match after {
            "" => scene.envelope(first),
            _ => {
                let recipient = format!("-recip cert.pem -keyopt{after}");
                std::fs::write(scene.folder.path().join("content"), b"content").unwrap();
                scene.openssl(&format!(
                    "cms -encrypt -binary -in content -outform DER -out envelope {first} {recipient}"
                ));
                scene.read("envelope")
            }
        };
        let envelope = Envelope::parse(&bytes).unwrap_or_else(|error| panic!("{options}: {error}"));
        let wrapped = envelope.key_for(&scene.read("cert.der")).unwrap();

        let opened = envelope.open(scene.unwrapped(&wrapped));

        assert_eq!(opened.as_deref(), Some(&b"content"[..]), "{options}");
    }
}

#[test]
fn another_certificate_is_no_recipient() {
    let (scene, other) = (Scene::new(), Scene::new());
    let envelope = Envelope::parse(&scene.envelope("-aes256")).unwrap();
    assert!(envelope.key_for(&other.read("cert.der")).is_none());
    assert!(envelope.key_for(b"none").is_none());
}

#[test]
fn a_key_that_is_none_ends_as_any_wrong_key_does() {
    let scene = Scene::new();
    let envelope = Envelope::parse(&scene.envelope("-aes256")).unwrap();
    // One random key in 256 leaves what looks like padding.
    let opened = |key: Option<&[u8]>| {
        (0..8)
            .filter_map(|_| envelope.open(key.map(|key| Zeroizing::new(key.to_vec()))))
            .count()
    };
    for key in [None, Some(&[][..]), Some(&[1; 16]), Some(&[1; 33])] {
        assert!(opened(key) < 4, "{key:?}");
    }
}

#[test]
fn what_is_no_envelope_is_said_to_be_none() {
    let scene = Scene::new();
    let sign = "cms -sign -binary -in cert.pem -signer cert.pem -inkey key.pem -outform DER -out s";
    scene.openssl(sign);
    let refused = Envelope::parse(&scene.read("s"));
    assert!(matches!(
        refused,
        Err(EnvelopeError::Unsupported {
            what: "content type"
        })
    ));
    for bytes in [&b""[..], b"x", &[0x30, 0x80], &[0x30; 100]] {
        assert!(matches!(
            Envelope::parse(bytes),
            Err(EnvelopeError::Structure(_))
        ));
    }
}

#[test]
fn no_cut_or_changed_envelope_panics() {
    let scene = Scene::new();
    for options in ["-aes256", "-aes256 -stream"] {
        let whole = scene.envelope(options);
        for place in 0..whole.len() {
            let _ = Envelope::parse(&whole[..place]);
            for value in [0, 0x7f, 0x80, 0xff] {
                let mut changed = whole.clone();
                changed[place] = value;
                if let Ok(envelope) = Envelope::parse(&changed) {
                    let _ = envelope.open(None);
                }
            }
        }
    }
}
