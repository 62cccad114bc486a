//! Certificates and keys that openssl makes, and what it says of ours.

use std::{path::PathBuf, process::Command};

use chop_token::{Certificate, Padding};

/// A folder with `key.pem`, `cert.pem` and `cert.der`.
pub(crate) struct Openssl {
    folder: tempfile::TempDir,
}

impl Openssl {
    /// Self-signed: `key` as for `-newkey`, `usage` a keyUsage.
    pub(crate) fn new(key: &str, subject: &str, usage: &str) -> Self {
        let made = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        let key: Vec<_> = key.split(' ').collect();
        let usage = format!("keyUsage=critical,{usage}");
        let make = ["req", "-x509", "-nodes", "-utf8", "-days", "30"];
        let more = ["-subj", subject, "-keyout", "key.pem", "-out", "cert.pem"];
        let extensions = ["-addext", &usage, "-addext", "basicConstraints=CA:FALSE"];
        made.run(&[&make[..], &["-newkey"], &key, &more, &extensions].concat());
        made.der();
        made
    }

    /// An authority of its own.
    pub(crate) fn root(subject: &str) -> Self {
        let made = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        let make = "req -x509 -nodes -utf8 -days 30 -newkey rsa:2048 -keyout key.pem -out cert.pem";
        let usage = "keyUsage=critical,keyCertSign,cRLSign";
        let make: Vec<_> = make.split(' ').collect();
        made.run(&[&make[..], &["-subj", subject, "-addext", usage]].concat());
        made.der();
        made
    }

    /// Issued by another; the whole is an authority's or a person's.
    pub(crate) fn issued_by(issuer: &Self, subject: &str, extensions: &str) -> Self {
        let key = "ec -pkeyopt ec_paramgen_curve:P-256";
        Self::issued_with(issuer, key, subject, extensions)
    }

    /// The same with another key, as for `-newkey`.
    pub(crate) fn issued_with(issuer: &Self, key: &str, subject: &str, extensions: &str) -> Self {
        let made = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        made.write("extensions", extensions.as_bytes());
        made.write("ca.pem", &issuer.read("cert.pem"));
        made.write("ca.key", &issuer.read("key.pem"));
        let request = format!("req -new -nodes -utf8 -newkey {key} -keyout key.pem -out request");
        made.run(
            &[
                &request.split(' ').collect::<Vec<_>>()[..],
                &["-subj", subject],
            ]
            .concat(),
        );
        let sign = "x509 -req -in request -CA ca.pem -CAkey ca.key -CAcreateserial -days 30 -extfile extensions -out cert.pem";
        made.run(&sign.split(' ').collect::<Vec<_>>());
        made.der();
        made
    }

    /// The same key and certificate in a folder of its own, so that tests can share a key and
    /// nothing else.
    pub(crate) fn copy(&self) -> Self {
        let made = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        for name in ["key.pem", "cert.pem", "cert.der"] {
            made.write(name, &self.read(name));
        }
        made
    }

    fn der(&self) {
        self.run(&[
            "x509", "-in", "cert.pem", "-outform", "DER", "-out", "cert.der",
        ]);
    }

    pub(crate) fn certificate(&self) -> Certificate {
        Certificate {
            id: vec![1],
            ..Certificate::read(&self.read("cert.der")).unwrap()
        }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn read(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.path(name)).unwrap()
    }

    pub(crate) fn write(&self, name: &str, bytes: &[u8]) {
        std::fs::write(self.path(name), bytes).unwrap();
    }

    /// Whether it succeeds, and what it says.
    pub(crate) fn try_run(&self, arguments: &[&str]) -> (bool, String) {
        let output = Command::new("openssl")
            .current_dir(self.folder.path())
            .args(arguments)
            .output()
            .unwrap();
        let text = [output.stdout, output.stderr].concat();
        let text = String::from_utf8_lossy(&text).into_owned();
        (output.status.success(), text)
    }

    pub(crate) fn run(&self, arguments: &[&str]) {
        let (good, text) = self.try_run(arguments);
        assert!(good, "{arguments:?}: {text}");
    }

    /// An RSA PKCS #1 v1.5 signature with SHA-256, as a card makes it.
    pub(crate) fn sign(&self, message: &[u8]) -> Vec<u8> {
        self.sign_with("-sha256", message)
    }

    /// The same with another hash.
    pub(crate) fn sign_with(&self, hash: &str, message: &[u8]) -> Vec<u8> {
        self.write("message", message);
        self.run(&[
            "dgst",
            hash,
            "-sign",
            "key.pem",
            "-out",
            "signature",
            "message",
        ]);
        self.read("signature")
    }

    /// Decrypts a block, as a card does.
    pub(crate) fn unwrap(&self, padding: Padding, block: &[u8]) -> Option<Vec<u8>> {
        assert_eq!(padding, Padding::Pkcs1);
        self.write("block", block);
        let (good, _) = self.try_run(&[
            "pkeyutl", "-decrypt", "-inkey", "key.pem", "-in", "block", "-out", "plain",
        ]);
        good.then(|| self.read("plain"))
    }
}
